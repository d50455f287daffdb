"""What lists are narrowed by: a filter that is none is a 400 that names it, never a list of everything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from django.http import QueryDict

from orchestrator.core.errors import InvalidInput
from orchestrator.core.params import texts_of

_LONGEST: Final = 300


def filters_in(query: QueryDict, allowed: Mapping[str, Collection[str] | None]) -> dict[str, str]:
    """By name the values that a filter may have; None: any text. Raises InvalidInput."""
    chosen = texts_of(query, allowed, most=_LONGEST + 1)
    for name, text in chosen.items():
        values = allowed[name]
        if values is not None and text not in values:
            raise _wrong(name, f"One of {', '.join(values)}.")
        if len(text) > _LONGEST:
            raise _wrong(name, f"At most {_LONGEST} characters.")
    return chosen


def check_amount(chosen: Mapping[str, str], name: str) -> None:
    """Raises InvalidInput where it is given and no amount of USDC."""
    text = chosen.get(name)
    try:
        good = text is None or 0 <= Decimal(text) < 10**15
    except InvalidOperation:
        good = False
    if not good:
        raise _wrong(name, "An amount of USDC, zero or more.")


def uuid_in(name: str, text: str) -> UUID:
    """Raises InvalidInput about ``name``."""
    try:
        return UUID(text)
    except ValueError as error:
        raise _wrong(name, "This is no id.") from error


def _wrong(name: str, message: str) -> InvalidInput:
    return InvalidInput(f"{name}: {message}", fields={name: [message]})
