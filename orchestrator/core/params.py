"""What an address says after its question mark, as text that can go into a query."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import QueryDict


def text_of(query: QueryDict, name: str, *, most: int = 200) -> str:
    """Without blanks around it and without NULs, which PostgreSQL refuses; empty where it is not given."""
    return query.get(name, "").strip().replace("\0", "")[:most]


def texts_of(query: QueryDict, names: Iterable[str], *, most: int = 200) -> dict[str, str]:
    """The same of several; those that are empty are left out."""
    return {name: text for name in names if (text := text_of(query, name, most=most))}
