"""What an address says after its question mark, as text that can go into a query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.http import QueryDict

from orchestrator.core.errors import InvalidInput

_LONGEST_FILTER: Final = 300


def text_of(query: QueryDict, name: str, *, most: int = 200) -> str:
    """Without blanks around it and without NULs, which PostgreSQL refuses; empty where it is not given."""
    return query.get(name, "").strip().replace("\0", "")[:most]


def texts_of(query: QueryDict, names: Iterable[str], *, most: int = 200) -> dict[str, str]:
    """The same of several; those that are empty are left out."""
    return {name: text for name in names if (text := text_of(query, name, most=most))}


def filters_in(query: QueryDict, allowed: Mapping[str, Collection[str] | None]) -> dict[str, str]:
    """What a list is narrowed by; by name the values that a filter may have, None for any text.

    Raises InvalidInput: a filter that is none is a 400 that names it, never a list of everything.
    """
    chosen = texts_of(query, allowed, most=_LONGEST_FILTER + 1)
    for name, text in chosen.items():
        values = allowed[name]
        if values is not None and text not in values:
            raise wrong(name, f"One of {', '.join(values)}.")
        if len(text) > _LONGEST_FILTER:
            raise wrong(name, f"At most {_LONGEST_FILTER} characters.")
    return chosen


def wrong(name: str, message: str) -> InvalidInput:
    return InvalidInput(f"{name}: {message}", fields={name: [message]})
