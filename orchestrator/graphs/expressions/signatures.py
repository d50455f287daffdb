"""What the functions of the language have in common: how they are called and how they check arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.graphs.expressions.context import Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.values import NUMBERS, describe, exact


@dataclass(frozen=True, slots=True)
class Function:
    """``call`` gets the context and the arguments; a receiver is the first of them.

    ``most`` is None where any number of arguments may follow.
    """

    call: Callable[..., Value]
    least: int = 1
    most: int | None = 1

    def accepts(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)

    @property
    def arity(self) -> str:
        """How many arguments it takes, in words."""
        if self.most is None:
            return f"at least {self.least} argument{'s' * (self.least != 1)}"
        if self.most == self.least:
            return f"{self.least or 'no'} argument{'s' * (self.least != 1)}"
        return f"{self.least} to {self.most} arguments"


def string(function: str, value: Value) -> str:
    if type(value) is str:
        return value
    raise Fault(f"{function}() needs a string, not {describe(value)}.")


def number(function: str, value: Value) -> int | float:
    if type(value) in NUMBERS:
        return exact(value)
    raise Fault(f"{function}() needs a number, not {describe(value)}.")


def a_list(function: str, value: Value) -> list[Value]:
    if type(value) is list:
        return value
    raise Fault(f"{function}() needs a list, not {describe(value)}.")


def an_object(function: str, value: Value) -> Mapping[str, Value]:
    if issubclass(type(value), Mapping):
        mapping: Mapping[str, Value] = value
        return mapping
    raise Fault(f"{function}() needs an object, not {describe(value)}.")


def listed(arguments: Sequence[Value]) -> Sequence[Value]:
    """The items of a list that is the only argument, else the arguments themselves."""
    if len(arguments) == 1 and type(arguments[0]) is list:
        items: list[Value] = arguments[0]
        return items
    return arguments
