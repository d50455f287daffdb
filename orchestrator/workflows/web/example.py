"""An example of what a JSON Schema asks for, to show in a command that people can copy."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.core import json
from orchestrator.core.json import Json

_BY_TYPE: Final[dict[str, Json]] = {
    "string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None,
}  # fmt: skip
_DEEPEST: Final = 5
_MOST: Final = 20


def example_of(schema: Any, *, depth: int = 0) -> Json:
    """What its author gave as an example or default, else something of the right type."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return {"hello": "world"} if depth == 0 else None
    given = next((schema[name] for name in ("default", "const") if name in schema), None)
    if given is not None:
        return given  # type: ignore[no-any-return]  # JSON, by the schema's own column
    for name in ("examples", "enum"):
        if isinstance(schema.get(name), list) and schema[name]:
            return schema[name][0]  # type: ignore[no-any-return]
    properties = schema.get("properties")
    if isinstance(properties, dict):
        return {name: example_of(each, depth=depth + 1) for name, each in list(properties.items())[:_MOST]}
    if schema.get("type") == "array":
        return [example_of(schema.get("items", {}), depth=depth + 1)]
    if schema.get("type") == "object":
        return {}
    kind = schema.get("type")
    return _BY_TYPE.get(kind, "text") if isinstance(kind, str) else "text"


def one_line(value: Json) -> str:
    """For a shell, between single quotes."""
    return json.dumps(value).decode().replace("'", "'\\''")
