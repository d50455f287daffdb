"""Writing the history: what is kept of a run that has ended, once, outside the engine."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Max, Q, Sum

from orchestrator.analytics.models import ExecutionHistory, Outcome
from orchestrator.analytics.services.sums import add_to_sums
from orchestrator.executions.domain.status import FINAL, Status
from orchestrator.executions.models import (
    Approval,
    ApprovalStatus,
    ApprovalVote,
    Execution,
    StepRun,
    StepStatus,
)

BATCH: Final = 200
_LOCK: Final = int.from_bytes(hashlib.sha256(b"orchestrator analytics").digest()[:8], signed=True)
_OUTCOMES: Final = {
    Status.COMPLETED.value: Outcome.SUCCESS,
    Status.FAILED.value: Outcome.FAILURE,
    Status.TIMED_OUT.value: Outcome.TIMEOUT,
    Status.CANCELLED.value: Outcome.CANCELLED,
}
_FINAL: Final = [status.value for status in FINAL]


def record_runs(execution_ids: Sequence[UUID]) -> int:
    """Add those of these runs that have ended and are not recorded yet; the number added.

    Safe to call with the same runs any number of times, also at the same time.
    """
    return add_histories(histories_of(execution_ids))


@transaction.atomic
def add_histories(histories: Sequence[ExecutionHistory]) -> int:
    """Add rows of the history and count them in the sums, those that are there already left out.

    One transaction at a time does so: a run that two find at once is counted by one of them.
    """
    take_turns()
    there = set(
        ExecutionHistory.objects.filter(pk__in=[each.pk for each in histories]).values_list("pk", flat=True)
    )
    new = [each for each in histories if each.pk not in there]
    ExecutionHistory.objects.bulk_create(new, batch_size=1_000)
    add_to_sums(new)
    return len(new)


def take_turns() -> None:
    """Wait until nobody else adds to the sums, and keep everybody from it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def histories_of(execution_ids: Sequence[UUID]) -> list[ExecutionHistory]:
    """Rows for those of the runs that have ended, in a fixed number of queries; nothing is written."""
    runs = list(
        Execution.objects.filter(pk__in=execution_ids, status__in=_FINAL)
        .select_related("workflow", "version", "started_by")
        .only(
            "id", "status", "trigger", "error", "metrics", "created_at", "started_at", "finished_at",
            "workflow__id", "workflow__name", "version__number", "started_by__username",
        )
    )  # fmt: skip
    ids = [run.pk for run in runs]
    nodes, answers = _nodes_of(ids), _answers_of(ids)
    return [_history(run, nodes[run.pk], answers[run.pk]) for run in runs]


def _history(run: Execution, nodes: list[Any], answers: list[Any]) -> ExecutionHistory:
    started, finished = run.started_at or run.created_at, run.finished_at
    assert finished is not None, "the database holds no ended run without its end"
    error = run.error if isinstance(run.error, dict) else {}
    return ExecutionHistory(
        execution_id=run.pk,
        workflow_id=run.workflow_id,
        workflow_name=run.workflow.name,
        version=run.version.number,
        user_id=run.started_by_id,
        user_name=run.started_by.username if run.started_by else "",
        trigger=run.trigger_type[:20],
        started_at=started,
        finished_at=finished,
        duration_ms=_milliseconds(started, finished),
        status=_OUTCOMES[run.status].value,
        error_code=str(error.get("code") or "")[:100],
        error_node=str(error.get("node") or "")[:100],
        node_metrics=nodes,
        ai_usage=_usage(run.metrics),
        human_interactions=answers,
        cost=Decimal(str(run.metrics.get("cost") or 0)),
        tokens=int(run.metrics.get("tokens") or 0),
    )


def _usage(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """By provider, as the run's own metrics have it."""
    return {
        str(name): {
            "calls": int(used.get("calls", 0)),
            "tokens": int(used.get("tokens", 0)),
            "cost": str(used.get("cost", "0")),
        }
        for name, used in (metrics.get("providers") or {}).items()
    }


def _nodes_of(execution_ids: Sequence[UUID]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    good, bad = Q(status=StepStatus.SUCCESS), Q(status=StepStatus.ERROR)
    rows = (
        StepRun.objects.filter(execution__in=execution_ids)
        .order_by("execution_id", "node_id")
        .values("execution_id", "node_id", "node_type")
        .annotate(
            runs=Count("id"),
            failures=Count("id", filter=bad),
            took=Sum("duration_ms"),
            longest=Max("duration_ms"),
            spent=Sum("cost"),
            last_good=Max("seq", filter=good),
            last_bad=Max("seq", filter=bad),
        )
    )
    for row in rows:
        found[row["execution_id"]].append(
            {
                "node_id": row["node_id"],
                "node_type": row["node_type"],
                "duration_ms": row["took"],
                "longest_ms": row["longest"],
                "cost": str(row["spent"]),
                "success": (row["last_good"] or 0) > (row["last_bad"] or 0),
                "runs": row["runs"],
                "failures": row["failures"],
            }
        )
    return found


def _answers_of(execution_ids: Sequence[UUID]) -> Mapping[UUID, list[Any]]:
    """Each person's word; where nobody gave one, what the deadline decided. Withdrawn questions are none."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    decided = [ApprovalStatus.APPROVED, ApprovalStatus.REJECTED]
    asked = {
        each.pk: each for each in Approval.objects.filter(execution__in=execution_ids, status__in=decided)
    }
    votes = ApprovalVote.objects.filter(approval__in=asked).select_related("user").order_by("created_at")
    heard: set[UUID] = set()
    for vote in votes:
        heard.add(vote.approval_id)
        approval = asked[vote.approval_id]
        answer = _answer(approval, vote.user.username, vote.created_at, approved=vote.approves)
        found[approval.execution_id].append(answer)
    for approval in asked.values():
        if approval.pk not in heard and approval.responded_at is not None:
            approved = approval.status == ApprovalStatus.APPROVED
            found[approval.execution_id].append(
                _answer(approval, "", approval.responded_at, approved=approved)
            )
    return found


def _answer(approval: Approval, approver: str, at: datetime, *, approved: bool) -> dict[str, Any]:
    return {
        "node_id": approval.node_id,
        "approver": approver,
        "requested_at": approval.requested_at.isoformat(),
        "responded_at": at.isoformat(),
        "approved": approved,
        "duration_ms": _milliseconds(approval.requested_at, at),
    }


def _milliseconds(begin: datetime, end: datetime) -> int:
    return max(0, round((end - begin).total_seconds() * 1000))


def in_batches(ids: Iterable[UUID], size: int = BATCH) -> Iterable[list[UUID]]:
    batch: list[UUID] = []
    for each in ids:
        batch.append(each)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
