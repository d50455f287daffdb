"""Forms from a JSON Schema: what a workflow takes as input, what an approver may edit.

The form is a convenience. What it gives is validated against the whole schema by the service that takes
it, and that service's complaints come back to the fields by ``take_faults``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django import forms

from orchestrator.core import json
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.json_field import JsonText

_LONG: Final = 200
"""A string that may be longer is typed into several lines."""
_MAX_FIELDS: Final = 100
WHOLE: Final = ""
"""Stands for the value itself, where it is typed as one text of JSON."""


class SchemaForm(StyledForm):
    """One field for each property of an object; one text of JSON for a schema of anything else."""

    def __init__(
        self, schema: Mapping[str, Any] | None, *, given: Json = None, prefix: str = "input", **kwargs: Any
    ) -> None:
        """``given`` is what the fields begin with; where it says nothing, the schema's default counts."""
        schema = schema or {}
        self.title = str(schema.get("title", ""))
        self.description = str(schema.get("description", ""))
        self.properties: dict[str, str] = {}
        """Name of the field by name of the property."""
        made = self._make(schema, given)
        super().__init__(prefix=prefix, **kwargs)
        self.fields.update(made)
        self.style()

    def _make(self, schema: Mapping[str, Any], given: Json) -> dict[str, forms.Field]:
        properties = schema.get("properties")
        if not isinstance(properties, Mapping) or not 1 <= len(properties) <= _MAX_FIELDS:
            self.properties[WHOLE] = "json"
            initial = given if given is not None else schema.get("default", {})
            return {"json": JsonText(label="JSON", required=False, initial=initial)}
        required = schema.get("required", ())
        given = given if isinstance(given, dict) else {}
        made: dict[str, forms.Field] = {}
        for name in _in_order(schema, properties):
            part = properties[name]
            field_name = re.sub(r"\W", "_", name)
            field_name = f"{field_name}_{len(made)}" if field_name in made else field_name
            self.properties[name] = field_name
            part = part if isinstance(part, Mapping) else {}
            made[field_name] = _field(name, part, required=name in required, given=given.get(name))
        return made

    def value(self) -> Json:
        """What was typed, as the JSON that the schema speaks of. Fields left blank are left out."""
        data = self.cleaned_data
        if WHOLE in self.properties:
            whole: Json = data["json"]
            return whole
        typed = ((name, _as_json(data.get(field))) for name, field in self.properties.items())
        return {name: value for name, value in typed if value is not None and value != ""}

    def take_faults(self, error: InvalidInput, *, root: str) -> None:
        """Show a service's complaints, named like ``input.amount``, beside the fields they are about."""
        if not error.fields:
            self.add_error(None, error.message)
        for path, messages in error.fields.items():
            inside = path.removeprefix(root).removeprefix(".")
            name = max((each for each in self.properties if _leads(each, inside)), key=len, default=None)
            rest = inside.removeprefix(name or "").removeprefix(".")
            for message in messages:
                text = f"{rest}: {message}" if rest else message
                self.add_error(None if name is None else self.properties[name], text)


def _in_order(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> list[str]:
    """``jsonb`` keeps lists in order, and objects not: what is required comes first, in its order there,
    unless ``x-order`` lists the properties.
    """
    listed = [*_names(schema.get("x-order")), *_names(schema.get("required"))]
    return list(dict.fromkeys([*(name for name in listed if name in properties), *properties]))


def _names(listed: object) -> list[str]:
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _leads(name: str, path: str) -> bool:
    return name == WHOLE or path == name or path.startswith(f"{name}.")


def _field(name: str, schema: Mapping[str, Any], *, required: bool, given: Json) -> forms.Field:
    options: dict[str, Any] = {
        "label": str(schema.get("title") or _humanized(name)),
        "help_text": str(schema.get("description", "")),
        "initial": given if given is not None else schema.get("default"),
        "required": required,
    }
    if isinstance(choices := schema.get("enum"), list) and 1 <= len(choices) <= 500:
        return _choice(choices, options)
    match _type(schema):
        case "boolean":
            return forms.BooleanField(**{**options, "required": False})
        case "integer":
            return forms.IntegerField(**options, **_bounds(schema, "minimum", "maximum", "value"))
        case "number":
            widget = forms.NumberInput(attrs={"step": "any"})
            bounds = _bounds(schema, "minimum", "maximum", "value")
            return forms.FloatField(**options, **bounds, widget=widget)
        case "string":
            return _text(schema, options)
    return JsonText(rows=4, **options)


def _type(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        real = [kind for kind in kinds if kind != "null"]
        kinds = real[0] if len(real) == 1 else None
    return kinds if isinstance(kinds, str) else ""


def _text(schema: Mapping[str, Any], options: dict[str, Any]) -> forms.Field:
    match schema.get("format"):
        case "date":
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(**options, widget=widget)
        case "date-time":
            moment = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            return forms.DateTimeField(**options, widget=moment)
    bounds = _bounds(schema, "minLength", "maxLength", "length")
    match schema.get("format"):
        case "email":
            return forms.EmailField(**options, **bounds)
        case "uri":
            return forms.URLField(**options, **bounds, assume_scheme="https")
        case "textarea":
            return forms.CharField(**options, **bounds, widget=forms.Textarea(attrs={"rows": 4}))
    if bounds.get("max_length", 0) > _LONG:
        return forms.CharField(**options, **bounds, widget=forms.Textarea(attrs={"rows": 4}))
    return forms.CharField(**options, **bounds)


def _bounds(schema: Mapping[str, Any], least: str, most: str, what: str) -> dict[str, Any]:
    found = {f"min_{what}": schema.get(least), f"max_{what}": schema.get(most)}
    return {name: bound for name, bound in found.items() if isinstance(bound, int | float)}


def _choice(choices: list[Json], options: dict[str, Any]) -> forms.Field:
    """Values are sent as JSON, so that 1 and "1" stay apart."""
    shown = [(_sent(each), each if isinstance(each, str) else _sent(each)) for each in choices]
    if not options["required"] or options["initial"] is None:
        shown.insert(0, ("", "Choose…" if options["required"] else "\N{EN DASH}"))
    initial = None if options["initial"] is None else _sent(options["initial"])

    return forms.TypedChoiceField(
        **{**options, "initial": initial}, choices=shown, coerce=json.loads, empty_value=None
    )


def _sent(value: Json) -> str:
    return json.dumps(value).decode()


def _as_json(value: Any) -> Json:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\r\n", "\n")  # browsers send lines so
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    found: Json = value
    return found


def _humanized(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] if words else name
