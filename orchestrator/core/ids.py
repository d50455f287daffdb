"""Identifiers: UUIDv7, so that rows sort by time and their indexes grow at one end."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits, rising within a process."""
    return _uuid7()
