"""Where a retry begins: the state of an earlier run at some point, made ready to go on from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.core.errors import WrongState
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.evolve import apply_event, fold
from orchestrator.executions.domain.state import ROOT, Firing, Phase, Scope, State, Token
from orchestrator.executions.domain.status import Status
from orchestrator.graphs.compiled import CompiledGraph


class CannotRetry(WrongState):
    """There is no such point to go on from, or the version does not have it."""

    code = "cannot_retry"


def state_before_failure(events: Sequence[ev.Event]) -> State:
    """The run as it stood when it began to end other than well: failed, cancelled or timed out.

    Everything recorded until then stays done. Raises CannotRetry for a run that did not end so.
    """
    state = State()
    for index, event in enumerate(events):
        apply_event(state, event)
        if state.root.ending is not None and state.root.ending.status is not Status.COMPLETED:
            return fold(events[: _origin(events, index)])
    raise CannotRetry("This run has not failed; retry it from the start or from one of its nodes.")


def _origin(events: Sequence[ev.Event], index: int) -> int:
    """Where a failure began: inside the item that made its map fail, rather than at the map."""
    event = events[index]
    if not isinstance(event, ev.StepFailed) or event.error.get("code") != "item_failed":
        return index
    item = event.key.item_scope(int(str(event.error["details"]["item"])))  # type: ignore[index, call-overload]
    for earlier in range(index - 1, -1, -1):
        if getattr(events[earlier], "scope", None) == item and _ends_scope(events[earlier]):
            return _origin(events, earlier)
    return index


def _ends_scope(event: ev.Event) -> bool:
    match event:
        case ev.StepFailed():
            return event.retry_at is None and not event.handled
        case ev.StepEnded():
            return not event.succeeded
    return isinstance(event, ev.JoinStarved)


def state_before_node(events: Sequence[ev.Event], node: str) -> State:
    """The run just before the last time ``node`` began. Raises CannotRetry if it never did."""
    begun: int | None = None
    seen: set[int] = set()
    for index, event in enumerate(events):
        if not isinstance(event, ev.StepEvent) or (event.scope, event.node) != (ROOT, node):
            continue
        if event.iteration not in seen:
            seen.add(event.iteration)
            begun = index
    if begun is None:
        raise CannotRetry(f"The node {node} did not run in this execution.")
    return fold(events[:begun])


def reopen(state: State, graph: CompiledGraph, *, same_version: bool) -> State:
    """Make a state runnable again: steps that were under way are started anew, finished ones stay done.

    A map keeps its finished items on the same version and starts over on another. Raises CannotRetry
    naming what the version no longer has.
    """
    for path, scope in state.scopes.items():
        if path == ROOT or same_version:
            _restart_firings(state, scope, keep_maps=same_version)
    if not same_version:
        state.scopes = {ROOT: state.root}
        state.root.tokens = {token.id: _moved(token, graph) for token in state.root.tokens.values()}
    if state.root.is_done:
        raise CannotRetry("Nothing is left to do at this point of the run.")
    return state


def _restart_firings(state: State, scope: Scope, *, keep_maps: bool) -> None:
    for firing in sorted(scope.firings.values(), key=lambda each: each.iteration, reverse=True):
        if firing.phase is Phase.MAPPING and keep_maps:
            continue
        _to_token(state, scope, firing)
    scope.ending = None


def _to_token(state: State, scope: Scope, firing: Firing) -> None:
    del scope.firings[f"{firing.node}#{firing.iteration}"]
    scope.iterations[firing.node] = firing.iteration - 1
    scope.tokens[state.next_token] = Token(state.next_token, firing.node, None, firing.passed)
    state.next_token += 1


def _moved(token: Token, graph: CompiledGraph) -> Token:
    """The token at the same node of another version."""
    node = graph.nodes.get(token.node)
    if node is None:
        raise CannotRetry(f"The run stood at the node {token.node}, which this version does not have.")
    if token.edge is None or token.edge in {edge.id for edge in node.incoming}:
        return token
    if len(node.incoming) < 2:
        return replace(token, edge=None)
    raise CannotRetry(
        f"The run waited at {token.node} on the edge {token.edge}, which this version does not have."
    )
