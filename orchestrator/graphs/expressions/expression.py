"""One expression, compiled once and evaluated as often as wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import NoneType

from orchestrator.core.json import Json
from orchestrator.graphs.expressions.compiler import compile_tree
from orchestrator.graphs.expressions.context import DEFAULT_BUDGET, Context, Evaluator, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.tree import Place
from orchestrator.graphs.expressions.values import describe, exact, export, plain_text

_START = Place(1, 1, 0)
_READY = frozenset({str, int, bool, NoneType})


@dataclass(frozen=True, slots=True)
class Expression:
    """``references`` are the paths it reads, known without evaluating it. A path ends where it goes on by
    an index or by a key that is not written out; the variables of macros are not references.
    """

    source: str
    references: frozenset[tuple[str, ...]]
    _evaluator: Evaluator = field(repr=False, compare=False)
    _builds: bool = field(repr=False, compare=False)

    def evaluate(
        self, scope: Mapping[str, Json], *, now: datetime | None = None, budget: int = DEFAULT_BUDGET
    ) -> Json:
        """The value as JSON; what is only read from the scope is not copied. Raises EvaluationError.

        ``budget`` is the number of operations allowed, of some 0.1 µs each.
        """
        value: Json = self._run(Context(scope, now, budget), self._as_json)
        return value

    def test(
        self, scope: Mapping[str, Json], *, now: datetime | None = None, budget: int = DEFAULT_BUDGET
    ) -> bool:
        """The value of a condition. Raises EvaluationError also if it is not a boolean."""
        return bool(self._run(Context(scope, now, budget), _as_boolean))

    def render(self, context: Context) -> str:
        """The value as part of a text, on the budget of the text. Raises EvaluationError."""
        return str(self._run(context, _as_text))

    def _run(self, context: Context, finish: Callable[[Value, Context], Value]) -> Value:
        try:
            return finish(self._evaluator(context), context)
        except Fault as fault:
            raise fault.at(_START) from None
        except RecursionError:
            raise Fault("The data is nested too deeply.").at(_START) from None

    def _as_json(self, value: Value, context: Context) -> Value:
        kind = type(value)
        if kind in _READY:
            return value
        if kind is float:
            return exact(value)
        if kind in (list, dict) and not self._builds:
            return value
        return export(value, context)


def compile_expression(source: str, *, names: Collection[str] | None = None) -> Expression:
    """``names`` are the roots that will be in scope; without them any name is taken.

    Raises ExpressionError. Kept in a cache, so compiling the same again is cheap.
    """
    return _compile(source, None if names is None else frozenset(names))


@lru_cache(maxsize=1_024)
def _compile(source: str, names: frozenset[str] | None) -> Expression:
    # Imported on first use: the parser generator takes 0.15 s to import, which not every process needs.
    from orchestrator.graphs.expressions.syntax import parse

    evaluator, found = compile_tree(parse(source), names)
    return Expression(source, frozenset(found.references), evaluator, found.builds)


def _as_boolean(value: Value, context: Context) -> bool:
    if value is True or value is False:
        return bool(value)
    raise Fault(f"A condition must be true or false; the value is {describe(value)}.")


def _as_text(value: Value, context: Context) -> str:
    return "" if value is None else plain_text(value, context)
