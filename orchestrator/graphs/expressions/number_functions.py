"""The functions on numbers, and those that sum up a list."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from decimal import Context as DecimalContext

from orchestrator.graphs.expressions.context import Context, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.operators import check_order
from orchestrator.graphs.expressions.signatures import Function, listed, number
from orchestrator.graphs.expressions.values import exact, whole_number

_MAX_DIGITS = 15
_DECIMALS = DecimalContext(prec=400, rounding=ROUND_HALF_UP)  # holds every float exactly as it is written


def _sum(context: Context, *arguments: Value) -> int | float:
    return _total(context, "sum", listed(arguments))


def _avg(context: Context, *arguments: Value) -> int | float:
    items = listed(arguments)
    if not items:
        raise Fault("avg() of an empty list has no value.")
    return exact(_total(context, "avg", items) / len(items))


def _total(context: Context, function: str, items: Value) -> int | float:
    """Exact for whole numbers; otherwise rounded once, so that the order does not matter."""
    context.spend(len(items))
    numbers = [number(function, item) for item in items]
    if all(type(item) is int for item in numbers):
        return exact(sum(numbers))
    try:
        return exact(math.fsum(numbers))
    except OverflowError:
        raise Fault("The number is not finite.") from None


def _min(context: Context, *arguments: Value) -> Value:
    return _extreme(context, "min", listed(arguments), smallest=True)


def _max(context: Context, *arguments: Value) -> Value:
    return _extreme(context, "max", listed(arguments), smallest=False)


def _extreme(context: Context, function: str, items: Value, *, smallest: bool) -> Value:
    if not items:
        raise Fault(f"{function}() of an empty list has no value.")
    context.spend(len(items))
    best = items[0]
    check_order(context, best, best)
    for item in items[1:]:
        check_order(context, best, item)
        if (item < best) if smallest else (item > best):
            best = item
    return best


def _round(context: Context, value: Value, digits: Value = 0) -> int | float:
    """Half away from zero, of the decimal number as it is written: 2.675 to two digits is 2.68."""
    context.spend(10)
    given, places = number("round", value), whole_number(digits, "The number of digits")
    if abs(places) > _MAX_DIGITS:
        raise Fault(f"round() takes -{_MAX_DIGITS} to {_MAX_DIGITS} digits, not {places}.")
    rounded = Decimal(repr(given)).quantize(Decimal(1).scaleb(-places), context=_DECIMALS)
    return exact(int(rounded) if type(given) is int else float(rounded))


def _abs(context: Context, value: Value) -> int | float:
    return exact(abs(number("abs", value)))


def _floor(context: Context, value: Value) -> int | float:
    given = number("floor", value)
    return given if given == int(given) else math.floor(given)


def _ceil(context: Context, value: Value) -> int | float:
    given = number("ceil", value)
    return given if given == int(given) else math.ceil(given)


NUMBER_FUNCTIONS = {
    "sum": Function(_sum, 1, None),
    "avg": Function(_avg, 1, None),
    "min": Function(_min, 1, None),
    "max": Function(_max, 1, None),
    "round": Function(_round, 1, 2),
    "abs": Function(_abs),
    "floor": Function(_floor),
    "ceil": Function(_ceil),
}
