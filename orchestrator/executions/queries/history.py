"""The history of a run and the states that it adds up to: what replay and recovery read."""

from __future__ import annotations

from uuid import UUID

from orchestrator.core.errors import DomainError, NotFound
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.codec import decode_event, decode_state
from orchestrator.executions.domain.evolve import apply_event, fold
from orchestrator.executions.domain.state import Phase, State
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import EventRow, Execution


class EventsGone(DomainError):
    """Events of the run were dropped after their time; its row and its steps are still there."""

    code = "events_gone"
    status = 410


def has_events(execution: Execution) -> bool:
    """Whether the history of a run is still there from its beginning."""
    return execution.last_seq == 0 or _has_first(execution.pk)


def _has_first(execution_id: UUID) -> bool:
    return EventRow.objects.filter(execution_id=execution_id, seq=1).exists()


def events_of(execution_id: UUID, *, up_to: int | None = None) -> list[ev.Event]:
    """The history of a run, or its first ``up_to`` events. Raises EventsGone if it does not begin at 1."""
    rows = EventRow.objects.filter(execution_id=execution_id).order_by("seq")
    if up_to is not None:
        rows = rows.filter(seq__lte=up_to)
    if not _has_first(execution_id):
        raise EventsGone(
            "The events of this run were kept for a time and are gone: what it did cannot be replayed. "
            "Its steps are still there, and it can be run again from the start."
        )
    return [decode_event(*row) for row in rows.values_list("type", "data", "occurred_at").iterator()]


def state_at(execution: Execution, seq: int) -> State:
    """The state of a run right after one of its events, the present one also where no events are left.

    Raises NotFound for an event it does not have, EventsGone for one that was dropped.
    """
    if not 0 <= seq <= execution.last_seq:
        raise NotFound(f"This run has no event {seq}.")
    if seq == execution.last_seq:
        return state_of(execution)
    return fold(events_of(execution.pk, up_to=seq)) if seq else State()


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


def status_in(state: State) -> Status:
    """The status that a run in this state shows: it is waiting if nothing of it is at work."""
    if state.is_final or state.status is Status.PENDING:
        return state.status
    if state.paused_at is not None:
        return Status.PAUSED
    phases = {firing.phase for _, firing in state.firings()} - {Phase.MAPPING}
    has_work = not phases or Phase.RUNNING in phases
    return Status.RUNNING if has_work else Status.WAITING


def outputs_of(execution: Execution) -> dict[str, Json]:
    """The last output of each node of the workflow itself, by node id."""
    return state_of(execution).outputs()
