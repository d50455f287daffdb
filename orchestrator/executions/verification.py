"""Does what is stored of an execution agree with its events? Replays every event and compares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from orchestrator.core import json
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.codec import decode_event, encode_metrics, encode_state
from orchestrator.executions.domain.evolve import apply_event
from orchestrator.executions.domain.state import State
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.queries.history import state_of
from orchestrator.executions.services.partitions import event_months

_RECORDED_STEPS = (ev.StepSucceeded, ev.StepFailed, ev.StepEnded, ev.StepCancelled)


@dataclass(frozen=True, slots=True)
class Difference:
    execution: UUID
    what: str


def verify_execution(execution_id: UUID) -> list[Difference]:
    """What does not agree; empty for a sound run. Reads one consistent snapshot of the database."""
    with transaction.atomic():
        execution = Execution.objects.select_for_update().get(pk=execution_id)
        return [Difference(execution_id, what) for what in _differences(execution)]


def _differences(execution: Execution) -> Iterator[str]:
    kept = EventRow.objects.filter(execution_id=execution.pk, seq__gt=execution.trimmed_to)
    rows = kept.order_by("seq")
    lacks_first = execution.last_seq and not rows.filter(seq=1).exists()
    if execution.trimmed_to or (lacks_first and _is_older_than_events(execution)):
        yield from _differences_since_snapshot(execution, rows)
        return
    state, steps, expected = State(), 0, 1
    snapshot: object = None
    for seq, kind, data, at in rows.values_list("seq", "type", "data", "occurred_at").iterator():
        if seq != expected:
            yield f"event {expected} is missing: the next one is {seq}"
            return
        expected += 1
        event = decode_event(kind, data, at)
        steps += isinstance(event, _RECORDED_STEPS)
        apply_event(state, event)
        if seq == execution.state_seq:
            snapshot = json.normalize(encode_state(state))
    if execution.last_seq != expected - 1:
        yield f"last_seq is {execution.last_seq}, and there are {expected - 1} events"
    if execution.state is not None and execution.state != snapshot:
        yield f"the state stored after event {execution.state_seq} is not what the events add up to"
    yield from _columns(execution, state)
    recorded = StepRun.objects.filter(execution=execution).count()
    if recorded != steps:
        yield f"{recorded} steps are recorded, and the events tell of {steps}"


def _is_older_than_events(execution: Execution) -> bool:
    """Whether it began in a month whose events were dropped, so that it may lack its first ones."""
    months = event_months()
    return bool(months) and execution.created_at < months[0]


def _differences_since_snapshot(execution: Execution, rows: QuerySet[EventRow]) -> Iterator[str]:
    """What is left of a run's history must still lead from its snapshot to its row."""
    kept = list(rows.values_list("seq", flat=True))
    expected = None if _is_older_than_events(execution) else execution.last_seq - execution.trimmed_to
    is_short = expected is not None and len(kept) != expected
    if is_short or kept != list(range(execution.last_seq - len(kept) + 1, execution.last_seq + 1)):
        yield "some of the events that are left are missing"
        return
    if execution.state is None or execution.last_seq - len(kept) > execution.state_seq:
        yield f"events after {execution.state_seq} were dropped, and no snapshot has them"
        return
    yield from _columns(execution, state_of(execution))


def _columns(execution: Execution, state: State) -> Iterator[str]:
    if execution.last_seq == 0:
        return
    if state.is_final != execution.is_final or (state.is_final and state.status.value != execution.status):
        yield f"the status is {execution.status}, and the events end as {state.status}"
    if execution.variables != _plain(state.variables):
        yield "the variables are not what the events add up to"
    if state.is_final and (execution.output, execution.error) != (_plain(state.output), _plain(state.error)):
        yield "output or error are not what the last event says"
    metrics = {key: value for key, value in execution.metrics.items() if key != "duration_ms"}
    if metrics != encode_metrics(state.metrics):
        yield "the metrics are not what the events add up to"
    if execution.status == Status.PENDING:
        yield "the run is pending and has events"


def _plain(value: object) -> object:
    return json.normalize(value)
