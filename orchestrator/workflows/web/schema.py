"""A node type's JSON Schema as rows of a table that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a configuration."""

    name: str
    kind: str
    is_required: bool
    default: Any
    help: str


def fields_of(schema: dict[str, Any]) -> list[FieldRow]:
    """The top-level fields, those that must be given first."""
    required = set(schema.get("required", ()))
    rows = [
        FieldRow(
            name=name,
            kind=_kind(spec, schema.get("$defs", {})),
            is_required=name in required,
            default=spec.get("default"),
            help=str(spec.get("description", "")),
        )
        for name, spec in schema.get("properties", {}).items()
    ]
    return sorted(rows, key=lambda row: not row.is_required)


def _kind(spec: dict[str, Any], defs: dict[str, Any], depth: int = 0) -> str:
    """``text``, ``list of number``, ``first | all`` …"""
    if "enum" in spec:
        return " | ".join(map(str, spec["enum"]))
    if "const" in spec:
        return str(spec["const"])
    if "$ref" in spec and depth < 4:
        name = str(spec["$ref"]).rpartition("/")[2]
        target = defs.get(name, {})
        inner = ", ".join(target.get("properties", {}))
        return f"{{{inner}}}" if inner else _kind(target, defs, depth + 1)
    choices = spec.get("anyOf") or spec.get("oneOf")
    if choices:
        kinds = dict.fromkeys(_kind(each, defs, depth + 1) for each in choices if each.get("type") != "null")
        return " or ".join(kinds)
    if spec.get("type") == "array":
        return f"list of {_kind(spec.get('items', {}), defs, depth + 1)}"
    return _NAMES.get(str(spec.get("type", "")), "any value")


_NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "object": "object",
}
