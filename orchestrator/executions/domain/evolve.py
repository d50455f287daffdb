"""``evolve(state, event) -> state``: what each event means.

Folding all events of an execution gives exactly the state stored on its row. Nothing here decides
anything, and nothing here can fail for events that ``decide`` and ``record`` produced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, Final

from orchestrator.core.json import JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.codec import decode_state
from orchestrator.executions.domain.state import (
    ROOT,
    Ending,
    Firing,
    MapProgress,
    Options,
    Phase,
    Rounds,
    Scope,
    State,
    Waits,
)
from orchestrator.executions.domain.status import Status
from orchestrator.executions.domain.tokens import (
    drop_items,
    end_scope,
    finish,
    firing_of,
    progress_of,
    send,
)
from orchestrator.executions.domain.usage import joined_usage, use


def evolve(state: State, *events: ev.Event) -> State:
    """The state after the events; ``state`` itself stays as it was."""
    after = deepcopy(state)
    for event in events:
        apply_event(after, event)
    return after


def fold(events: Iterable[ev.Event]) -> State:
    """The state that a whole history adds up to."""
    state = State()
    for event in events:
        apply_event(state, event)
    return state


def apply_event(state: State, event: ev.Event) -> None:
    """``evolve`` in place, for a caller that owns the state: copying it for every event would make a run
    of n steps cost n².
    """
    _APPLY[type(event)](state, event)


def _execution_started(state: State, event: ev.ExecutionStarted) -> None:
    if event.seed is not None:
        seeded = decode_state(deepcopy(event.seed))
        state.scopes, state.variables = seeded.scopes, seeded.variables
        state.signals, state.next_token = seeded.signals, seeded.next_token
    else:
        state.variables = dict(event.variables)
    state.status = Status.RUNNING
    state.input, state.trigger, state.info = event.input, event.trigger, event.info
    state.options = Options(**event.options)  # type: ignore[arg-type]  # written from Options' own fields
    state.deadline = event.deadline
    send(state, state.root, [(None, node) for node in event.entries], {})


def _step_started(state: State, event: ev.StepEvent) -> None:
    firing_of(state, event)


def _step_succeeded(state: State, event: ev.StepSucceeded) -> None:
    scope = state.scopes[event.scope]
    firing = firing_of(state, event)
    finish(scope, firing)
    scope.nodes[event.node] = {"output": event.output}
    scope.last = event.output
    state.variables.update(event.variables)
    _consume(state, event.signal)
    if event.again and event.node not in scope.again:
        scope.again.append(event.node)
    _count(state, event)
    send(state, scope, event.sends, firing.passed)


def _consume(state: State, signal: str | None) -> None:
    if signal is None:
        return
    kept = state.signals[signal]
    del kept[0]
    if not kept:
        del state.signals[signal]


def _count(state: State, event: ev.StepSucceeded) -> None:
    metrics = state.metrics
    metrics.nodes += not event.skipped
    metrics.human_interventions += event.human
    use(state, event.usage)


def _use_while_waiting(state: State, firing: Firing, usage: JsonObject | None) -> None:
    """For the row of the attempt with which the firing ends."""
    use(state, usage)
    firing.used = joined_usage(firing.used, usage)


def _step_failed(state: State, event: ev.StepFailed) -> None:
    scope = state.scopes[event.scope]
    firing = firing_of(state, event)
    drop_items(state, event.key, firing)
    use(state, event.usage)
    firing.used = None
    if event.retry_at is not None:
        firing.phase, firing.retry_at, firing.waits = Phase.BACKOFF, event.retry_at, None
        return
    finish(scope, firing)
    state.metrics.nodes += 1
    scope.nodes[event.node] = {"output": None, "error": event.error}
    if event.handled:
        send(state, scope, event.sends, firing.passed)
    else:
        end_scope(scope, Ending(Status.FAILED, error={**event.error, "node": event.node}))


def _step_restarted(state: State, event: ev.StepRestarted) -> None:
    firing = firing_of(state, event)
    _consume(state, event.signal)
    _use_while_waiting(state, firing, event.usage)
    if event.anew:
        firing.anew_after = event.attempt - 1
    firing.phase, firing.attempt, firing.since = Phase.RUNNING, event.attempt, event.at
    firing.retry_at = firing.waits = None


def _step_waiting(state: State, event: ev.StepWaiting) -> None:
    firing = firing_of(state, event)
    _use_while_waiting(state, firing, event.usage)
    firing.phase = Phase.WAITING
    firing.waits = Waits(
        timers=list(event.timers),
        signals=list(event.signals),
        approval=event.approval,
        child=event.child,
        timeout_at=event.timeout_at,
        input=event.input,
    )


def _step_expanded(state: State, event: ev.StepExpanded) -> None:
    firing = firing_of(state, event)
    firing.phase = Phase.MAPPING
    firing.map = MapProgress(event.items, event.concurrency, event.complete_when)


def _step_stuck(state: State, event: ev.StepStuck) -> None:
    firing = firing_of(state, event)
    firing.phase, firing.waits = Phase.STUCK, Waits(approval=event.approval)


def _step_ended(state: State, event: ev.StepEnded) -> None:
    scope = state.scopes[event.scope]
    finish(scope, firing_of(state, event))
    state.metrics.nodes += 1
    scope.nodes[event.node] = {"output": event.output}
    scope.last = event.output
    if event.succeeded:
        end_scope(scope, Ending(Status.COMPLETED, output=event.output))
    else:
        told = event.output if isinstance(event.output, str) else ""
        message = told or f"The node {event.node} ended the run as failed."
        error: JsonObject = {"code": "ended_failed", "message": message}
        end_scope(scope, Ending(Status.FAILED, event.output, {**error, "node": event.node}))


def _step_cancelled(state: State, event: ev.StepCancelled) -> None:
    firing = state.scopes[event.scope].firings.pop(event.key.name)
    drop_items(state, event.key, firing)


def _scope_repeated(state: State, event: ev.ScopeRepeated) -> None:
    scope = state.scopes[event.scope]
    scope.again = [node for node in scope.again if node not in event.nodes]
    if event.scope == ROOT:
        state.steps_before = state.steps
    send(state, scope, [(None, node) for node in event.nodes], {})


def _item_started(state: State, event: ev.ItemStarted) -> None:
    progress = progress_of(state, event)
    progress.active.append(event.index)
    progress.next_index = event.index + 1
    scope = state.scopes[event.key.item_scope(event.index)] = Scope()
    send(state, scope, [(None, node) for node in event.entries], {})


def _item_finished(state: State, event: ev.ItemFinished) -> None:
    progress = progress_of(state, event)
    progress.active.remove(event.index)
    if event.done:
        progress.results[event.index] = event.output
    del state.scopes[event.key.item_scope(event.index)]


def _tokens_withdrawn(state: State, event: ev.TokensWithdrawn) -> None:
    scope = state.scopes[event.scope]
    for token in event.tokens:
        del scope.tokens[token]
    scope.again = [node for node in scope.again if node not in event.nodes]


def _token_swallowed(state: State, event: ev.TokenSwallowed) -> None:
    scope = state.scopes[event.scope]
    token = scope.tokens.pop(event.token)
    assert token.edge is not None
    scope.rounds.setdefault(event.node, Rounds()).edges[token.edge] = event.round


def _join_starved(state: State, event: ev.JoinStarved) -> None:
    end_scope(state.scopes[event.scope], Ending(Status.FAILED, error=event.error))


def _signal_received(state: State, event: ev.SignalReceived) -> None:
    if event.kept:
        state.signals.setdefault(event.name, []).append(event.payload)


def _paused(state: State, event: ev.ExecutionPaused) -> None:
    state.paused_at = event.at


def _resumed(state: State, event: ev.ExecutionResumed) -> None:
    state.paused_at, state.deadline = None, event.deadline


def _cancel_requested(state: State, event: ev.CancelRequested) -> None:
    end_scope(state.root, Ending(Status.CANCELLED))


def _deadline_passed(state: State, event: ev.DeadlinePassed) -> None:
    end_scope(state.root, Ending(Status.TIMED_OUT, error=event.error))


def _aborted(state: State, event: ev.ExecutionAborted) -> None:
    end_scope(state.root, Ending(Status.FAILED, error=event.error))


def _ended(state: State, event: ev.ExecutionEnded) -> None:
    state.status = Status(event.status)
    state.output, state.error = event.output, event.error
    state.paused_at = None
    state.root.tokens.clear()


def _nothing(state: State, event: ev.Event) -> None:
    """For events that only tell the reader something."""


_APPLY: Final[Mapping[type[ev.Event], Callable[[State, Any], None]]] = {
    ev.ExecutionStarted: _execution_started,
    ev.StepStarted: _step_started,
    ev.StepSucceeded: _step_succeeded,
    ev.StepFailed: _step_failed,
    ev.StepRestarted: _step_restarted,
    ev.StepWaiting: _step_waiting,
    ev.StepExpanded: _step_expanded,
    ev.StepStuck: _step_stuck,
    ev.StepEnded: _step_ended,
    ev.StepCancelled: _step_cancelled,
    ev.ScopeRepeated: _scope_repeated,
    ev.ItemStarted: _item_started,
    ev.ItemFinished: _item_finished,
    ev.TokensWithdrawn: _tokens_withdrawn,
    ev.TokenSwallowed: _token_swallowed,
    ev.BranchEnded: _nothing,
    ev.JoinStarved: _join_starved,
    ev.SignalReceived: _signal_received,
    ev.ApprovalAnswered: _nothing,
    ev.ExecutionPaused: _paused,
    ev.ExecutionResumed: _resumed,
    ev.CancelRequested: _cancel_requested,
    ev.DeadlinePassed: _deadline_passed,
    ev.ExecutionAborted: _aborted,
    ev.ExecutionRecovered: _nothing,
    ev.ExecutionEnded: _ended,
}

__all__ = ["apply_event", "evolve", "fold"]
