"""Reading data by name and by index. Only keys of objects and items of lists are ever reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Final

from orchestrator.graphs.expressions.context import Context, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.values import NUMBERS, describe, whole_number

ABSENT: Final = object()
"""What stands for a missing value while ``has()`` looks for it."""

_SHOWN_KEYS = 5
_SHOWN_CHARACTERS = 40


def member(value: Value, key: str) -> Value:
    """The value at a key of an object. Raises Fault, in words that go after the path."""
    if issubclass(type(value), Mapping):
        if key in value:
            return value[key]
        raise Fault(f'there is no "{shorten(key)}"; it has: {list_keys(value)}.')
    raise Fault(f'there is no "{shorten(key)}" in {describe(value)}.')


def item(context: Context, value: Value, key: Value) -> Value:
    """The value at an index of a list or a key of an object. Raises Fault as ``member`` does."""
    if type(value) is list:
        index = whole_number(key, "the index")
        if 0 <= index < len(value):
            return value[index]
        raise Fault(f"there is no index {index}; the list has {count(value)}.")
    if type(key) is str:
        context.spend_scanning(key)
        return member(value, key)
    if issubclass(type(value), Mapping):
        raise Fault(f"the key of an object is a string, not {describe(key)}.")
    raise Fault(f"there are no items in {describe(value)}.")


def find(context: Context, value: Value, key: Value) -> Value:
    """The value at a key or index, or ABSENT where there is none, for whatever reason."""
    if type(key) is str:
        context.spend_scanning(key)
        return value[key] if issubclass(type(value), Mapping) and key in value else ABSENT
    if type(value) is list and type(key) in NUMBERS:
        index = whole_number(key, "the index")
        return value[index] if 0 <= index < len(value) else ABSENT
    return ABSENT


def items_of(context: Context, value: Value) -> list[Value]:
    """What a macro walks over: the items of a list or the keys of an object."""
    if type(value) is list:
        return value
    if issubclass(type(value), Mapping):
        context.spend(len(value))
        return list(value)
    raise Fault(f"This needs a list or an object, not {describe(value)}.")


def list_keys(keys: Collection[str]) -> str:
    """A few of the keys, for messages."""
    shown = [shorten(str(key)) for key in islice(keys, _SHOWN_KEYS)]
    if len(keys) > _SHOWN_KEYS:
        shown.append("…")
    return ", ".join(shown) or "nothing"


def count(values: Collection[Value]) -> str:
    return "1 item" if len(values) == 1 else f"{len(values):,} items"


def shorten(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
