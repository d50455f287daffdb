"""``record(…) -> events``: what a handler's answer means for the run.

Here the edges to follow are chosen, retries are planned and errors are routed. The events carry the
result, so that nothing of this is decided again when they are folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.names import names_at
from orchestrator.executions.domain.state import Scope, State, StepKey
from orchestrator.executions.domain.usage import told_usage
from orchestrator.graphs.compiled import CompiledEdge, CompiledNode
from orchestrator.graphs.expressions import EvaluationError
from orchestrator.graphs.model import DEFAULT_PORT, ERROR_PORT, RetryPolicy
from orchestrator.graphs.steps import Ended, Expanded, Failed, Outcome, Succeeded, Waiting

MAX_BACKOFF: Final = timedelta(hours=1)
JITTER: Final = 0.25


@dataclass(frozen=True, slots=True)
class Attempt:
    """The attempt that is being recorded. ``takes`` and ``round`` matter if it is the firing's first event.

    ``ids`` names what the outcome creates outside the run: its approval or its child run.
    """

    key: StepKey
    number: int
    takes: Sequence[int] = ()
    round: int | None = None

    def fields(self, at: datetime) -> dict[str, Any]:
        return {
            "at": at,
            "scope": self.key.scope,
            "node": self.key.node,
            "iteration": self.key.iteration,
            "attempt": self.number,
            "takes": list(self.takes),
            "round": self.round,
        }


def record(
    node: CompiledNode,
    state: State,
    attempt: Attempt,
    outcome: Outcome,
    *,
    at: datetime,
    jitter: float = 0.0,
    new_id: UUID | None = None,
    input: Json = None,
) -> list[ev.Event]:
    """The events of an outcome, in order.

    ``jitter`` (0 to 1) spreads retries; ``new_id`` names the approval or child run that a waiting step
    asks for. Both come from outside because nothing here may be random. ``input`` is kept with a step
    that waits, for the row that is written when it is over.
    """
    recorder = Recorder(node, state, attempt, at)
    match outcome:
        case Succeeded():
            return recorder.succeeded(outcome)
        case Failed():
            return recorder.failed(outcome, jitter)
        case Waiting():
            return recorder.waiting(outcome, new_id, input)
        case Expanded():
            expanded = ev.StepExpanded(
                **attempt.fields(at),
                items=list(outcome.items),
                concurrency=outcome.concurrency,
                complete_when=outcome.complete_when,
            )
            return [expanded]
        case Ended():
            return [ev.StepEnded(**attempt.fields(at), succeeded=outcome.succeeded, output=outcome.output)]


def skip(node: CompiledNode, state: State, attempt: Attempt, *, at: datetime) -> list[ev.Event]:
    """A disabled node lets its token pass by the default port."""
    return Recorder(node, state, attempt, at).succeeded(Succeeded(), skipped=True)


class Recorder:
    def __init__(self, node: CompiledNode, state: State, attempt: Attempt, at: datetime) -> None:
        self.node, self.state, self.attempt, self.at = node, state, attempt, at
        self.scope: Scope = state.scopes[attempt.key.scope]

    def succeeded(
        self, outcome: Succeeded, *, signal: str | None = None, skipped: bool = False, human: bool = False
    ) -> list[ev.Event]:
        try:
            sends = self._sends(outcome.ports, {"output": outcome.output}, outcome.variables)
        except _ConditionFailed as error:
            return self.failed(replace(error.outcome, usage=outcome.usage))
        done = ev.StepSucceeded(
            **self.attempt.fields(self.at),
            output=outcome.output,
            ports=[port for port in outcome.ports if port != DEFAULT_PORT],
            sends=sends,
            variables=outcome.variables,
            usage=told_usage(outcome.usage),
            signal=signal,
            skipped=skipped,
            human=human,
            again=outcome.again,
        )
        return [*self._cancels(), done, *self._branch_end(sends)]

    def failed(self, outcome: Failed, jitter: float = 0.0) -> list[ev.Event]:
        error: JsonObject = {"code": outcome.code, "message": outcome.message}
        if outcome.details:
            error["details"] = outcome.details
        fields = {**self.attempt.fields(self.at), "usage": told_usage(outcome.usage)}
        retry_at = self._retry_at(outcome, jitter)
        if retry_at is not None:
            return [ev.StepFailed(**fields, error=error, retry_at=retry_at)]
        port = self._error_port()
        if port is None:
            return [ev.StepFailed(**fields, error=error)]
        try:
            sends = self._sends((port,), {"output": None, "error": error})
        except _ConditionFailed as condition:
            error = {"code": condition.outcome.code, "message": condition.outcome.message, "cause": error}
            return [ev.StepFailed(**fields, error=error)]
        handled = ev.StepFailed(**fields, error=error, handled=True, sends=sends)
        return [*self._cancels(), handled, *self._branch_end(sends)]

    def waiting(self, outcome: Waiting, new_id: UUID | None, input: Json) -> list[ev.Event]:
        kept = next(
            (each for each in outcome.signals if each.persistent and each.signal in self.state.signals), None
        )
        if kept is not None and not kept.port:
            return [self.asked_anew(kept.signal, told_usage(outcome.usage))]
        if kept is not None:
            payload = self.state.signals[kept.signal][0]
            output: Json = {"port": kept.port, "payload": payload}
            done = Succeeded(output, (kept.port,), usage=outcome.usage)
            return self.succeeded(done, signal=kept.signal)
        limit = self.node.node.data.timeout_seconds
        waiting = ev.StepWaiting(
            **self.attempt.fields(self.at),
            timers=[(timer.at, timer.port) for timer in outcome.timers],
            signals=[(each.signal, each.port, each.persistent) for each in outcome.signals],
            approval=_approval(outcome, new_id),
            child=str(new_id) if outcome.child is not None else None,
            timeout_at=self.at + timedelta(seconds=limit) if limit else None,
            input=input,
            usage=told_usage(outcome.usage),
        )
        return [waiting]

    def restarted(self) -> ev.Event:
        """The next attempt, whatever the policy admits."""
        return ev.StepRestarted(**self._next())

    def asked_anew(self, signal: str | None = None, usage: JsonObject | None = None) -> ev.Event:
        """The next attempt, with as many to follow as the policy admits: somebody asked for it."""
        return ev.StepRestarted(**self._next(), signal=signal, anew=True, usage=usage)

    def _next(self) -> dict[str, Any]:
        return {**self.attempt.fields(self.at), "attempt": self.attempt.number + 1}

    def _retry_at(self, outcome: Failed, jitter: float) -> datetime | None:
        policy = retry_policy(self.node, self.state.options.max_attempts)
        number = self.attempt.number - anew_after(self.state, self.attempt.key)
        if not outcome.retryable or number >= policy.max_attempts or self.scope.ending is not None:
            return None
        pause = timedelta(seconds=policy.backoff_seconds * min(2.0 ** (number - 1), 4096.0))
        asked = outcome.details.get("retry_after_seconds")
        least = min(asked, MAX_BACKOFF.total_seconds()) if isinstance(asked, int | float) else 0
        return self.at + min(max(pause * (1 + JITTER * jitter), timedelta(seconds=least)), MAX_BACKOFF)

    def _error_port(self) -> str | None:
        """Where the run goes on after this error, if it does."""
        on_error = self.node.node.data.on_error
        if on_error == "continue":
            return DEFAULT_PORT
        return ERROR_PORT if on_error == "route" and self.node.has_port(ERROR_PORT) else None

    def _sends(
        self, ports: Iterable[str], seen: JsonObject, variables: JsonObject | None = None
    ) -> list[tuple[str, str]]:
        """The edges to follow, as (edge, target). Raises _ConditionFailed.

        Conditions already see what the step has done: its output and the variables it sets.
        """
        edges = [edge for port in dict.fromkeys(ports) for edge in self.node.outgoing.get(port, ())]
        if all(edge.condition is None for edge in edges):
            return [(edge.id, edge.target) for edge in edges]
        key = self.attempt.key
        names = names_at(self.state, key.scope, latest={key.node: seen})
        if variables:
            names["vars"] = {**self.state.variables, **variables}
        return [(edge.id, edge.target) for edge in edges if self._holds(edge, names)]

    def _holds(self, edge: CompiledEdge, names: Mapping[str, Any]) -> bool:
        if edge.condition is None:
            return True
        try:
            return edge.condition.test(names, now=self.at)
        except EvaluationError as error:
            raise _ConditionFailed(edge.id, error) from error

    def _branch_end(self, sends: Sequence[tuple[str, str]]) -> list[ev.Event]:
        if sends or not self.node.outgoing:
            return []
        scope, node, iteration = self.attempt.key
        return [ev.BranchEnded(at=self.at, scope=scope, node=node, iteration=iteration)]

    def _cancels(self) -> list[ev.Event]:
        """Withdraw what ``data.cancels`` names: waiting tokens and firings, those inside maps first."""
        found: list[ev.Event] = []
        path = self.attempt.key.scope
        for target in self.node.node.data.cancels:
            tokens = [token.id for token in self.scope.tokens.values() if token.node == target]
            mine = set(self.attempt.takes)
            tokens = [token for token in tokens if token not in mine]
            more = [target] if target in self.scope.again else []
            if tokens or more:
                found.append(ev.TokensWithdrawn(at=self.at, scope=path, tokens=tokens, nodes=more))
            for firing in self.scope.firings.values():
                key = StepKey(path, firing.node, firing.iteration)
                if firing.node == target and key != self.attempt.key:
                    found += cancel_firing(self.state, key, f"cancelled by {self.node.id}", self.at)
        return found


def retry_policy(node: CompiledNode, most: int) -> RetryPolicy:
    """The node's own, else what the workflow sets for all steps (``most``) or the type for its own, the
    longer."""
    own, usual = node.node.data.retry, node.type.retry
    if own is None and usual is not None:
        return usual.model_copy(update={"max_attempts": max(usual.max_attempts, most)})
    return own or RetryPolicy(max_attempts=most)


def anew_after(state: State, key: StepKey) -> int:
    """The attempt after which somebody asked for the firing to be done again: attempts count from there."""
    firing = state.firing(key)
    return firing.anew_after if firing is not None else 0


def cancel_firing(state: State, key: StepKey, reason: str, at: datetime) -> list[ev.Event]:
    """Events that withdraw a firing and everything inside it, innermost first."""
    firing = state.firing(key)
    assert firing is not None
    found: list[ev.Event] = []
    for index in firing.map.active if firing.map else ():
        path = key.item_scope(index)
        for inner in state.scopes[path].firings.values():
            found += cancel_firing(state, StepKey(path, inner.node, inner.iteration), reason, at)
    scope, node, iteration = key
    cancelled = ev.StepCancelled(
        at=at, scope=scope, node=node, iteration=iteration, attempt=firing.attempt, reason=reason
    )
    return [*found, cancelled]


class _ConditionFailed(Exception):
    def __init__(self, edge: str, error: EvaluationError) -> None:
        message = f"The condition of edge {edge} could not be evaluated: {error}"
        self.outcome = Failed("condition_error", message, retryable=False, details={"edge": edge})


def _approval(outcome: Waiting, new_id: UUID | None) -> JsonObject | None:
    request = outcome.approval
    if request is None:
        return None
    found: JsonObject = {
        "id": str(new_id),
        "on_deadline": request.on_deadline,
        "escalate_to": list(request.escalate_to),
        "payload": request.payload,
    }
    if request.on_deadline == "escalate":
        found["escalation_seconds"] = request.escalation_seconds
        found["on_escalation_deadline"] = request.on_escalation_deadline
    return found
