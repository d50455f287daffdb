"""Tables of the analytics pages: workflows, nodes, providers, people, and workflows that take long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import F, FloatField, Max, Sum
from django.db.models.functions import Cast, TruncDay, TruncHour

from orchestrator.analytics.domain.durations import BINS, percentile
from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.models import AnswerSum, NodeSum, ProviderSum, RunSum, WorkflowTotal
from orchestrator.analytics.queries.scope import Scope, within

MOST: Final = 50
SLOW_MS: Final = 5_000


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    workflow_id: UUID
    name: str
    total: int
    success: int
    failed: int
    average_ms: float | None
    cost: Decimal

    @property
    def success_rate(self) -> float | None:
        judged = self.success + self.failed
        return self.success / judged if judged else None


@dataclass(frozen=True, slots=True)
class NodeRow:
    workflow_id: UUID
    workflow: str
    node_id: str
    node_type: str
    runs: int
    failures: int
    average_ms: float
    longest_ms: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """``begins_at`` and ``workflow_id`` are there where the table is also split by them."""

    provider: str
    calls: int
    tokens: int
    cost: Decimal
    begins_at: datetime | None = None
    workflow_id: UUID | None = None
    workflow: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """``approver`` is empty where deadlines answered."""

    approver: str
    approved: int
    rejected: int
    average_ms: float
    p50_ms: float | None
    longest_ms: int

    @property
    def answers(self) -> int:
        return self.approved + self.rejected


@dataclass(frozen=True, slots=True)
class SlowRow:
    workflow_id: UUID
    name: str
    runs: int
    average_ms: int


def workflows_in(scope: Scope, period: TimeRange) -> list[WorkflowRow]:
    """The busiest workflows of the period. Two queries."""
    rows = within(scope.of(RunSum.objects.all()), period).order_by().values("workflow_id")
    sums = {f"sum_{name}": Sum(name) for name in ("success", "failure", "timeout", "cancelled", "cost")}
    total = F("sum_success") + F("sum_failure") + F("sum_timeout") + F("sum_cancelled")
    found = list(
        rows.annotate(**sums, took=Sum("duration_ms"))
        .annotate(total=total)
        .order_by("-total", "workflow_id")[:MOST]
    )
    names = _names(row["workflow_id"] for row in found)
    return [
        WorkflowRow(
            workflow_id=row["workflow_id"],
            name=names.get(row["workflow_id"], ""),
            total=row["total"],
            success=row["sum_success"],
            failed=row["sum_failure"] + row["sum_timeout"],
            average_ms=row["took"] / row["sum_success"] if row["sum_success"] else None,
            cost=row["sum_cost"],
        )
        for row in found
    ]


def slowest_nodes(scope: Scope, period: TimeRange, *, most: int = 20) -> list[NodeRow]:
    """Nodes by their mean duration, over the days of the period as UTC has them. Two queries."""
    rows = scope.of(NodeSum.objects.all()).filter(day__gte=period.start.date(), day__lte=period.end.date())
    grouped = rows.order_by().values("workflow_id", "node_id", "node_type")
    mean = Cast(F("took"), FloatField()) / F("times")
    found = list(
        grouped.annotate(
            times=Sum("runs"),
            bad=Sum("failures"),
            took=Sum("duration_ms"),
            longest=Max("longest_ms"),
            spent=Sum("cost"),
        )
        .filter(times__gt=0)
        .annotate(mean=mean)
        .order_by("-mean", "workflow_id", "node_id")[:most]
    )
    names = _names(row["workflow_id"] for row in found)
    return [
        NodeRow(
            workflow_id=row["workflow_id"],
            workflow=names.get(row["workflow_id"], ""),
            node_id=row["node_id"],
            node_type=row["node_type"],
            runs=row["times"],
            failures=row["bad"],
            average_ms=row["mean"],
            longest_ms=row["longest"],
            cost=row["spent"],
        )
        for row in found
    ]


def costs_in(scope: Scope, period: TimeRange, *, by: frozenset[str]) -> list[ProviderRow]:
    """What AI calls came to, by any of ``provider``, ``day`` and ``workflow``. At most two queries."""
    truncate = TruncHour if period.hourly else TruncDay
    rows = within(scope.of(ProviderSum.objects.all()), period).order_by()
    if "day" in by:
        rows = rows.annotate(begins=truncate("quarter", tzinfo=period.zone))
    keys = [column for name, column in _COLUMNS.items() if name in by]
    sums = {"sum_calls": Sum("calls"), "sum_tokens": Sum("tokens"), "sum_cost": Sum("cost")}
    if not keys:
        whole = rows.aggregate(**sums)
        return [_provider(whole, {})] if whole["sum_calls"] else []
    order = ["begins"] if "day" in by else ["-sum_cost"]
    found = list(rows.values(*keys).annotate(**sums).order_by(*order, *keys)[:10_000])
    names = _names(row["workflow_id"] for row in found) if "workflow" in by else {}
    return [_provider(row, names) for row in found]


_COLUMNS: Final = {"provider": "provider", "day": "begins", "workflow": "workflow_id"}


def _provider(row: dict[str, Any], names: dict[UUID, str]) -> ProviderRow:
    workflow_id = row.get("workflow_id")
    return ProviderRow(
        provider=row.get("provider", ""),
        calls=row["sum_calls"],
        tokens=row["sum_tokens"],
        cost=row["sum_cost"],
        begins_at=row.get("begins"),
        workflow_id=workflow_id,
        workflow=names.get(workflow_id, "") if workflow_id else "",
    )


def answers_in(scope: Scope, period: TimeRange) -> list[AnswerRow]:
    """How long people took to answer, those with the most answers first. One query."""
    rows = within(scope.of(AnswerSum.objects.all()), period).order_by().values("approver")
    bins = {f"bin{number}": Sum(F(f"durations__{number}")) for number in range(BINS)}
    found = rows.annotate(
        yes=Sum("approved"), no=Sum("rejected"), took=Sum("duration_ms"), longest=Max("longest_ms"), **bins
    )
    answers = [
        AnswerRow(
            approver=row["approver"],
            approved=row["yes"],
            rejected=row["no"],
            average_ms=row["took"] / (row["yes"] + row["no"]),
            p50_ms=percentile([row[f"bin{number}"] or 0 for number in range(BINS)], 0.5),
            longest_ms=row["longest"],
        )
        for row in found
    ]
    return sorted(answers, key=lambda each: (-each.answers, each.approver))[:MOST]


def slow_workflows(scope: Scope, *, over_ms: int, most: int = MOST) -> list[SlowRow]:
    """Workflows whose successful runs took longer than this on average, ever. One query, by an index."""
    rows = scope.of(WorkflowTotal.objects.filter(average_ms__gt=over_ms)).order_by("-average_ms")
    found = rows.values_list("workflow_id", "workflow_name", "success", "average_ms")[:most]
    return [SlowRow(*row) for row in found]


def _names(ids: Any) -> dict[UUID, str]:
    totals = WorkflowTotal.objects.filter(pk__in=set(ids))
    return dict(totals.values_list("pk", "workflow_name"))
