"""A graph as text for people: known keys in reading order, what is short on one line."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.core import json

WIDTH: Final = 100
_ORDER: Final = (
    "id", "type", "source", "sourceHandle", "target", "condition", "label", "position", "data",
    "title", "config", "nodes", "edges",
)  # fmt: skip
_RANK: Final = {name: rank for rank, name in enumerate(_ORDER)}


def document_text(nodes: Any, edges: Any) -> str:
    """The text that the editor opens. ``formatJson`` in static/src/editor/format.ts writes the same."""
    return _written({"nodes": nodes, "edges": edges}, "", 0)


def _written(value: Any, indent: str, used: int) -> str:
    short = _one_line(value)
    if len(indent) + used + len(short) <= WIDTH or not isinstance(value, dict | list) or not value:
        return short
    inner = indent + "  "
    if isinstance(value, list):
        parts = [inner + _written(each, inner, 0) for each in value]
    else:
        parts = [
            f"{inner}{_scalar(key)}: {_written(each, inner, len(_scalar(key)) + 2)}"
            for key, each in _sorted(value)
        ]
    start, end = "[]" if isinstance(value, list) else "{}"
    return start + "\n" + ",\n".join(parts) + "\n" + indent + end


def _one_line(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_one_line, value)) + "]"
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{_scalar(key)}: {_one_line(each)}" for key, each in _sorted(value)) + " }"
    return _scalar(value)


def _sorted(value: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(value.items(), key=lambda item: _RANK.get(item[0], len(_RANK)))


def _scalar(value: Any) -> str:
    return json.dumps(value).decode()
