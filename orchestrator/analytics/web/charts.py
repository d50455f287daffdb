"""Charts as plain values: what the island draws and what the table beside each one says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.queries.overview import Overview
from orchestrator.analytics.queries.runs import Bucket
from orchestrator.core.templatetags.display import duration, share

_PROVIDER_TONES: Final = ("one", "two", "three", "four", "five")


def money(value: Decimal | float | None) -> str:
    """US dollars; small sums with as many digits as say something."""
    if value is None:
        return "\N{EN DASH}"
    amount = Decimal(value)
    return f"${amount:,.2f}" if amount >= 1 or amount == 0 else f"${amount:.4f}"


_FORMATS: Final[dict[str, Callable[[Any], str]]] = {
    "count": lambda value: f"{value:,}",
    "share": share,
    "ms": duration,
    "usd": money,
}


@dataclass(frozen=True, slots=True)
class Series:
    label: str
    tone: str
    values: Sequence[float | int | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """``kind`` is ``stack`` (bars on top of each other) or ``lines``; ``labels`` name the places along x."""

    key: str
    title: str
    kind: str
    unit: str
    labels: Sequence[str]
    series: Sequence[Series]

    @property
    def data_id(self) -> str:
        return f"chart-{self.key}"

    @property
    def data(self) -> dict[str, Any]:
        """For the island, as JSON."""
        series = [{"label": s.label, "tone": s.tone, "values": list(s.values)} for s in self.series]
        return {"kind": self.kind, "unit": self.unit, "labels": list(self.labels), "series": series}

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table, the latest first."""
        say = _FORMATS[self.unit]
        rows = [
            (label, [say(series.values[number]) for series in self.series])
            for number, label in enumerate(self.labels)
        ]
        return rows[::-1]

    @property
    def is_empty(self) -> bool:
        return not any(value for series in self.series for value in series.values)


def charts_of(found: Overview, period: TimeRange) -> list[Chart]:
    labels = [_label(bucket.begins_at, period) for bucket in found.buckets]
    return [
        Chart("runs", "Runs", "stack", "count", labels, _outcomes(found.buckets)),
        Chart("success", "Success rate", "lines", "share", labels, _success(found.buckets)),
        Chart("duration", "Duration of successful runs", "lines", "ms", labels, _durations(found.buckets)),
        Chart("cost", "Cost of AI calls", "stack", "usd", labels, _costs(found)),
    ]


def _label(begins_at: datetime, period: TimeRange) -> str:
    local = begins_at.astimezone(period.zone)
    return f"{local:%H:%M}" if period.hourly else f"{local:%-d %b}"


def _outcomes(buckets: Sequence[Bucket]) -> list[Series]:
    return [
        Series("Successful", "good", [bucket.runs.success for bucket in buckets]),
        Series("Failed", "bad", [bucket.runs.failure for bucket in buckets]),
        Series("Timed out", "waiting", [bucket.runs.timeout for bucket in buckets]),
        Series("Cancelled", "muted", [bucket.runs.cancelled for bucket in buckets]),
    ]


def _success(buckets: Sequence[Bucket]) -> list[Series]:
    return [Series("Success rate", "good", [bucket.runs.success_rate for bucket in buckets])]


def _durations(buckets: Sequence[Bucket]) -> list[Series]:
    return [
        Series("Median (p50)", "one", [bucket.runs.p50_ms for bucket in buckets]),
        Series("95th percentile (p95)", "two", [bucket.runs.p95_ms for bucket in buckets]),
    ]


def _costs(found: Overview) -> list[Series]:
    providers = sorted({row.provider for row in found.costs})
    spent = {(row.provider, row.begins_at): float(row.cost) for row in found.costs}
    return [
        Series(
            provider,
            _PROVIDER_TONES[number % len(_PROVIDER_TONES)],
            [spent.get((provider, bucket.begins_at), 0) for bucket in found.buckets],
        )
        for number, provider in enumerate(providers)
    ]
