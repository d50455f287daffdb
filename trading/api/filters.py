"""Filters of lists that are amounts and ids."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

from orchestrator.core.params import wrong


def check_amount(chosen: Mapping[str, str], name: str) -> None:
    """Raises InvalidInput where it is given and no amount of USDC."""
    text = chosen.get(name)
    try:
        good = text is None or 0 <= Decimal(text) < 10**15
    except InvalidOperation:
        good = False
    if not good:
        raise wrong(name, "An amount of USDC, zero or more.")


def uuid_in(name: str, text: str) -> UUID:
    """Raises InvalidInput about ``name``."""
    try:
        return UUID(text)
    except ValueError as error:
        raise wrong(name, "This is no id.") from error
