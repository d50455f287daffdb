"""What comes to an execution from outside: signals, answers, child runs, and the passing of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.machine import Machine
from orchestrator.executions.domain.record import Recorder
from orchestrator.executions.domain.state import Firing, Phase, State, StepKey, Waits
from orchestrator.graphs.steps import Failed, Succeeded

APPROVED: Final = "approved"
REJECTED: Final = "rejected"
DEADLINE_COMMENT: Final = "The deadline passed."
MAX_KEPT_SIGNALS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    payload: Json = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of an approval: everyone whose word was needed has spoken, or its deadline decided."""

    approval: str
    decision: str
    by: str = ""
    comment: str = ""
    payload: Json = None


@dataclass(frozen=True, slots=True)
class ChildEnded:
    child: str
    status: str
    output: Json = None
    error: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    by: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    by: str = ""


@dataclass(frozen=True, slots=True)
class Cancel:
    by: str = ""
    reason: str = ""


Arrival: TypeAlias = Signal | Answer | ChildEnded | Pause | Resume | Cancel


def receive(machine: Machine, arrival: Arrival, at: datetime) -> None:
    """Take in one arrival. What no longer matters, e.g. an answer that comes too late, changes nothing."""
    if machine.state.is_final:
        return
    match arrival:
        case Signal():
            _signal(machine, arrival, at)
        case Answer():
            _answer(machine, arrival, at)
        case ChildEnded():
            _child(machine, arrival, at)
        case Pause():
            if machine.state.paused_at is None:
                machine.emit(ev.ExecutionPaused(at=at, by=arrival.by))
        case Resume():
            _resume(machine, arrival, at)
        case Cancel():
            if machine.state.root.ending is None:
                machine.emit(ev.CancelRequested(at=at, by=arrival.by, reason=arrival.reason))


def elapse(machine: Machine, now: datetime) -> None:
    """Let everything happen that is due by ``now``: the run's deadline, time-outs, timers and retries."""
    state = machine.state
    if state.is_final or state.paused_at is not None or state.root.ending is not None:
        return
    if state.deadline is not None and state.deadline <= now:
        message = "The run took longer than its workflow allows (timeout_seconds)."
        machine.emit(ev.DeadlinePassed(at=now, error={"code": "timed_out", "message": message}))
        return
    for key, firing in list(state.firings()):
        if state.firing(key) is firing:  # what came before may have withdrawn it
            _due(machine, key, firing, now)


def next_due(state: State) -> datetime | None:
    """When ``elapse`` will next have something to do; None: only an arrival can move the run."""
    if state.is_final or state.paused_at is not None:
        return None
    moments = [state.deadline] if state.deadline else []
    for _, firing in state.firings():
        if firing.retry_at is not None:
            moments.append(firing.retry_at)
        if firing.waits is not None:
            moments += [moment for moment, _ in firing.waits.timers]
            moments += [firing.waits.timeout_at] if firing.waits.timeout_at else []
    return min(moments, default=None)


def _due(machine: Machine, key: StepKey, firing: Firing, now: datetime) -> None:
    if firing.retry_at is not None and firing.retry_at <= now:
        machine.emit(ev.StepRestarted(at=now, **key._asdict(), attempt=firing.attempt + 1))
    waits = firing.waits
    if waits is None:
        return
    due = min((timer for timer in waits.timers if timer[0] <= now), default=None)
    if due is not None:
        _timer(machine, key, waits, due, now)
    elif waits.timeout_at is not None and waits.timeout_at <= now:
        message = f"The step {key.node} waited longer than its timeout_seconds."
        failure = Failed("timeout", message, retryable=False)
        machine.emit(*machine.recorder(key, now).failed(failure))


def _timer(machine: Machine, key: StepKey, waits: Waits, due: tuple[datetime, str], now: datetime) -> None:
    moment, port = due
    recorder = machine.recorder(key, now)
    if waits.approval is None:
        fired = Succeeded({"port": port, "fired_at": to_iso(moment)}, (port,))
        machine.emit(*recorder.succeeded(fired))
    elif waits.approval["on_deadline"] == "escalate":
        machine.emit(_escalated(recorder, waits, waits.approval, now))
    else:
        decision = APPROVED if waits.approval["on_deadline"] == "approve" else REJECTED
        payload = waits.approval.get("payload")
        _decide(machine, recorder, Answer(str(waits.approval["id"]), decision, "", DEADLINE_COMMENT, payload))


