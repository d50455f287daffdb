"""What pages and API clients read of executions, each in a fixed number of queries."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotFound
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.codec import decode_event, decode_state
from orchestrator.executions.domain.evolve import apply_event, fold
from orchestrator.executions.domain.state import State
from orchestrator.executions.domain.status import FINAL, Status
from orchestrator.executions.models import Approval, ApprovalStatus, EventRow, Execution


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


def present_state(execution_id: UUID, snapshot: JsonObject | None, snapshot_seq: int) -> State:
    """The state as of the last commit: a stored snapshot and the events since."""
    state = State() if snapshot is None else decode_state(snapshot)
    tail = EventRow.objects.filter(execution_id=execution_id, seq__gt=snapshot_seq).order_by("seq")
    for row in tail.values_list("type", "data", "occurred_at"):
        apply_event(state, decode_event(*row))
    return state


def executions_for(user: User) -> QuerySet[Execution]:
    """Runs the person may see, as rows of a list: payloads stay in the database."""
    return (
        Execution.objects.visible_to(user)
        .select_related("workflow", "version", "started_by")
        .only(
            "id", "status", "trigger", "current_node_ids", "error", "metrics", "parent_id", "retry_of_id",
            "created_at", "started_at", "finished_at", "workflow__id", "workflow__name", "version__id",
            "version__number", "started_by__id", "started_by__username", "started_by__first_name",
            "started_by__last_name",
        )
    )  # fmt: skip


def outputs_of(execution: Execution) -> dict[str, Json]:
    """The last output of each node of the workflow itself, by node id."""
    if execution.last_seq == 0:
        return {}
    return present_state(execution.pk, execution.state, execution.state_seq).outputs()


def approvals_for(user: User) -> QuerySet[Approval]:
    """Approvals the person may see, with ``can_answer``, in one query."""
    asking = Approval.objects.asking(user).filter(pk=OuterRef("pk"), status=ApprovalStatus.PENDING)
    return (
        Approval.objects.visible_to(user)
        .select_related("execution__workflow", "decided_by")
        .defer("execution__state", "execution__seed", "execution__input", "execution__output")
        .annotate(can_answer=Exists(asking))
        .order_by("-id")
    )


STATS_RUNS: Final = 1_000
"""Finished runs that the success rate and the mean duration are taken over: the latest, so that both say
how the workflow does now, and cost the same for one that has run a million times."""


def workflow_stats(workflow_id: UUID) -> dict[str, Any]:
    """Counts by status of all runs; success rate and mean duration over the latest finished ones."""
    runs = Execution.objects.filter(workflow_id=workflow_id)
    rows = runs.order_by("status").values_list("status").annotate(runs=Count("id"))
    counts: dict[str, int] = dict(rows)
    finished = runs.filter(status__in=FINAL).order_by("-id")[:STATS_RUNS]
    took = F("finished_at") - F("started_at")
    done = Q(status=Status.COMPLETED.value)
    latest = Execution.objects.filter(pk__in=finished.values("pk")).aggregate(
        runs=Count("id"), completed=Count("id", filter=done), mean=Avg(took, filter=done)
    )
    return {
        "total": sum(counts.values()),
        "by_status": counts,
        "success_rate": latest["completed"] / latest["runs"] if latest["runs"] else None,
        "average_duration_ms": latest["mean"].total_seconds() * 1000 if latest["mean"] is not None else None,
    }
