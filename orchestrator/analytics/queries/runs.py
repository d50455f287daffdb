"""How many runs there were, how they ended and how long they took, by day or hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Sum
from django.db.models.functions import TruncDay, TruncHour

from orchestrator.accounts.models import User
from orchestrator.analytics.domain.durations import BINS, add, percentile
from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.models import Outcome, RunSum
from orchestrator.analytics.queries.scope import Scope, within

_OUTCOMES: Final = [outcome.value for outcome in Outcome]
_BINS: Final = [f"bin{number}" for number in range(BINS)]


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
    histogram: list[int] = field(default_factory=list)

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
        return percentile(self.histogram, 0.5)

    @property
    def p95_ms(self) -> float | None:
        return percentile(self.histogram, 0.95)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day or an hour, and its runs."""

    begins_at: datetime
    runs: Runs


def runs_by_time(scope: Scope, period: TimeRange) -> list[Bucket]:
    """A bucket for every day (or hour) of the period, also for those without runs. One query."""
    truncate = TruncHour if period.hourly else TruncDay
    rows = within(scope.summed(RunSum.objects.all()), period).order_by()
    grouped = rows.annotate(begins=truncate("quarter", tzinfo=period.zone)).values("begins")
    found = {row["begins"]: _runs(row) for row in grouped.annotate(**_sums())}
    return [Bucket(begin, found.get(begin, Runs())) for begin in period.beginnings()]


def runs_in(scope: Scope, period: TimeRange) -> Runs:
    """All of the period together. One query."""
    rows = within(scope.summed(RunSum.objects.all()), period).order_by()
    return _runs(rows.aggregate(**_sums()))


def runs_of(user: User, workflows: Sequence[UUID], *, since: datetime) -> dict[UUID, Runs]:
    """Those of each workflow that the person may see; none for one without runs. One query, no histograms."""
    rows = RunSum.objects.filter(workflow_id__in=workflows, quarter__gte=since).visible_to(user).order_by()
    found = rows.values("workflow_id").annotate(**_plain_sums())
    return {
        row["workflow_id"]: Runs(**{name: row[f"sum_{name}"] for name in (*_OUTCOMES, "duration_ms")})
        for row in found
    }


def together(buckets: Iterable[Bucket]) -> Runs:
    whole = Runs()
    for bucket in buckets:
        runs = bucket.runs
        for name in (*_OUTCOMES, "duration_ms", "cost", "tokens"):
            setattr(whole, name, getattr(whole, name) + getattr(runs, name))
        whole.histogram = add(whole.histogram, runs.histogram)
    return whole


def _sums() -> dict[str, Any]:
    return _plain_sums() | {name: Sum(F(f"durations__{number}")) for number, name in enumerate(_BINS)}


def _plain_sums() -> dict[str, Any]:
    return {f"sum_{name}": Sum(name) for name in (*_OUTCOMES, "duration_ms", "cost", "tokens")}


def _runs(row: dict[str, Any]) -> Runs:
    histogram: Sequence[int] = [row[name] or 0 for name in _BINS]
    return Runs(
        **{name: int(row[f"sum_{name}"] or 0) for name in (*_OUTCOMES, "duration_ms", "tokens")},
        cost=row["sum_cost"] or Decimal(0),
        histogram=list(histogram),
    )
