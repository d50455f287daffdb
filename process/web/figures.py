"""How people fare in a version of the process, for staff: counts and times, never content, never who."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.web.charts import Chart, Series
from orchestrator.analytics.web.tiles import Tile
from orchestrator.core.clock import utc_now
from orchestrator.core.templatetags.display import duration, share
from process.models import ProcessVersion
from process.queries.asked import CHOICES, read_asked, require_staff
from process.queries.figures import FEWEST, Figures, Told, figures_of

FEW: Final = f"fewer than {FEWEST}"


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """One version, the active one unless another is asked for, and a period."""
    require_staff(person(request))
    asked = read_asked(request.GET)
    found = figures_of(asked.version.pk, asked.period, now=utc_now()) if asked.version else None
    chosen = str(asked.version.pk) if asked.version and "version" in request.GET else ""
    kept = {"version": chosen} if chosen else {}
    context: dict[str, Any] = {
        "version": asked.version,
        "versions": list(ProcessVersion.objects.filter(frozen_at__isnull=False)),
        "period": asked.period,
        "problems": asked.problems,
        "typed": {"from": request.GET.get("from", ""), "to": request.GET.get("to", "")},
        "chosen": chosen,
        "ranges": [
            (f"?{urlencode({'range': key, **kept})}", label, asked.period.key == key)
            for key, label in CHOICES.items()
        ],
        "found": found,
        "few": FEW,
    }
    if found and found.totals.began:
        chart = _starts(found, asked.period)
        days = zip(chart.labels, found.days, strict=True)
        context |= {"tiles": _tiles(found), "chart": chart, "funnel": _funnel(found)}
        context["starts"] = [(label, people(number)) for label, (_, number) in days][::-1]
    return render(request, "process/figures.html", context, status=400 if asked.problems else 200)


def people(number: Told) -> str:
    return FEW if number is None else f"{number:,}"


def _tiles(found: Figures) -> list[Tile]:
    totals = found.totals
    return [
        Tile("People who began", people(totals.began)),
        Tile("Came to the end", people(totals.completed), share(totals.completion_rate)),
        Tile("Go on", people(totals.under_way)),
        Tile("Stopped", people(totals.stopped), "ended it, or nothing for 14 days"),
        Tile("Median time to the end", _seconds(totals.median_seconds)),
    ]


def _seconds(seconds: float | None) -> str:
    return duration(None if seconds is None else seconds * 1000)


def _starts(found: Figures, period: TimeRange) -> Chart:
    labels = [f"{begins_at.astimezone(period.zone):%-d %b}" for begins_at, _ in found.days]
    series = [Series("People who began", "one", [number for _, number in found.days])]
    return Chart("starts", "People who began", "stack", "count", labels, series)


@dataclass(frozen=True, slots=True)
class Step:
    """A phase as a row of the funnel; ``percent`` of those who began have reached it."""

    name: str
    reached: str
    percent: int
    completed: str
    skipped: str
    stopped: str
    stopped_most: bool
    median: str
    p90: str


def _funnel(found: Figures) -> list[Step]:
    most = max((phase.stopped or 0 for phase in found.phases), default=0)
    began = found.totals.began or 1
    return [
        Step(
            phase.name,
            people(phase.reached),
            round(100 * (phase.reached or 0) / began),
            people(phase.completed),
            people(phase.skipped),
            people(phase.stopped),
            bool(most) and phase.stopped == most,
            _seconds(phase.median_seconds),
            _seconds(phase.p90_seconds),
        )
        for phase in found.phases
    ]
