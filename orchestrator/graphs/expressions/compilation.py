"""What is known while one expression is compiled, and what is found out about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any, TypeAlias

from orchestrator.graphs.expressions.context import MAX_MACRO_NESTING, Evaluator
from orchestrator.graphs.expressions.errors import ExpressionError
from orchestrator.graphs.expressions.functions import FUNCTIONS
from orchestrator.graphs.expressions.paths import list_keys, shorten
from orchestrator.graphs.expressions.tree import Name, Node, Place

MAX_NESTING = 32

Emitter: TypeAlias = Callable[[Any, "Compilation"], Evaluator]


def rejected(message: str, place: Place) -> ExpressionError:
    return ExpressionError(message, place.line, place.column, place.offset)


class Compilation:
    """``emitters`` says for each type of node how it becomes a closure; ``names`` are the roots allowed."""

    def __init__(self, emitters: Mapping[type[Node], Emitter], names: frozenset[str] | None) -> None:
        self.names = names
        self.references: set[tuple[str, ...]] = set()
        self.variables: dict[str, int] = {}
        self.builds = False  # may the result be a new list or object, and not just a part of the scope?
        self._emitters = emitters
        self._depth = 0
        self._nodes = 0
        self._macros = 0

    def compile(self, node: Node) -> Evaluator:
        """Raises ExpressionError."""
        with self.nested(node):
            return self._emitters[type(node)](node, self)

    @contextmanager
    def nested(self, node: Node) -> Iterator[None]:
        """Within, one level deeper. This is what keeps all recursion, here and while evaluating, bounded."""
        if self._depth >= MAX_NESTING:
            raise rejected(f"The expression is nested deeper than {MAX_NESTING} levels.", node.place)
        self._depth += 1
        self._nodes += 1
        yield
        self._depth -= 1

    @contextmanager
    def variable(self, name: Name) -> Iterator[int]:
        """Within, the name is a macro's variable, kept at the index given."""
        if self._macros >= MAX_MACRO_NESTING:
            raise rejected(f"Macros are nested deeper than {MAX_MACRO_NESTING} levels.", name.place)
        outer = self.variables
        self.variables = {**outer, name.name: self._macros}
        self._macros += 1
        yield self._macros - 1
        self._macros -= 1
        self.variables = outer

    def compile_counted(self, *nodes: Node) -> tuple[int, list[Evaluator]]:
        """With the number of nodes in them, which is what one evaluation of them costs."""
        before = self._nodes
        evaluators = [self.compile(node) for node in nodes]
        return self._nodes - before, evaluators

    def check_root(self, name: Name) -> None:
        """Raises ExpressionError for a name that will not be in the scope."""
        if self.names is None or name.name in self.names:
            return
        raise rejected(f'There is no name "{shorten(name.name)}" here{self._advice(name.name)}', name.place)

    def _advice(self, name: str) -> str:
        assert self.names is not None
        near = get_close_matches(name, [*self.names, *self.variables], n=1)
        if near:
            return f'; did you mean "{near[0]}"?'
        if name in FUNCTIONS:
            return f"; did you mean {name}()?"
        return f". There are: {list_keys(sorted(self.names))}."
