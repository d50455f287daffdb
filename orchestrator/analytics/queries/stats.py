"""What a workflow ever did: the figures that stay when its runs are cleaned up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from orchestrator.analytics.models import WorkflowTotal


@dataclass(frozen=True, slots=True)
class WorkflowStats:
    """``success_rate`` is of the runs that nobody cancelled; ``average_duration_ms`` of successful ones."""

    total_executions: int = 0
    successful_executions: int = 0
    failed_executions: int = 0
    cancelled_executions: int = 0
    success_rate: float | None = None
    average_duration_ms: int | None = None
    total_cost: Decimal = Decimal(0)
    total_tokens: int = 0
    last_finished_at: datetime | None = None


def stats_of(workflow_id: UUID) -> WorkflowStats:
    """One query by key, however often the workflow ran."""
    columns = (
        "success",
        "failure",
        "timeout",
        "cancelled",
        "average_ms",
        "cost",
        "tokens",
        "last_finished_at",
    )
    row = WorkflowTotal.objects.filter(pk=workflow_id).values_list(*columns).first()
    if row is None:
        return WorkflowStats()
    success, failure, timeout, cancelled, average_ms, cost, tokens, last_finished_at = row
    judged = success + failure + timeout
    return WorkflowStats(
        total_executions=judged + cancelled,
        successful_executions=success,
        failed_executions=failure + timeout,
        cancelled_executions=cancelled,
        success_rate=success / judged if judged else None,
        average_duration_ms=average_ms,
        total_cost=cost,
        total_tokens=tokens,
        last_finished_at=last_finished_at,
    )
