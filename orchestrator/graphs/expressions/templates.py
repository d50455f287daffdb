"""Text with expressions in it: ``Summarise {{ nodes.fetch.output.title }}``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from orchestrator.core.json import Json
from orchestrator.graphs.expressions.context import DEFAULT_BUDGET, Context
from orchestrator.graphs.expressions.errors import EvaluationError, ExpressionError, line_and_column
from orchestrator.graphs.expressions.expression import Expression, compile_expression

OPENING = "{{"
CLOSING = "}}"
MAX_EXPRESSIONS = 200


@dataclass(frozen=True, slots=True)
class _Hole:
    """An expression, and where it begins in the text."""

    expression: Expression
    start: int


@dataclass(frozen=True, slots=True)
class Template:
    source: str
    references: frozenset[tuple[str, ...]]
    _parts: tuple[str | _Hole, ...] = field(repr=False, compare=False)

    @property
    def is_static(self) -> bool:
        """Whether the text is the same for all data."""
        return not any(isinstance(part, _Hole) for part in self._parts)

    def render(
        self, scope: Mapping[str, Json], *, now: datetime | None = None, budget: int = DEFAULT_BUDGET
    ) -> str:
        """Strings as they are, null as nothing, times as ISO 8601, all else as JSON.

        All expressions share the budget. Raises EvaluationError with the place in the text.
        """
        context = Context(scope, now, budget)
        return "".join(part if isinstance(part, str) else self._fill(part, context) for part in self._parts)

    def _fill(self, hole: _Hole, context: Context) -> str:
        try:
            return hole.expression.render(context)
        except EvaluationError as error:
            raise error.within(self.source, hole.start) from None


def compile_template(text: str, *, names: Collection[str] | None = None) -> Template:
    """Raises ExpressionError with the place in the text. ``{{ "{{" }}`` writes the braces themselves."""
    parts: list[str | _Hole] = []
    position = 0
    while (opening := text.find(OPENING, position)) >= 0:
        if len(parts) >= 2 * MAX_EXPRESSIONS:
            raise _error(f"A text may hold {MAX_EXPRESSIONS} expressions; this one has more.", text, opening)
        start = opening + len(OPENING)
        end = _end_of_expression(text, start)
        parts.append(text[position:opening])
        parts.append(_Hole(_compile_part(text, start, end, names), start))
        position = end + len(CLOSING)
    parts.append(text[position:])
    references = (part.expression.references for part in parts if isinstance(part, _Hole))
    return Template(text, frozenset().union(*references), tuple(part for part in parts if part))


def _compile_part(text: str, start: int, end: int, names: Collection[str] | None) -> Expression:
    try:
        return compile_expression(text[start:end], names=names)
    except ExpressionError as error:
        raise error.within(text, start) from None


def _end_of_expression(text: str, start: int) -> int:
    """Where the ``}}`` stands that closes what began at ``start``: not in a string, nor closing objects."""
    depth = 0
    for match in _scanner().finditer(text, start):
        found = match[0]
        if found == "{":
            depth += 1
        elif found == "}" and depth:
            depth -= 1
        elif found == "}":
            if text.startswith(CLOSING, match.start()):
                return match.start()
        elif len(found) == 1:
            raise _error("The text that begins here has no closing quote.", text, match.start())
    raise _error("This {{ is not closed by }}.", text, start - len(OPENING))


@cache
def _scanner() -> re.Pattern[str]:
    """Finds braces. String literals are found whole, so what is in them does not count."""
    # Imported on first use, like in compile_expression.
    from orchestrator.graphs.expressions.syntax import string_literal

    return re.compile(rf"{string_literal()}|[{{}}\"']")


def _error(message: str, text: str, offset: int) -> ExpressionError:
    return ExpressionError(message, *line_and_column(text, offset), offset)
