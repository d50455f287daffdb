"""JSON Schemas that people write (draft 2020-12): whether one is right, and whether a value fits it.

Nothing is fetched for them. The library itself would follow a reference to any address, also to a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.validators import validator_for
from pydantic import AfterValidator
from referencing import Registry
from referencing.exceptions import Unresolvable

from orchestrator.core.json import Json, JsonObject


class UnusableSchema(ValueError):
    """A reference in it leads nowhere, outside, or round in a circle. The message is for people."""


def check_schema(schema: JsonObject) -> JsonObject:
    """The schema. Raises ValueError for what is none, or for one that refers outside itself."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"is not a JSON Schema: {error.message}") from error
    for reference in _references(schema):
        if not reference.startswith("#"):
            raise ValueError(f"may refer only to parts of itself (#/…), not to {reference[:100]}")
    return schema


SchemaObject = Annotated[dict[str, Any], AfterValidator(check_schema)]


def faults_in(value: Any, schema: JsonObject) -> list[ValidationError]:
    """Where the value does not fit, in the order of the places. Raises UnusableSchema."""
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        found = kind(schema, registry=Registry()).iter_errors(value)
        return sorted(found, key=lambda fault: list(map(str, fault.absolute_path)))
    except Unresolvable as error:
        raise UnusableSchema(f"The schema refers to what is not in it: {error.ref[:100]}.") from error
    except RecursionError as error:
        raise UnusableSchema("The schema refers to itself without end.") from error


def complaints(value: Any, schema: JsonObject, *, under: str) -> dict[str, list[str]]:
    """As ``faults_in``, for people: by the path of the field, which lies in ``under``. Never raises."""
    fields: dict[str, list[str]] = {}
    try:
        for fault in faults_in(value, schema):
            path = ".".join((under, *map(str, fault.absolute_path)))
            fields.setdefault(path, []).append(fault.message)
    except UnusableSchema as error:
        return {under: [str(error)]}
    return fields


def _references(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for name in ("$ref", "$dynamicRef"):
            reference = value.get(name)
            if isinstance(reference, str):
                yield reference
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _references(item)
