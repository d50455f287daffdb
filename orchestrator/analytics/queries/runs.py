"""How many runs there were, how they ended and how long they took, by day or hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Sum

from orchestrator.accounts.models import User
from orchestrator.analytics.domain.durations import counts_of, percentile
from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.models import Outcome, RunSum
from orchestrator.analytics.queries.grains import RUNS, Found, add_up
from orchestrator.analytics.queries.scope import Scope

_OUTCOMES: Final = [outcome.value for outcome in Outcome]
_WHOLE: Final = (*_OUTCOMES, "duration_ms", "tokens", "durations")
_SUMS: Final = {f"sum_{name}": Sum(name) for name in (*_WHOLE, "cost")}


@dataclass(slots=True)
class Runs:
    """Of a stretch of time. Durations are those of successful runs."""

    success: int = 0
    failure: int = 0
    timeout: int = 0
    cancelled: int = 0
    duration_ms: int = 0
    cost: Decimal = Decimal(0)
    tokens: int = 0
    durations: int = 0
    """Histogram, as one number."""

    @property
    def total(self) -> int:
        return self.success + self.failure + self.timeout + self.cancelled

    @property
    def failed(self) -> int:
        """Ended badly by themselves: nobody cancelled them."""
        return self.failure + self.timeout

    @property
    def success_rate(self) -> float | None:
        """Of those that nobody cancelled; None where there is none."""
        judged = self.success + self.failed
        return self.success / judged if judged else None

    @property
    def average_ms(self) -> float | None:
        return self.duration_ms / self.success if self.success else None

    @property
    def p50_ms(self) -> float | None:
        return percentile(counts_of(self.durations), 0.5)

    @property
    def p95_ms(self) -> float | None:
        return percentile(counts_of(self.durations), 0.95)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day or an hour, and its runs."""

    begins_at: datetime
    runs: Runs


def runs_by_time(scope: Scope, period: TimeRange) -> list[Bucket]:
    """A bucket for every day (or hour) of the period, also for those without runs."""
    rows = add_up(RUNS, period, scope.cuts, of=scope.summed, by=["begins"], sums=_SUMS)
    found = {row["begins"]: _runs(row) for row in rows}
    return [Bucket(begin, found.get(begin, Runs())) for begin in period.beginnings()]


def runs_in(scope: Scope, period: TimeRange) -> Runs:
    """All of the period together."""
    rows = add_up(RUNS, period, scope.cuts, of=scope.summed, sums=_SUMS)
    return _runs(rows[0]) if rows else Runs()


def runs_of(user: User, workflows: Sequence[UUID], *, since: datetime) -> dict[UUID, Runs]:
    """Those of each workflow that the person may see; none for one without runs. One query, no histograms."""
    rows = RunSum.objects.filter(workflow_id__in=workflows, quarter__gte=since).visible_to(user).order_by()
    plain = (*_OUTCOMES, "duration_ms")
    found = rows.values("workflow_id").annotate(**{f"sum_{name}": Sum(name) for name in plain})
    return {row["workflow_id"]: Runs(**{name: row[f"sum_{name}"] for name in plain}) for row in found}


def together(buckets: Iterable[Bucket]) -> Runs:
    whole = Runs()
    for bucket in buckets:
        for name in (*_WHOLE, "cost"):
            setattr(whole, name, getattr(whole, name) + getattr(bucket.runs, name))
    return whole


def _runs(row: Found) -> Runs:
    whole: dict[str, Any] = {name: int(row[f"sum_{name}"] or 0) for name in _WHOLE}
    return Runs(**whole, cost=row["sum_cost"] or Decimal(0))
