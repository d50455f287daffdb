"""JSON with expressions in it, as the configuration of a node is.

``{"=": "nodes.fetch.output.items"}`` stands for the value of the expression, a string with ``{{`` is a
template, and everything else stands for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from orchestrator.core.json import Json
from orchestrator.graphs.expressions.context import DEFAULT_BUDGET
from orchestrator.graphs.expressions.errors import EvaluationError, ExpressionError, JsonPath
from orchestrator.graphs.expressions.expression import compile_expression
from orchestrator.graphs.expressions.templates import OPENING, compile_template

MARK = "="
MAX_DEPTH = 100

BindingProblem: TypeAlias = tuple[JsonPath, ExpressionError]

_Scope: TypeAlias = Mapping[str, Json]
_Evaluate: TypeAlias = Callable[[_Scope, datetime | None, int], Json]


class BindingError(ExpressionError):
    """Expressions in the value cannot be used. The error itself is the first of ``problems``."""

    def __init__(self, *problems: BindingProblem) -> None:
        path, first = problems[0]
        super().__init__(first.message, first.line, first.column, first.offset, path)
        self.args = problems
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Binding:
    """``dynamic_paths`` are the places of expressions and templates in the value. ``problems`` is empty
    unless the binding was compiled to collect them; evaluating one that has problems raises them.
    """

    value: Json
    references: frozenset[tuple[str, ...]]
    dynamic_paths: tuple[JsonPath, ...]
    problems: tuple[BindingProblem, ...]
    _evaluate: _Evaluate | None = field(repr=False, compare=False)

    @property
    def is_static(self) -> bool:
        """Whether the value stands for itself, whatever the data."""
        return self._evaluate is None

    def evaluate(
        self, scope: Mapping[str, Json], *, now: datetime | None = None, budget: int = DEFAULT_BUDGET
    ) -> Json:
        """The value with its expressions evaluated; parts without any are returned as they are, uncopied.

        Each expression has its own budget. Raises EvaluationError with the ``path`` of the expression.
        """
        if self.problems:
            raise BindingError(*self.problems)
        return self.value if self._evaluate is None else self._evaluate(scope, now, budget)


def compile_binding(value: Json, *, names: Collection[str] | None = None, collect: bool = False) -> Binding:
    """Raises BindingError, unless told to ``collect`` the problems in the binding instead."""
    found = _Findings(names)
    evaluate = found.compile(value, ())
    if found.problems and not collect:
        raise BindingError(*found.problems)
    references = frozenset().union(*found.references)
    return Binding(value, references, tuple(found.dynamic_paths), tuple(found.problems), evaluate)


def binding_problems(value: Json, *, names: Collection[str] | None = None) -> list[BindingProblem]:
    """Everything that is wrong with the expressions in a value, each with its path."""
    return list(compile_binding(value, names=names, collect=True).problems)


class _Findings:
    def __init__(self, names: Collection[str] | None) -> None:
        self.names = names
        self.references: list[frozenset[tuple[str, ...]]] = []
        self.dynamic_paths: list[JsonPath] = []
        self.problems: list[BindingProblem] = []

    def compile(self, value: Json, path: JsonPath) -> _Evaluate | None:
        """What evaluates the value, or None if nothing in it varies."""
        if len(path) > MAX_DEPTH:
            message = f"The value is nested deeper than {MAX_DEPTH} levels."
            self.problems.append((path, ExpressionError(message, 1, 1, 0, path)))
            return None
        if isinstance(value, dict):
            source = value.get(MARK) if len(value) == 1 else None
            return self._expression(source, path) if isinstance(source, str) else self._object(value, path)
        if isinstance(value, list):
            return self._list(value, path)
        if isinstance(value, str) and OPENING in value:
            return self._template(value, path)
        return None

    def _object(self, value: dict[str, Json], path: JsonPath) -> _Evaluate | None:
        parts = {key: self.compile(item, (*path, key)) for key, item in value.items()}
        varying = {key: part for key, part in parts.items() if part is not None}
        if not varying:
            return None
        return lambda scope, now, budget: {
            key: varying[key](scope, now, budget) if key in varying else item for key, item in value.items()
        }

    def _list(self, value: list[Json], path: JsonPath) -> _Evaluate | None:
        parts = [(self.compile(item, (*path, index)), item) for index, item in enumerate(value)]
        if all(part is None for part, _ in parts):
            return None
        return lambda scope, now, budget: [
            item if part is None else part(scope, now, budget) for part, item in parts
        ]

    def _expression(self, source: str, path: JsonPath) -> _Evaluate | None:
        self.dynamic_paths.append(path)
        try:
            expression = compile_expression(source, names=self.names)
        except ExpressionError as error:
            self.problems.append((path, error.under(path)))
            return None
        self.references.append(expression.references)
        return _at(path, lambda scope, now, budget: expression.evaluate(scope, now=now, budget=budget))

    def _template(self, text: str, path: JsonPath) -> _Evaluate | None:
        self.dynamic_paths.append(path)
        try:
            template = compile_template(text, names=self.names)
        except ExpressionError as error:
            self.problems.append((path, error.under(path)))
            return None
        self.references.append(template.references)
        return _at(path, lambda scope, now, budget: template.render(scope, now=now, budget=budget))


def _at(path: JsonPath, evaluate: _Evaluate) -> _Evaluate:
    def evaluate_at(scope: _Scope, now: datetime | None, budget: int) -> Json:
        try:
            return evaluate(scope, now, budget)
        except EvaluationError as error:
            raise error.under(path) from None

    return evaluate_at
