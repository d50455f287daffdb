"""What one evaluation carries along: the scope, the clock, macro variables and the budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from orchestrator.graphs.expressions.errors import LimitFault

DEFAULT_BUDGET = 200_000
MAX_MACRO_NESTING = 3

Value: TypeAlias = Any
"""JSON, a Timestamp or a Duration. Checked while evaluating, for the types of data are not known before."""

ABSORBED_ERROR_COST = 10  # operations; making an error and its message takes some 8 µs
_BUILT_PER_OPERATION = 32  # characters; a million of them may be copied about six times
_SCANNED_PER_OPERATION = 256


class Context:
    """The budget is charged where cost can grow with the data: per macro iteration and per size of what
    is built or compared. The rest is bounded by the length of the source.
    """

    __slots__ = ("budget", "left", "now", "patterns", "scope", "variables")

    def __init__(self, scope: Mapping[str, Value], now: datetime | None, budget: int) -> None:
        self.scope = scope
        self.now = now
        self.budget = budget
        self.left = budget
        self.variables: list[Value] = [None] * MAX_MACRO_NESTING
        self.patterns: dict[str, Value] = {}

    def spend(self, operations: int) -> None:
        self.left -= operations
        if self.left < 0:
            raise LimitFault(f"This took more than {self.budget:,} operations.")

    def spend_building(self, characters: int) -> None:
        """The cost of making a text of this length, or of searching through one."""
        if characters >= _BUILT_PER_OPERATION:
            self.spend(characters // _BUILT_PER_OPERATION)

    def spend_scanning(self, text: str) -> None:
        """The cost of comparing or hashing a text."""
        if len(text) >= _SCANNED_PER_OPERATION:
            self.spend(len(text) // _SCANNED_PER_OPERATION)


Evaluator: TypeAlias = Callable[[Context], Value]
