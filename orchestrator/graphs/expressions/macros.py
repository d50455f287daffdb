"""The macros: expressions evaluated once for each item of a list or each key of an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.graphs.expressions.context import ABSORBED_ERROR_COST, Context, Evaluator, Value
from orchestrator.graphs.expressions.errors import EvaluationError, Fault, OperationLimitExceeded
from orchestrator.graphs.expressions.operators import check_order
from orchestrator.graphs.expressions.paths import items_of
from orchestrator.graphs.expressions.tree import Place
from orchestrator.graphs.expressions.values import describe


@dataclass(frozen=True, slots=True)
class Loop:
    """What is walked over, where the variable is kept, and what one round costs in operations."""

    receiver: Evaluator
    variable: int
    cost: int
    place: Place

    def over(self, context: Context) -> Iterator[Value]:
        """Each item, once the variable stands for it."""
        variable, cost = self.variable, self.cost
        try:
            for item in items_of(context, self.receiver(context)):
                context.spend(cost)
                context.variables[variable] = item
                yield item
        except Fault as fault:
            raise fault.at(self.place) from None


def truth(value: Value, place: Place, use: str) -> bool:
    """The value, which must be a boolean. ``use`` begins the message."""
    if value is True:
        return True
    if value is False:
        return False
    raise Fault(f"{use} must be a boolean, not {describe(value)}.").at(place)


def _quantifier(decisive: bool) -> Macro:
    """``exists`` is decided by the first true, ``all`` by the first false. Where one decides, errors of
    the other rounds do not count.
    """

    def build(loop: Loop, test: Evaluator) -> Evaluator:
        def quantify(context: Context) -> bool:
            problem: EvaluationError | None = None
            for _ in loop.over(context):
                try:
                    if truth(test(context), loop.place, "The condition") is decisive:
                        return decisive
                except OperationLimitExceeded:
                    raise
                except EvaluationError as error:
                    context.spend(ABSORBED_ERROR_COST)
                    problem = problem or error
            if problem:
                raise problem
            return not decisive

        return quantify

    return build


def _exists_one(loop: Loop, test: Evaluator) -> Evaluator:
    def exists_one(context: Context) -> bool:
        found = 0
        for _ in loop.over(context):
            found += truth(test(context), loop.place, "The condition")
        return found == 1

    return exists_one


def _filter(loop: Loop, test: Evaluator) -> Evaluator:
    def keep(context: Context) -> list[Value]:
        return [item for item in loop.over(context) if truth(test(context), loop.place, "The condition")]

    return keep


def _map(loop: Loop, transform: Evaluator) -> Evaluator:
    def collect(context: Context) -> list[Value]:
        return [transform(context) for _ in loop.over(context)]

    return collect


def _map_some(loop: Loop, test: Evaluator, transform: Evaluator) -> Evaluator:
    def collect(context: Context) -> list[Value]:
        return [
            transform(context)
            for _ in loop.over(context)
            if truth(test(context), loop.place, "The condition")
        ]

    return collect


def _sort_by(loop: Loop, key: Evaluator) -> Evaluator:
    def sort(context: Context) -> list[Value]:
        keyed = [(key(context), item) for item in loop.over(context)]
        try:
            for value, _ in keyed:
                check_order(context, keyed[0][0], value)
            longest = max((len(value) for value, _ in keyed if type(value) is str), default=0)
            context.spend(len(keyed) * len(keyed).bit_length() * (1 + longest // 256) // 4)
        except Fault as fault:
            raise fault.at(loop.place) from None
        return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]

    return sort


Macro: TypeAlias = Callable[..., Evaluator]
"""Makes the evaluator from the loop and the evaluators of the expressions after the variable."""

MACROS: dict[tuple[str, int], Macro] = {
    ("all", 2): _quantifier(decisive=False),
    ("exists", 2): _quantifier(decisive=True),
    ("exists_one", 2): _exists_one,
    ("filter", 2): _filter,
    ("map", 2): _map,
    ("map", 3): _map_some,
    ("sort_by", 2): _sort_by,
}
"""By name and number of arguments."""

MACRO_NAMES = frozenset(name for name, _ in MACROS)
