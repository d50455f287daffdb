"""The history of a run and the states that it adds up to: what replay and recovery read."""

from __future__ import annotations

from uuid import UUID

from orchestrator.core.errors import NotFound
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.codec import decode_event, decode_state
from orchestrator.executions.domain.evolve import apply_event, fold
from orchestrator.executions.domain.state import State
from orchestrator.executions.models import EventRow, Execution


def events_of(execution_id: UUID, *, up_to: int | None = None) -> list[ev.Event]:
    """The history of a run, or its first ``up_to`` events."""
    rows = EventRow.objects.filter(execution_id=execution_id).order_by("seq")
    if up_to is not None:
        rows = rows.filter(seq__lte=up_to)
    return [decode_event(*row) for row in rows.values_list("type", "data", "occurred_at").iterator()]


def state_at(execution_id: UUID, seq: int) -> State:
    """The state of a run right after one of its events. Raises NotFound for an event it does not have."""
    events = events_of(execution_id, up_to=seq)
    if not 0 <= seq == len(events):
        raise NotFound(f"This run has no event {seq}.")
    return fold(events)


def present_state(execution_id: UUID, snapshot: JsonObject | None, snapshot_seq: int, last_seq: int) -> State:
    """The state as of the last commit: a stored snapshot and the events since, if there are any."""
    state = State() if snapshot is None else decode_state(snapshot)
    if snapshot_seq == last_seq:
        return state
    tail = EventRow.objects.filter(execution_id=execution_id, seq__gt=snapshot_seq).order_by("seq")
    for row in tail.values_list("type", "data", "occurred_at"):
        apply_event(state, decode_event(*row))
    return state


def state_of(execution: Execution) -> State:
    return present_state(execution.pk, execution.state, execution.state_seq, execution.last_seq)


def outputs_of(execution: Execution) -> dict[str, Json]:
    """The last output of each node of the workflow itself, by node id."""
    return state_of(execution).outputs()
