"""``{% json_view value %}``: JSON to read: folded, coloured, escaped, cut where it is too much to read."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from orchestrator.core import json
from orchestrator.core.json import Json
from orchestrator.core.templatetags.display import pretty_json

register = template.Library()

MAX_BYTES: Final = 64 * 1024
"""Beyond it only the beginning is shown, as plain text."""
_OPEN_LEVELS: Final = 2
_OPEN_PARTS: Final = 30
_MAX_DEPTH: Final = 40


@register.inclusion_tag("components/json.html")
def json_view(value: Json, url: str = "", label: str = "data") -> dict[str, Any]:
    """``url`` is where the whole can be downloaded."""
    size = len(json.dumps(value))
    context = {"id": f"json-{uuid4().hex[:12]}", "url": url, "label": label, "bytes": size}
    if size > MAX_BYTES or json.depth_of(value, limit=_MAX_DEPTH) > _MAX_DEPTH:
        shown = pretty_json(value)[:MAX_BYTES]
        return {**context, "text": shown, "is_cut": size > MAX_BYTES}
    return {**context, "text": pretty_json(value), "tree": _tree(value, 0), "is_cut": False}


def _tree(value: Json, level: int) -> SafeString:
    if isinstance(value, dict) and value:
        items = [
            (format_html('<span class="json-key">{}</span>: ', key), part) for key, part in value.items()
        ]
        return _folded("{", "}", _count(len(value), "key"), items, level)
    if isinstance(value, list) and value:
        return _folded("[", "]", _count(len(value), "item"), [("", part) for part in value], level)
    return _leaf(value)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _folded(start: str, end: str, size: str, items: list[tuple[Any, Json]], level: int) -> SafeString:
    rows = mark_safe(  # noqa: S308 - each part was made by format_html
        "".join(format_html("<li>{}{}</li>", name, _tree(part, level + 1)) for name, part in items)
    )
    is_open = mark_safe(" open") if level < _OPEN_LEVELS and len(items) <= _OPEN_PARTS else ""
    return format_html(
        '<details{}><summary>{}<span class="json-size">{}</span></summary><ul>{}</ul>'
        '<span class="json-end">{}</span></details>',
        is_open, start, size, rows, end,
    )  # fmt: skip


def _leaf(value: Json) -> SafeString:
    kind = "text" if isinstance(value, str) else "other"
    text = json.dumps(value).decode()
    return format_html('<span class="json-{}">{}</span>', kind, text)
