"""Tables of the analytics pages: workflows, providers, people, and workflows that take long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Max, Sum

from orchestrator.analytics.domain.durations import counts_of, percentile
from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.models import AnswerSum, WorkflowTotal
from orchestrator.analytics.queries.grains import PROVIDERS, RUNS, add_up
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
    """The busiest workflows of the period."""
    outcomes = ("success", "failure", "timeout", "cancelled")
    sums: dict[str, Any] = {f"sum_{name}": Sum(name) for name in (*outcomes, "cost")}
    sums |= {"took": Sum("duration_ms"), "total": Sum(reduce(add, map(F, outcomes)))}
    found = add_up(
        RUNS, period, scope.cuts, of=scope.of, by=["workflow_id"], sums=sums,
        order=["-total", "workflow_id"], most=MOST,
    )  # fmt: skip
    names = names_of(row["workflow_id"] for row in found)
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


def costs_in(scope: Scope, period: TimeRange, *, by: frozenset[str]) -> list[ProviderRow]:
    """What AI calls came to, by any of ``provider``, ``day`` and ``workflow``."""
    keys = [column for name, column in _COLUMNS.items() if name in by]
    sums = {"sum_calls": Sum("calls"), "sum_tokens": Sum("tokens"), "sum_cost": Sum("cost")}
    order = ["begins"] if "day" in by else ["-sum_cost"]
    found = add_up(
        PROVIDERS, period, scope.cuts, of=scope.of, by=keys, sums=sums, order=[*order, *keys],
        most=10_000 if keys else None,
    )  # fmt: skip
    names = names_of(row["workflow_id"] for row in found) if "workflow" in by else {}
    return [_provider(row, names) for row in found if row["sum_calls"]]


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
    found = rows.annotate(
        yes=Sum("approved"),
        no=Sum("rejected"),
        took=Sum("duration_ms"),
        longest=Max("longest_ms"),
        histogram=Sum("durations"),
    )
    answers = [
        AnswerRow(
            approver=row["approver"],
            approved=row["yes"],
            rejected=row["no"],
            average_ms=row["took"] / (row["yes"] + row["no"]),
            p50_ms=percentile(counts_of(int(row["histogram"])), 0.5),
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


def names_of(ids: Any) -> dict[UUID, str]:
    totals = WorkflowTotal.objects.filter(pk__in=set(ids))
    return dict(totals.values_list("pk", "workflow_name"))
