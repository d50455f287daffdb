"""How what steps say looks on pages: structures as people read them, ages of data, confidences."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from orchestrator.core import json
from orchestrator.core.clock import utc_now

register = template.Library()

_DEEPEST: Final = 6
_FIRST: Final = ("summary", "name", "title")
"""What tells best what the rest is about; objects come out of the database in no order."""
_MOST: Final = 200
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_NOTHING: Final = SafeString('<span class="text-muted">\N{EN DASH}</span>')


@register.filter
def readable(value: Any) -> SafeString:
    """JSON as headings, lists and text, for people; what lies very deep stays JSON. All of it escaped."""
    return _readable(value, 0)


def _readable(value: Any, depth: int) -> SafeString:
    if value is None or value == "" or value == [] or value == {}:
        return _NOTHING
    if isinstance(value, dict | list) and depth >= _DEEPEST:
        return format_html("<code>{}</code>", json.dumps(value).decode())
    if isinstance(value, dict):
        if depth and len(value) == 1:
            return _readable(next(iter(value.values())), depth + 1)  # a list of points, not of their names
        ordered = sorted(value.items(), key=lambda pair: pair[0] not in _FIRST)
        pairs = ((label(name), _readable(each, depth + 1)) for name, each in ordered[:_MOST])
        return _told("dl", format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", pairs), value)
    if isinstance(value, list):
        items = ((_readable(each, depth + 1),) for each in value[:_MOST])
        return _told("ul", format_html_join("", "<li>{}</li>", items), value)
    return format_html("<span>{}</span>", scalar(value))


def _told(tag: str, inside: SafeString, value: Any) -> SafeString:
    left = len(value) - _MOST
    more = format_html('<p class="text-muted">and {} more</p>', left) if left > 0 else ""
    return format_html('<{0} class="told">{1}</{0}>{2}', SafeString(tag), inside, more)


def scalar(value: Any) -> str:
    """A number with separators, yes or no, or the text as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.6g}" if isinstance(value, float) and abs(value) < 1e15 else str(value)


@register.filter
def label(name: str) -> str:
    """A name of a field as words: ``burn_rate`` and ``burnRate`` become ``Burn rate``."""
    words = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in str(name)).replace("_", " ")
    words = " ".join(words.split())
    return words[:1].upper() + words[1:]


@register.simple_tag
def age(moment: datetime | None) -> SafeString:
    """How old data are, ``4 h old``, with the moment in the reader's zone behind it."""
    if moment is None:
        return SafeString("of unknown age")
    here = localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        here.isoformat(),
        date_format(here, "j F Y, H:i"),
        old((utc_now() - moment).total_seconds()),
    )


def old(seconds: float) -> str:
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} old"
    return "just now"


@register.inclusion_tag("strategy/_confidence.html")
def confidence(score: float | None, of: str = "") -> dict[str, Any]:
    """A meter with its number; ``of`` says in words of what, for who cannot see it."""
    return {"score": score, "percent": None if score is None else round(score * 100), "of": of}