def _escalated(recorder: Recorder, waits: Waits, approval: JsonObject, now: datetime) -> ev.Event:
    """Others are asked, too; they may have a deadline of their own."""
    then = approval.get("on_escalation_deadline", "reject")  # not yet known to older events
    span = approval.get("escalation_seconds")
    return ev.StepWaiting(
        **recorder.attempt.fields(now),
        approval={**approval, "on_deadline": then, "escalated": True},
        timers=[(now + timedelta(seconds=float(span)), "deadline")] if isinstance(span, int | float) else [],
        timeout_at=waits.timeout_at,
        input=waits.input,
    )


def _signal(machine: Machine, signal: Signal, at: datetime) -> None:
    """Every step that waits for the signal gets it; if none does, it is kept for a later persistent wait."""
    state = machine.state
    waiting = [
        (key, firing, port)
        for key, firing in state.firings()
        if (port := _port(firing, signal.name)) is not None
    ]
    full = sum(map(len, state.signals.values())) >= MAX_KEPT_SIGNALS
    kept = not waiting and not full
    machine.emit(ev.SignalReceived(at=at, name=signal.name, payload=signal.payload, kept=kept, by=signal.by))
    for key, firing, port in waiting:
        if state.firing(key) is not firing:
            continue
        if not port:
            machine.emit(machine.recorder(key, at).asked_anew())
        else:
            output: Json = {"port": port, "payload": signal.payload}
            machine.emit(*machine.recorder(key, at).succeeded(Succeeded(output, (port,))))


def _port(firing: Firing, signal: str) -> str | None:
    """The port by which a firing leaves on this signal, empty to be done again; None: it waits for others."""
    signals = firing.waits.signals if firing.waits else []
    return next((port for name, port, _ in signals if name == signal), None)


def _answer(machine: Machine, answer: Answer, at: datetime) -> None:
    for key, firing in machine.state.firings():
        approval = firing.waits.approval if firing.waits else None
        if approval is not None and approval["id"] == answer.approval:
            recorder = machine.recorder(key, at)
            if firing.phase is Phase.STUCK:
                _unstick(machine, recorder, answer)
            else:
                _decide(machine, recorder, answer)
            return


def _decide(machine: Machine, recorder: Recorder, answer: Answer) -> None:
    machine.emit(_answered(recorder, answer))
    output: Json = {
        "decision": answer.decision,
        "by": answer.by,
        "comment": answer.comment,
        "payload": answer.payload,
    }
    if answer.decision == REJECTED and not recorder.node.has_port(REJECTED):
        who = f" by {answer.by}" if answer.by else ""
        failure = Failed("rejected", f"{recorder.node.node.title} was rejected{who}.", retryable=False)
        machine.emit(*recorder.failed(failure))
    else:
        machine.emit(*recorder.succeeded(Succeeded(output, (answer.decision,)), human=True))


def _unstick(machine: Machine, recorder: Recorder, answer: Answer) -> None:
    """Approved: the step took place, and the payload is its output. Rejected: it did not; do it now."""
    machine.emit(_answered(recorder, answer))
    if answer.decision == APPROVED:
        machine.emit(*recorder.succeeded(Succeeded(answer.payload), human=True))
    else:
        machine.emit(recorder.restarted())


def _answered(recorder: Recorder, answer: Answer) -> ev.Event:
    key = recorder.attempt.key._asdict()
    return ev.ApprovalAnswered(
        at=recorder.at, **key, approval=answer.approval, decision=answer.decision, by=answer.by
    )


def _child(machine: Machine, ended: ChildEnded, at: datetime) -> None:
    for key, firing in machine.state.firings():
        if firing.waits is not None and firing.waits.child == ended.child:
            recorder = machine.recorder(key, at)
            if ended.status == "completed":
                machine.emit(*recorder.succeeded(Succeeded(ended.output)))
                return
            reason = (ended.error or {}).get("message", "no reason given")
            message = f"The run of the sub-workflow ended as {ended.status}: {reason}"
            details: JsonObject = {"execution": ended.child, "error": ended.error}
            again = recorder.node.node.data.retry is not None
            failure = Failed("subworkflow_failed", message, retryable=again, details=details)
            machine.emit(*recorder.failed(failure))
            return


def _resume(machine: Machine, resume: Resume, at: datetime) -> None:
    """The time spent paused does not count against the run's deadline."""
    state = machine.state
    if state.paused_at is not None:
        deadline = state.deadline + (at - state.paused_at) if state.deadline else None
        machine.emit(ev.ExecutionResumed(at=at, by=resume.by, deadline=deadline))


def to_iso(moment: datetime) -> str:
    """RFC 3339 in UTC, as everything the product writes."""
    return moment.isoformat().replace("+00:00", "Z")
