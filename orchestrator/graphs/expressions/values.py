"""Values as expressions see them: JSON, and besides it only points in time and durations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import NoneType

from orchestrator.core.json import NotJson, dumps
from orchestrator.graphs.expressions.context import Context, Value
from orchestrator.graphs.expressions.errors import Fault

MAX_INT = 2**63 - 1
MIN_INT = -(2**63)
MAX_SAFE_INT = 2**53  # up to here every whole number is exact as a float too


class Timestamp(datetime):
    """A point in time in UTC. A class of its own: a datetime from the host is no JSON and is refused."""


class Duration(timedelta):
    """A length of time; a class of its own for the same reason."""


NUMBERS = frozenset({int, float})

_WORDS: dict[type, str] = {
    dict: "object",
    list: "list",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    NoneType: "null",
    Timestamp: "timestamp",
    Duration: "duration",
}
VALUE_TYPES = frozenset(_WORDS)


def type_name(value: Value) -> str:
    """The type in JSON's words. Raises Fault for what is neither JSON nor time."""
    word = _WORDS.get(type(value))
    if word is None:
        if issubclass(type(value), Mapping):
            return "object"
        raise Fault(f"A Python {type(value).__name__} is not a JSON value.")
    return word


def describe(value: Value) -> str:
    """The type with its article, for messages."""
    word = type_name(value)
    if word == "null":
        return word
    return f"an {word}" if word == "object" else f"a {word}"


def admit(value: Value, context: Context) -> Value:
    """A value of the host as plain JSON. Subclasses lose what is special about them, and other mappings
    become dicts; anything else raises Fault. Decided by the real type: ``__class__`` can be made to lie.
    """
    kind = type(value)
    if kind in VALUE_TYPES:
        return value
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        return int.__int__(value)
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, Mapping):
        context.spend(len(value))
        return {key: admit(item, context) for key, item in value.items()}
    raise Fault(f"A Python {kind.__name__} is not a JSON value.")


def exact(number: float) -> int | float:
    """The one form of a number that all calculations start from and end with: whole floats become ints,
    so that 1 and 1.0 give the same results. Raises Fault for infinity, NaN and ints beyond 64 bits.
    """
    if type(number) is int:
        if MIN_INT <= number <= MAX_INT:
            return number
        raise Fault("The number is outside the range of whole numbers, -2^63 to 2^63 - 1.")
    if number.is_integer():
        return int(number) if -MAX_SAFE_INT <= number <= MAX_SAFE_INT else number
    if number - number != 0:  # true of infinity and NaN only
        raise Fault("The number is not finite.")
    return number


def whole_number(value: Value, use: str) -> int:
    """The int in a number, for places that count. ``use`` says for what, to complete the message."""
    if type(value) not in NUMBERS:
        raise Fault(f"{use} must be a number, not {describe(value)}.")
    number = exact(value)
    if type(number) is not int:
        raise Fault(f"{use} must be a whole number; {number!r} is not one.")
    return number


def export(value: Value, context: Context) -> Value:
    """A copy as pure JSON: times as text, durations as seconds, whole numbers as ints.

    Charged by the size of the copy, which also bounds lists that hold one value many times over.
    """
    kind = type(value)
    if kind is str:
        context.spend_building(len(value))
        return value
    if kind is float:
        return exact(value)
    if kind is list:
        context.spend(1 + len(value) // 8)
        return [export(item, context) for item in value]
    if kind is dict:
        context.spend(1 + len(value) // 8)
        return {_key(key, context): export(item, context) for key, item in value.items()}
    if kind is Timestamp:
        return iso(value)
    if kind is Duration:
        return seconds(value)
    if kind in VALUE_TYPES:
        return value
    return export(admit(value, context), context)


def json_text(value: Value, context: Context) -> str:
    """Compact JSON."""
    try:
        return dumps(export(value, context)).decode()
    except NotJson as error:
        raise Fault(str(error)) from None


def plain_text(value: Value, context: Context) -> str:
    """How a value reads inside other text: strings as they are, everything else as JSON."""
    if type(value) is str:
        context.spend_building(len(value))
        return value
    if type(value) is Timestamp:
        return iso(value)
    return json_text(value, context)


def iso(moment: Timestamp) -> str:
    """ISO 8601 in UTC, with ``Z``."""
    return moment.isoformat().removesuffix("+00:00") + "Z"


def seconds(duration: Duration) -> int | float:
    return exact(duration.total_seconds())


def _key(key: Value, context: Context) -> str:
    if type(key) is not str:
        raise Fault(f"The key of an object must be a string, not {describe(key)}.")
    context.spend_building(len(key))
    return key
