"""The tree of a parsed expression. Each node knows its place, for the messages.

Runs of the same kind (``a && b && c``, ``a + b - c``, ``a ? b : c ? d : e``) are one node, so that a
long expression is not a deep one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the source: ``offset`` counts characters from 0, the others from 1."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Select(Node):
    operand: Node
    field: str


@dataclass(frozen=True, slots=True, eq=False)
class Index(Node):
    operand: Node
    key: Node


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """``function(arguments)`` or, with a receiver, ``receiver.function(arguments)``."""

    function: str
    receiver: Node | None
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ListLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ObjectLiteral(Node):
    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group(Node):
    """An expression in parentheses."""

    inner: Node


@dataclass(frozen=True, slots=True, eq=False)
class Unary(Node):
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Node):
    """Evaluated from left to right: ``first``, then each term applied to what came before."""

    first: Node
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Term(Node):
    """One further operand of an arithmetic run; its place is that of the operator."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Logical(Node):
    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Node):
    """The value beside the first condition that holds, else ``otherwise``."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


def written(node: Node) -> str:
    """About how a value is written, to name it in messages: ``nodes.fetch.items[…].filter(…)``."""
    parts: list[str] = []
    while True:
        match node:
            case Select(operand=operand, field=field):
                parts.append(f".{field}" if field.isidentifier() else f'["{field}"]')
            case Index(operand=operand, key=Literal(value=str(key))):
                parts.append(f'["{key}"]')
            case Index(operand=operand, key=Literal(value=key)):
                parts.append(f"[{key}]")
            case Index(operand=operand):
                parts.append("[…]")
            case Call(function=function, receiver=Node() as operand):
                parts.append(f".{function}(…)")
            case Call(function=function):
                parts.append(f"{function}(…)")
                break
            case Name(name=name):
                parts.append(name)
                break
            case _:
                parts.append("(…)")
                break
        node = operand
    return "".join(reversed(parts))
