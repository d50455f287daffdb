"""The functions on lists and objects."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from orchestrator.core.json import canonical
from orchestrator.graphs.expressions.context import Context, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.signatures import Function, a_list, an_object
from orchestrator.graphs.expressions.values import describe, export, whole_number


def _size(context: Context, value: Value) -> int:
    """Characters of a string, items of a list, keys of an object."""
    if type(value) in (str, list) or issubclass(type(value), Mapping):
        return len(value)
    raise Fault(f"size() needs a string, a list or an object, not {describe(value)}.")


def _keys(context: Context, value: Value) -> list[str]:
    mapping = an_object("keys", value)
    context.spend(len(mapping))
    return list(mapping)


def _values(context: Context, value: Value) -> list[Value]:
    mapping = an_object("values", value)
    context.spend(len(mapping))
    return list(mapping.values())


def _flatten(context: Context, value: Value) -> list[Value]:
    """Takes away one level of lists."""
    flat: list[Value] = []
    for item in a_list("flatten", value):
        if type(item) is list:
            context.spend(1 + len(item))
            flat.extend(item)
        else:
            context.spend(1)
            flat.append(item)
    return flat


def _distinct(context: Context, value: Value) -> list[Value]:
    """The first of each group of equal items."""
    items = a_list("distinct", value)
    context.spend(len(items))
    first: dict[Hashable, Value] = {}
    for item in items:
        first.setdefault(_identity(context, item), item)
    return list(first.values())


def _identity(context: Context, value: Value) -> Hashable:
    """Equal for equal values. Lists and objects go by their text, whose hash nobody can foresee."""
    kind = type(value)
    if kind is bool:
        return (kind, value)
    if kind is list or kind is dict:
        try:
            return canonical(export(value, context))
        except TypeError as error:
            raise Fault(f"distinct() cannot compare this item: {error}.") from None
    describe(value)
    if kind is str:
        context.spend_scanning(value)
    identity: Hashable = value
    return identity


def _reverse(context: Context, value: Value) -> Value:
    if type(value) is str:
        context.spend_building(len(value))
        return value[::-1]
    items = a_list("reverse", value)
    context.spend(len(items))
    return items[::-1]


def _range(context: Context, value: Value) -> list[int]:
    """The numbers from 0 up to, and without, n."""
    length = whole_number(value, "The length of range()")
    if length < 0:
        raise Fault(f"The length of range() must not be negative; it is {length}.")
    context.spend(length)
    return list(range(length))


LIST_FUNCTIONS = {
    "size": Function(_size),
    "keys": Function(_keys),
    "values": Function(_values),
    "flatten": Function(_flatten),
    "distinct": Function(_distinct),
    "reverse": Function(_reverse),
    "range": Function(_range),
}
