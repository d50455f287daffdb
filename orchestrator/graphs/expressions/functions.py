"""Every function of the language by its name. Each may also be called as a method of its first argument."""

from __future__ import annotations

import math
import re
from functools import partial

from orchestrator.graphs.expressions.context import Context, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.list_functions import LIST_FUNCTIONS
from orchestrator.graphs.expressions.number_functions import NUMBER_FUNCTIONS
from orchestrator.graphs.expressions.signatures import Function
from orchestrator.graphs.expressions.text_functions import TEXT_FUNCTIONS
from orchestrator.graphs.expressions.timestamps import (
    GETTERS,
    current_time,
    get,
    read_duration,
    read_timestamp,
    unix_seconds,
)
from orchestrator.graphs.expressions.values import (
    NUMBERS,
    Duration,
    Timestamp,
    describe,
    exact,
    plain_text,
    seconds,
    type_name,
)

_INT = re.compile(r"[+-]?[0-9]{1,19}")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONGEST_NUMBER = 400
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "t": True, "1": True}
_BOOLEANS |= {"false": False, "False": False, "FALSE": False, "f": False, "0": False}


def _int(context: Context, value: Value) -> int | float:
    """Cuts towards zero. A timestamp gives the seconds since 1970."""
    if type(value) in NUMBERS:
        return exact(int(exact(value)))
    if type(value) is Timestamp:
        return math.floor(unix_seconds(value))
    if type(value) is str:
        if len(value) <= _LONGEST_NUMBER and _INT.fullmatch(value):
            return exact(int(value))
        raise Fault("This string is not a whole number.")
    raise Fault(f"int() cannot read {describe(value)}.")


def _double(context: Context, value: Value) -> int | float:
    if type(value) in NUMBERS:
        return exact(value)
    if type(value) is str:
        if len(value) <= _LONGEST_NUMBER and _DOUBLE.fullmatch(value):
            return exact(float(value))
        raise Fault("This string is not a number.")
    raise Fault(f"double() cannot read {describe(value)}.")


def _string(context: Context, value: Value) -> str:
    if type(value) is Duration:
        return f"{seconds(value)}s"
    return plain_text(value, context)


def _bool(context: Context, value: Value) -> bool:
    if type(value) is bool:
        return value
    if type(value) is str and len(value) <= _LONGEST_NUMBER and value in _BOOLEANS:
        return _BOOLEANS[value]
    raise Fault(f'bool() reads "true" and "false", and cannot read this {type_name(value)}.')


def _type(context: Context, value: Value) -> str:
    return type_name(value)


def _timestamp(context: Context, value: Value) -> Timestamp:
    context.spend(5)
    return read_timestamp(value)


def _duration(context: Context, value: Value) -> Duration:
    context.spend(10 + (len(value) if type(value) is str else 0))
    return read_duration(value)


def _now(context: Context) -> Timestamp:
    return current_time(context.now)


FUNCTIONS: dict[str, Function] = {
    **TEXT_FUNCTIONS,
    **NUMBER_FUNCTIONS,
    **LIST_FUNCTIONS,
    **{name: Function(partial(get, name), 1, 2) for name in GETTERS},
    "int": Function(_int),
    "double": Function(_double),
    "string": Function(_string),
    "bool": Function(_bool),
    "type": Function(_type),
    "timestamp": Function(_timestamp),
    "duration": Function(_duration),
    "now": Function(_now, 0, 0),
}

# The names that CEL gives to the results of type(), for `type(x) == string`.
TYPE_NAMES = {
    "int": "number",
    "uint": "number",
    "double": "number",
    "string": "string",
    "bool": "boolean",
    "list": "list",
    "map": "object",
    "null_type": "null",
}
