"""Ids that an address asks for; what is no id asks for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import QueryDict

from orchestrator.core.params import texts_of


def ids_of(query: QueryDict, names: Iterable[str]) -> dict[str, str]:
    return {name: text for name, text in texts_of(query, names).items() if is_id(text)}


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
