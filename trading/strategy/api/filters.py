"""What lists are asked for: a filter that is none is a 400 that names it, never a list of everything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

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
            raise wrong(name, f"One of {', '.join(values)}.")
        if len(text) > _LONGEST:
            raise wrong(name, f"At most {_LONGEST} characters.")
    return chosen


def wrong(name: str, message: str) -> InvalidInput:
    return InvalidInput(f"{name}: {message}", fields={name: [message]})
