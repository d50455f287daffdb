"""How tokens and firings come and go: what the events of ``evolve`` are made of. All of it in place."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.state import (
    Ending,
    Firing,
    MapProgress,
    Rounds,
    Scope,
    State,
    StepKey,
    Token,
)


def end_scope(scope: Scope, ending: Ending) -> None:
    """The first reason to end counts."""
    scope.ending = scope.ending or ending


def firing_of(state: State, event: ev.StepEvent) -> Firing:
    """The event's firing; begun now, by taking its tokens, if this is its first event."""
    scope, key = state.scopes[event.scope], event.key
    firing = scope.firings.get(key.name)
    if firing is not None:
        return firing
    taken = [scope.tokens.pop(token) for token in event.takes]
    passed = _merge_passed(taken)
    if event.round is not None:
        rounds = scope.rounds.setdefault(event.node, Rounds())
        rounds.mark_fired(event.round)
        rounds.edges.update((token.edge, event.round) for token in taken if token.edge is not None)
        passed = {**passed, event.node: event.round}
    scope.iterations[event.node] = event.iteration
    state.steps += 1
    firing = scope.firings[key.name] = Firing(
        event.node, event.iteration, event.at, attempt=event.attempt, passed=passed
    )
    return firing


def _merge_passed(tokens: list[Token]) -> dict[str, int]:
    if len(tokens) == 1:
        return tokens[0].passed
    merged: dict[str, int] = {}
    for token in tokens:
        for node, number in token.passed.items():
            merged[node] = max(number, merged.get(node, 0))
    return merged


def finish(scope: Scope, firing: Firing) -> None:
    del scope.firings[f"{firing.node}#{firing.iteration}"]


def drop_items(state: State, key: StepKey, firing: Firing) -> None:
    """Forget a map's progress and all scopes below it."""
    if firing.map is not None:
        below = key.item_scope(0).removesuffix("0")
        for path in [path for path in state.scopes if path.startswith(below)]:
            del state.scopes[path]
        firing.map = None


def progress_of(state: State, event: ev.StepEvent) -> MapProgress:
    progress = state.scopes[event.scope].firings[event.key.name].map
    assert progress is not None
    return progress


def send(state: State, scope: Scope, sends: Iterable[tuple[str | None, str]], passed: dict[str, int]) -> None:
    for edge, node in sends:
        scope.tokens[state.next_token] = Token(state.next_token, node, edge, passed)
        state.next_token += 1
