"""What can go wrong with an expression: when it is saved, and when it is evaluated.

Messages name paths, keys, types and numbers, never the text of a value: they reach logs and other
people's screens, and the data may be private.
"""

from __future__ import annotations

from typing import Self, TypeAlias

from orchestrator.graphs.expressions.tree import Place

JsonPath: TypeAlias = tuple[str | int, ...]


class _Located(Exception):
    """``line`` and ``column`` count from 1, ``offset`` from 0, in characters of the source.

    ``path`` leads to the expression inside a JSON value, where it is part of a binding.
    """

    def __init__(self, message: str, line: int, column: int, offset: int = 0, path: JsonPath = ()) -> None:
        super().__init__(message, line, column, offset, path)
        self.message = message
        self.line = line
        self.column = column
        self.offset = offset
        self.path = path

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}"
        if not self.path:
            return f"{self.message} ({where})"
        return f"{self.message} ({'.'.join(map(str, self.path))}, {where})"

    def within(self, text: str, start: int) -> Self:
        """The same error placed in a text in which the expression begins at ``start``."""
        offset = start + self.offset
        return type(self)(self.message, *line_and_column(text, offset), offset, self.path)

    def under(self, path: JsonPath) -> Self:
        """The same error, saying where in a JSON value the expression stands."""
        return type(self)(self.message, self.line, self.column, self.offset, path)


class ExpressionError(_Located, ValueError):
    """The expression cannot be used as it is written."""


class EvaluationError(_Located):
    """The expression has no value for this data."""


class OperationLimitExceeded(EvaluationError):
    """The evaluation took more operations than allowed. ``||`` and ``&&`` do not absorb this one."""


class Fault(Exception):
    """A rule broken by a value, told by code that does not know the place in the source."""

    def at(self, place: Place, about: str = "") -> EvaluationError:
        """The error to raise. ``about`` names the value that the message goes on to speak of."""
        message = f"{about}: {self}" if about else str(self)
        return EvaluationError(message, place.line, place.column, place.offset)


class LimitFault(Fault):
    """The budget of the evaluation is spent."""

    def at(self, place: Place, about: str = "") -> EvaluationError:
        return OperationLimitExceeded(str(self), place.line, place.column, place.offset)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The place of a character, both counted from 1; lines end with a newline character."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - text.rfind("\n", 0, offset)
