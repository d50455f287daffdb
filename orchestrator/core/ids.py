"""Identifiers: UUIDv7, so that rows sort by time and their indexes grow at one end."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7

_VERSION_AND_VARIANT: Final = 0x7 << 76 | 0b10 << 62


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits, rising within a process."""
    return _uuid7()


def id_at(moment: datetime, *, tail: int = 0) -> UUID:
    """The UUIDv7 of a moment, with a given tail of up to 62 bits; without one, the moment's smallest.

    Comparing ids with it is comparing times, to the millisecond, by the index of the primary key.
    """
    milliseconds = round(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | _VERSION_AND_VARIANT | tail)
