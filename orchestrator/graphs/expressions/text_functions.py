"""The functions on strings."""

from __future__ import annotations

from orchestrator.graphs.expressions.context import Context, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.patterns import matches
from orchestrator.graphs.expressions.signatures import Function, a_list, string
from orchestrator.graphs.expressions.values import NUMBERS, describe, plain_text

_JOINED = NUMBERS | {str, bool}


def _contains(context: Context, value: Value, part: Value) -> bool:
    if type(value) is list:
        raise Fault("contains() searches in a string; for a list write: value in list.")
    text = string("contains", value)
    context.spend_building(len(text))
    return string("contains", part) in text


def _starts_with(context: Context, value: Value, prefix: Value) -> bool:
    text, start = string("startsWith", value), string("startsWith", prefix)
    context.spend_scanning(start)
    return text.startswith(start)


def _ends_with(context: Context, value: Value, suffix: Value) -> bool:
    text, end = string("endsWith", value), string("endsWith", suffix)
    context.spend_scanning(end)
    return text.endswith(end)


def _matches(context: Context, text: Value, pattern: Value) -> bool:
    return matches(context, string("matches", text), string("matches", pattern))


def _lower(context: Context, value: Value) -> str:
    text = string("lower", value)
    context.spend_building(len(text))
    return text.lower()


def _upper(context: Context, value: Value) -> str:
    text = string("upper", value)
    context.spend_building(len(text))
    return text.upper()


def _trim(context: Context, value: Value) -> str:
    text = string("trim", value)
    context.spend_building(len(text))
    return text.strip()


def _replace(context: Context, value: Value, old: Value, new: Value) -> str:
    text, before, after = string("replace", value), string("replace", old), string("replace", new)
    context.spend_building(len(text))
    context.spend_building(text.count(before) * len(after))
    return text.replace(before, after)


def _split(context: Context, value: Value, separator: Value) -> list[str]:
    """An empty separator splits into characters."""
    text, between = string("split", value), string("split", separator)
    context.spend_building(len(text))
    context.spend(text.count(between) + 1)
    return text.split(between) if between else list(text)


def _join(context: Context, value: Value, separator: Value = "") -> str:
    items, between = a_list("join", value), string("join", separator)
    context.spend(len(items))
    context.spend_building(len(items) * len(between))
    return between.join([_joined(context, item) for item in items])


def _joined(context: Context, item: Value) -> str:
    if type(item) in _JOINED:
        return plain_text(item, context)
    raise Fault(f"join() needs strings, not {describe(item)}.")


TEXT_FUNCTIONS = {
    "contains": Function(_contains, 2, 2),
    "startsWith": Function(_starts_with, 2, 2),
    "endsWith": Function(_ends_with, 2, 2),
    "matches": Function(_matches, 2, 2),
    "lower": Function(_lower),
    "upper": Function(_upper),
    "trim": Function(_trim),
    "replace": Function(_replace, 3, 3),
    "split": Function(_split, 2, 2),
    "join": Function(_join, 1, 2),
}
