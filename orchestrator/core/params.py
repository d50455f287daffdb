"""What an address says after its question mark, as text that can go into a query."""

from __future__ import annotations

from django.http import QueryDict


def text_of(query: QueryDict, name: str, *, most: int = 200) -> str:
    """Without blanks around it and without NULs, which PostgreSQL refuses; empty where it is not given."""
    return query.get(name, "").strip().replace("\0", "")[:most]
