"""The figures at the head of the page, each with how it stood in the period before."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.analytics.queries.overview import Overview
from orchestrator.analytics.web.charts import money
from orchestrator.core.templatetags.display import duration, share


@dataclass(frozen=True, slots=True)
class Tile:
    """``trend`` is said in words; ``tone`` says whether it is good news."""

    title: str
    value: str
    trend: str = ""
    tone: str = "muted"


def tiles_of(found: Overview) -> list[Tile]:
    now, before = found.runs, found.before
    waited = sum(row.average_ms * row.answers for row in found.answers)
    answers = sum(row.answers for row in found.answers)
    return [
        Tile("Runs", f"{now.total:,}", *_change(now.total, before.total, more_is_better=None)),
        Tile("Success rate", share(now.success_rate), *_points(now.success_rate, before.success_rate)),
        Tile(
            "Median duration",
            duration(now.p50_ms),
            *_change(now.p50_ms, before.p50_ms, more_is_better=False),
        ),
        Tile(
            "95th percentile",
            duration(now.p95_ms),
            *_change(now.p95_ms, before.p95_ms, more_is_better=False),
        ),
        Tile(
            "Cost of AI calls",
            money(now.cost),
            *_change(float(now.cost), float(before.cost), more_is_better=False),
        ),
        Tile(
            "Answers by people",
            f"{answers:,}",
            f"after {duration(waited / answers)} on average" if answers else "",
        ),
    ]


def _change(now: float | None, before: float | None, *, more_is_better: bool | None) -> tuple[str, str]:
    if not now or not before:
        return ("", "muted")
    change = now / before - 1
    if abs(change) < 0.005:
        return ("as before", "muted")
    times = f"{now / before:.1f} times" if change >= 2 else f"{abs(change):.0%}"
    words = (
        f"{times} what it was" if change >= 2 else f"{times} {'more' if change > 0 else 'less'} than before"
    )
    if more_is_better is None:
        return (words, "muted")
    return (words, "good" if (change > 0) == more_is_better else "bad")


def _points(now: float | None, before: float | None) -> tuple[str, str]:
    if now is None or before is None:
        return ("", "muted")
    points = (now - before) * 100
    if abs(points) < 0.05:
        return ("as before", "muted")
    return (f"{abs(points):.1f} points {'up' if points > 0 else 'down'}", "good" if points > 0 else "bad")
