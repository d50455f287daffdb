"""JSON as pages show it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.template import Context, Template

from orchestrator.core import json
from orchestrator.core.templatetags.json_view import MAX_BYTES

TEMPLATE = Template("{% load json_view %}{% json_view value url label %}")


def show(value: Any, url: str = "") -> str:
    return TEMPLATE.render(Context({"value": value, "url": url, "label": "input"}))


def copied(page: str) -> Any:
    """What the copy button gives."""
    target = re.search(r'data-copy="([\w-]+)"', page)
    assert target
    text = re.search(rf'<pre id="{target[1]}"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert text
    return json.loads(html.unescape(text[1]))


@pytest.mark.parametrize(
    "value", [None, True, 1.5, "x", [], {}, [1, [2, {"a": None}]], {"k": {"<b>": "</pre><script>"}}]
)
def test_it_shows_any_value_and_copies_it_whole(value: Any) -> None:
    page = show(value)
    assert copied(page) == value
    assert "<script>" not in page
    assert "<b>" not in page


def test_what_is_deep_or_long_is_folded() -> None:
    page = show({"outer": {"inner": {"deep": [1]}}, "many": list(range(40))})
    assert page.count("<details open>") == 2
    assert page.count("<details>") == 3
    assert "40 items" in page


def test_what_is_too_large_is_cut_and_can_be_downloaded() -> None:
    page = show(["x" * 100] * 2_000, url="/whole.json")
    assert len(page) < MAX_BYTES * 1.2
    assert "This is the beginning of" in page
    assert 'href="/whole.json"' in page


def test_endless_nesting_is_shown_as_text() -> None:
    value: Any = 1
    for _ in range(60):
        value = [value]
    page = show(value)
    assert "json-tree" not in page
    assert copied(page) == value
