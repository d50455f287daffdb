"""Money and sources as pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django import template

from orchestrator.ai.domain.catalog import PROVIDERS
from orchestrator.ai.domain.prices import dollars

register = template.Library()


@register.filter
def money(amount: Any) -> str:
    """US dollars: ``$0.0042``."""
    try:
        return dollars(Decimal(str(amount)))
    except (InvalidOperation, ValueError):
        return "—"


@register.filter
def provider_title(name: str) -> str:
    info = PROVIDERS.get(name)
    return info.title if info is not None else name


@register.filter
def sources(citations: Any) -> list[dict[str, str]]:
    """Citations that may be links: ``http`` and ``https`` only, whatever a provider sends."""
    return list(_sources(citations)) if isinstance(citations, list) else []


def _sources(citations: list[Any]) -> Iterator[dict[str, str]]:
    for each in citations:
        url = each.get("url") if isinstance(each, dict) else None
        if not isinstance(url, str):
            continue
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            yield {"url": url, "host": parts.hostname, "title": str(each.get("title") or parts.hostname)}
