"""``decide(graph, state) -> commands``: what an execution needs next. Pure: the same answer every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestrator.executions.domain.commands import (
    Abort,
    CloseItem,
    Command,
    End,
    FinishMap,
    Fire,
    OpenItem,
    Perform,
    Repeat,
    Withdraw,
)
from orchestrator.executions.domain.joins import ready, starved
from orchestrator.executions.domain.state import ROOT, Firing, MapProgress, Phase, Scope, State, StepKey
from orchestrator.executions.domain.status import Status
from orchestrator.graphs.compiled import CompiledGraph

MapDone = Callable[[StepKey, MapProgress], bool]


def decide(graph: CompiledGraph, state: State, map_done: MapDone) -> list[Command]:
    """Everything that can be done now. Empty: the execution is over, or waits for something outside.

    A loop that never ends is stopped after ``max_steps``. They are counted anew in each round of a node that
    has more to give: whether there is more is that node's to say, and a stream may be followed for months.
    ``map_done`` says whether a map has the results it asks for; it may evaluate the author's expression.
    """
    if state.is_final:
        return []
    commands = list(_Decision(graph, state, map_done).scope(ROOT))
    limit = state.options.max_steps
    done = state.steps - state.steps_before
    if state.root.ending is None and done + sum(isinstance(each, Fire) for each in commands) > limit:
        message = f"The run was stopped after {limit:,} steps, the limit set by max_steps."
        return [Abort({"code": "max_steps", "message": message})]
    return commands


def body_of(graph: CompiledGraph, path: str) -> CompiledGraph:
    """The graph of the scope at ``path``."""
    for step in path.split(">") if path else ():
        body = graph.nodes[step.rpartition("#")[0]].body
        assert body is not None
        graph = body
    return graph


class _Decision:
    def __init__(self, graph: CompiledGraph, state: State, map_done: MapDone) -> None:
        self.graph, self.state, self.map_done = graph, state, map_done
        self.frozen = state.paused_at is not None

    def scope(self, path: str) -> Iterator[Command]:
        scope = self.state.scopes[path]
        if scope.ending is not None:
            yield from self._close(path, scope)
            return
        if not self.frozen:
            yield from self._advance(path, scope)
        if path == ROOT and scope.is_done:
            yield End(Status.COMPLETED)

    def _advance(self, path: str, scope: Scope) -> Iterator[Command]:
        if scope.is_idle and scope.again:
            yield Repeat(path, tuple(scope.again))
            return
        graph = body_of(self.graph, path)
        moved = False
        for command in ready(graph, path, scope):
            moved = True
            yield command
        for firing in list(scope.firings.values()):
            key = StepKey(path, firing.node, firing.iteration)
            if firing.phase is Phase.RUNNING:
                yield Perform(key)
            elif firing.map is not None:
                yield from self._map(key, firing.map)
        starving = None if moved else starved(graph, path, scope)
        if starving is not None:
            yield starving

    def _map(self, key: StepKey, progress: MapProgress) -> Iterator[Command]:
        for index in progress.active:
            item = self.state.scopes[key.item_scope(index)]
            if item.ending is not None and item.ending.status is Status.FAILED:
                yield from self._fail_item(key, index, item)
                return
        if self.map_done(key, progress):
            yield from self._abandon(key, progress)
            return
        for index in progress.active:
            path = key.item_scope(index)
            item = self.state.scopes[path]
            if item.is_done or (item.ending is not None and not item.firings):
                yield CloseItem(key, index, item.ending.output if item.ending else item.last)
            else:
                yield from self.scope(path)
        room = progress.concurrency - len(progress.active)
        first = progress.next_index
        for index in range(first, min(first + room, len(progress.items))):
            yield OpenItem(key, index)

    def _fail_item(self, key: StepKey, index: int, item: Scope) -> Iterator[Command]:
        """One item failed: the map fails as soon as all of its items are withdrawn."""
        progress = self.state.scopes[key.scope].firings[key.name].map
        assert progress is not None
        assert item.ending is not None
        pending = [command for each in progress.active for command in self._empty(key.item_scope(each))]
        yield from pending or [FinishMap(key, {**(item.ending.error or {}), "item": index})]

    def _abandon(self, key: StepKey, progress: MapProgress) -> Iterator[Command]:
        """Enough items are done: what is left of the others is withdrawn."""
        pending = [command for index in progress.active for command in self._empty(key.item_scope(index))]
        if pending:
            yield from pending
        elif progress.active:
            yield from (CloseItem(key, index, None, done=False) for index in progress.active)
        else:
            yield FinishMap(key)

    def _close(self, path: str, scope: Scope) -> Iterator[Command]:
        pending = list(self._empty(path))
        yield from pending
        if path == ROOT and not pending:
            assert scope.ending is not None
            yield End(scope.ending.status, scope.ending.output, scope.ending.error)

    def _empty(self, path: str) -> Iterator[Command]:
        """Withdraw all firings of a scope, innermost first."""
        for firing in self.state.scopes[path].firings.values():
            key = StepKey(path, firing.node, firing.iteration)
            inner = [
                command
                for index in (firing.map.active if firing.map else ())
                for command in self._empty(key.item_scope(index))
            ]
            yield from inner or [Withdraw(key, _reason(self.state, firing))]


def _reason(state: State, firing: Firing) -> str:
    ending = state.root.ending
    return f"the run ends as {ending.status}" if ending else "its map no longer needs it"
