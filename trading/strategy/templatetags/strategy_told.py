"""What a step says, as people read it: sentences, points and tables in the order of its schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import template
from django.utils.safestring import SafeString

from orchestrator.core.json import JsonObject
from orchestrator.core.templatetags.display import share
from trading.strategy.domain.steps import definition_of
from trading.strategy.templatetags.strategy import label, readable, scalar

register = template.Library()

_SUMMARY: Final = "summary"
_FIRST: Final = (_SUMMARY, "name", "title")
"""Tells best what the rest is about, where no schema says an order: objects are stored in none."""
_NAMES: Final = ("name", "option", "title")
_LEVELS: Final = {"low": "muted", "medium": "waiting", "high": "bad"}
_GRAVE: Final = ("likelihood", "impact", "risk")
"""Columns in which much is bad."""
_ID: Final = 36
"""Signs of an id as it is written."""
_MOST_ROWS: Final = 200
_MOST_COLUMNS: Final = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """``tone`` is set for a level; ``is_name``: the row is called so."""

    label: str
    text: str
    tone: str = ""
    is_name: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was said; which of the last four is set says how it is shown."""

    title: str
    lead: str = ""
    points: list[str] | None = None
    rows: list[list[Cell]] | None = None
    other: SafeString | None = None
    left: int = 0
    """How many more there are than are shown."""

    @property
    def columns(self) -> list[Cell]:
        return self.rows[0] if self.rows else []

    @property
    def is_empty(self) -> bool:
        return not (self.lead or self.points or self.rows or self.other)


@register.inclusion_tag("strategy/_told.html")
def told(output: Any, step_type: str = "", matrix: Any = None) -> dict[str, Any]:
    """``matrix``, as it is shown, stands for the options, criteria and scores of a matrix step."""
    left_out = ("options", "criteria", "scores") if matrix else ()
    return {"parts": parts_of(output, step_type, left_out), "matrix": matrix}


@register.filter
def brief(details: Any) -> list[tuple[str, str]]:
    """Details of a log entry as labels and words: of what is nested the names, and no ids."""
    return list(dict.fromkeys(_brief(details))) if isinstance(details, dict) else [("", scalar(details))]


def _brief(details: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name in _in_order(details, {}):
        value = details[name]
        if value in (None, "", False, [], {}) or _is_id(value) or (name == "round" and value == 1):
            continue
        if isinstance(value, dict):
            yield from _brief(value)
        elif isinstance(value, list):
            yield label(name), ", ".join(scalar(each) for each in value if not isinstance(each, dict | list))
        elif name == "confidence" and isinstance(value, float | int):
            yield label(name), share(value)
        else:
            yield label(name), scalar(value).replace("_", " ") if name == "step_type" else scalar(value)


def _is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == _ID and bool(UUID(value))
    except ValueError:
        return False


@register.filter
def summary_of(output: Any) -> str:
    """The sentence or two with which it begins; empty without."""
    text = output.get(_SUMMARY) if isinstance(output, dict) else None
    return text if isinstance(text, str) else ""


def parts_of(output: Any, step_type: str, left_out: Iterable[str] = ()) -> list[Part]:
    if not isinstance(output, dict):
        return [Part("", other=readable(output))]
    definition = definition_of(step_type)
    shapes = _properties(definition.schema) if definition else {}
    return [
        _part(name, output[name], _properties(_items(shapes.get(name))))
        for name in _in_order(output, shapes)
        if name not in left_out
    ]


def _part(name: str, value: Any, shape: Mapping[str, Any]) -> Part:
    title = "" if name == _SUMMARY else label(name)
    if isinstance(value, str | int | float):  # booleans are among them
        return Part(title, lead=scalar(value))
    if isinstance(value, list):
        shown, left = value[:_MOST_ROWS], max(0, len(value) - _MOST_ROWS)
        if all(_is_flat(each) and len(each) == 1 for each in shown):
            return Part(title, points=[scalar(next(iter(each.values()))) for each in shown], left=left)
        if not any(isinstance(each, dict | list) for each in shown):
            return Part(title, points=[scalar(each) for each in shown], left=left)
        columns = _columns(shown, shape)
        if columns and len(columns) <= _MOST_COLUMNS:
            return Part(title, rows=[_row(each, columns) for each in shown], left=left)
    return Part(title, other=readable(value) if value else None)


def _columns(rows: list[Any], shape: Mapping[str, Any]) -> list[str]:
    """Of rows that are all flat; none where one of them is not."""
    if not rows or not all(_is_flat(each) for each in rows):
        return []
    names = dict.fromkeys(name for each in rows for name in each)
    return _in_order(names, shape)


def _row(row: Mapping[str, Any], columns: list[str]) -> list[Cell]:
    return [_cell(name, row.get(name)) for name in columns]


def _cell(name: str, value: Any) -> Cell:
    tone = _LEVELS.get(value, "") if name in _GRAVE and isinstance(value, str) else ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    text = scalar(value) if value not in (None, "") else "\N{EN DASH}"
    return Cell(label(name), text.capitalize() if tone else text, tone, name in _NAMES, is_number)


def _is_flat(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and not any(isinstance(each, dict | list) for each in value.values())
    )


def _in_order(found: Mapping[str, Any], shape: Mapping[str, Any]) -> list[str]:
    """As the schema has it; what it does not name comes last, in the order of the alphabet."""
    places = {name: at for at, name in enumerate(shape or _FIRST)}
    return sorted(found, key=lambda name: (places.get(name, len(places)), name))


def _properties(schema: JsonObject | None) -> Mapping[str, Any]:
    found = (schema or {}).get("properties")
    return found if isinstance(found, dict) else {}


def _items(schema: Any) -> JsonObject | None:
    found = schema.get("items") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else None
