"""The operators, with the rules of JSON: numbers are numbers however they are written, booleans are not."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import NoneType
from typing import TypeAlias

from orchestrator.graphs.expressions.context import Context, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.timestamps import between, later, sum_of
from orchestrator.graphs.expressions.values import NUMBERS, Duration, Timestamp, describe, exact, type_name

Comparison: TypeAlias = Callable[[Context, Value, Value], bool]
Calculation: TypeAlias = Callable[[Context, Value, Value], Value]

_SIMPLE = frozenset({bool, NoneType, Timestamp, Duration})
_ORDERED = frozenset({str, bool, Timestamp, Duration})


def equal(context: Context, left: Value, right: Value) -> bool:
    """Deep equality. Values of different types are unequal; asking is not an error."""
    kind = type(left)
    if kind is str:
        context.spend_scanning(left)
        return type(right) is str and bool(left == right)
    if kind in NUMBERS:
        return type(right) in NUMBERS and bool(left == right)
    if kind in _SIMPLE:
        return kind is type(right) and bool(left == right)
    return _equal_containers(context, left, right)


def unequal(context: Context, left: Value, right: Value) -> bool:
    return not equal(context, left, right)


def _equal_containers(context: Context, left: Value, right: Value) -> bool:
    """Without recursion: data may be nested deeper than Python's stack."""
    pairs = [(left, right)]
    while pairs:
        left, right = pairs.pop()
        kind = type_name(left)
        if kind != type_name(right):
            return False
        if kind == "list":
            context.spend(len(left))
            if len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif kind == "object":
            context.spend(len(left))
            if left.keys() != right.keys():
                return False
            pairs.extend((left[key], right[key]) for key in left)
        elif not equal(context, left, right):
            return False
    return True


def is_in(context: Context, needle: Value, haystack: Value) -> bool:
    """The operator ``in``: an item of a list or a key of an object."""
    if type(haystack) is list:
        context.spend(len(haystack))
        return any(equal(context, needle, item) for item in haystack)
    if issubclass(type(haystack), Mapping):
        if type(needle) is not str:
            return False
        context.spend_scanning(needle)
        return needle in haystack
    hint = " Use contains() to search in a string." if type(haystack) is str else ""
    raise Fault(f"The operator in needs a list or an object on its right, not {describe(haystack)}.{hint}")


def check_order(context: Context, left: Value, right: Value) -> None:
    """Raises Fault if neither comes before the other by their types."""
    kind = type(left)
    if kind in NUMBERS:
        if type(right) in NUMBERS:
            return
    elif kind is type(right) and kind in _ORDERED:
        if kind is str:
            context.spend_scanning(left)
        return
    hint = " Use timestamp() to read a time." if {kind, type(right)} == {Timestamp, str} else ""
    raise Fault(f"There is no order between {describe(left)} and {describe(right)}.{hint}")


def less(context: Context, left: Value, right: Value) -> bool:
    check_order(context, left, right)
    return bool(left < right)


def less_or_equal(context: Context, left: Value, right: Value) -> bool:
    check_order(context, left, right)
    return bool(left <= right)


def greater(context: Context, left: Value, right: Value) -> bool:
    check_order(context, left, right)
    return bool(left > right)


def greater_or_equal(context: Context, left: Value, right: Value) -> bool:
    check_order(context, left, right)
    return bool(left >= right)


def add(context: Context, left: Value, right: Value) -> Value:
    kind, other = type(left), type(right)
    if kind in NUMBERS and other in NUMBERS:
        return exact(exact(left) + exact(right))
    if kind is str and other is str:
        context.spend_building(len(left) + len(right))
        return left + right
    if kind is list and other is list:
        context.spend(len(left) + len(right))
        return left + right
    if kind is Timestamp and other is Duration:
        return later(left, right)
    if kind is Duration and other is Timestamp:
        return later(right, left)
    if kind is Duration and other is Duration:
        return sum_of(left, right)
    hint = " Use string() to make a string of the other." if str in (kind, other) else ""
    raise Fault(f"Cannot add {describe(right)} to {describe(left)}.{hint}")


def subtract(context: Context, left: Value, right: Value) -> Value:
    kind, other = type(left), type(right)
    if kind in NUMBERS and other in NUMBERS:
        return exact(exact(left) - exact(right))
    if kind is Timestamp and other is Duration:
        return later(left, -right)
    if kind is Timestamp and other is Timestamp:
        return between(right, left)
    if kind is Duration and other is Duration:
        return sum_of(left, -right)
    raise Fault(f"Cannot subtract {describe(right)} from {describe(left)}.")


def multiply(context: Context, left: Value, right: Value) -> Value:
    if type(left) in NUMBERS and type(right) in NUMBERS:
        return exact(exact(left) * exact(right))
    raise Fault(f"Cannot multiply {describe(left)} by {describe(right)}.")


def divide(context: Context, left: Value, right: Value) -> Value:
    """True division: 7 / 2 is 3.5. Whole quotients are exact also beyond 2^53."""
    if type(left) not in NUMBERS or type(right) not in NUMBERS:
        raise Fault(f"Cannot divide {describe(left)} by {describe(right)}.")
    left, right = exact(left), exact(right)
    if right == 0:
        raise Fault("Division by zero.")
    if type(left) is int and type(right) is int and left % right == 0:
        return exact(left // right)
    return exact(left / right)


def modulo(context: Context, left: Value, right: Value) -> Value:
    """The remainder with the sign of the dividend: -7 % 2 is -1."""
    if type(left) not in NUMBERS or type(right) not in NUMBERS:
        raise Fault(f"Cannot take {describe(left)} modulo {describe(right)}.")
    left, right = exact(left), exact(right)
    if right == 0:
        raise Fault("Modulo by zero.")
    if type(left) is int and type(right) is int:
        remainder = abs(left) % abs(right)
        return remainder if left >= 0 else -remainder
    return exact(math.fmod(left, right))


def negate(value: Value) -> Value:
    if type(value) in NUMBERS:
        return exact(-exact(value))
    if type(value) is Duration:
        return sum_of(-value)
    raise Fault(f"Cannot negate {describe(value)}.")


COMPARISONS: dict[str, Comparison] = {
    "==": equal,
    "!=": unequal,
    "<": less,
    "<=": less_or_equal,
    ">": greater,
    ">=": greater_or_equal,
    "in": is_in,
}
ARITHMETIC: dict[str, Calculation] = {"+": add, "-": subtract, "*": multiply, "/": divide, "%": modulo}
