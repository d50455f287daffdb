"""The pages of analytics: everything one may see, one workflow, and each table as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.analytics.domain.ranges import CHOICES
from orchestrator.analytics.models import ExecutionHistory
from orchestrator.analytics.queries.overview import overview as read_overview
from orchestrator.analytics.queries.runs import runs_of
from orchestrator.analytics.queries.stats import stats_of
from orchestrator.analytics.queries.tables import MOST, SLOW_MS, costs_in, slow_workflows
from orchestrator.analytics.queries.wanted import Wanted, read_wanted, strict_wanted
from orchestrator.analytics.web.charts import charts_of
from orchestrator.analytics.web.export import TABLES, export_table
from orchestrator.analytics.web.tiles import tiles_of
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotFound
from orchestrator.core.web.streaming import file_response
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access
from orchestrator.workflows.queries.choosing import choosable

_LAST: Final = 20
_LATELY: Final = timedelta(days=30)
_MOST_RATES: Final = 100


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All workflows that the person may see, or one; range and workflow stand in the address."""
    user = person(request)
    wanted = read_wanted(request.GET, user)
    over = _seconds(request.GET.get("over", ""))
    context = _context(request, wanted)
    context |= {
        "cost_rows": context["found"].cost_by_workflow,
        "workflows_to_choose": choosable(user, str(wanted.scope.workflow or "")).choices,
        "slow": slow_workflows(wanted.scope, over_ms=over),
        "over": f"{over / 1000:g}",
        "generated": _is_generated(wanted),
    }
    return render(request, "analytics/overview.html", context, status=400 if wanted.problems else 200)


@login_required
@require_safe
def workflow(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One workflow: what it did in the range, what it ever did, and its last runs."""
    user = person(request)
    found = find_workflow(user, pk, Access.VIEWER)
    wanted = read_wanted(request.GET, user, pk)
    last = ExecutionHistory.objects.filter(workflow_id=pk).defer("node_metrics", "human_interactions")
    context = _context(request, wanted)
    context |= {
        "workflow": found,
        "cost_rows": costs_in(wanted.scope, wanted.period, by=frozenset({"provider"})),
        "stats": stats_of(pk),
        "last": list(last.order_by("-finished_at")[:_LAST]),
        "generated": _is_generated(wanted),
    }
    return render(request, "analytics/workflow.html", context, status=400 if wanted.problems else 200)


@login_required
@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """How the workflows ``?id=…&id=…`` of an open list did lately, for its cells to take over."""
    ids = [pk for pk in map(_uuid, request.GET.getlist("id")[:_MOST_RATES]) if pk]
    runs = runs_of(person(request), ids, since=utc_now() - _LATELY)
    return render(request, "analytics/_rates.html", {"rates": sorted(runs.items())})


@login_required
@require_safe
def export(request: HttpRequest, table: str) -> HttpResponseBase:
    """A table of the page, with the same range and workflow, as CSV."""
    if table not in TABLES:
        raise NotFound("There is no such table.")
    wanted = strict_wanted(request.GET, person(request))
    pieces = export_table(table, wanted, over_ms=_seconds(request.GET.get("over", "")))
    name = f"{table}-{wanted.period.first_day}-{wanted.period.last_day}.csv"
    return file_response(request, pieces, name=name, content_type="text/csv; charset=utf-8")


def _context(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    found = read_overview(wanted.scope, wanted.period)
    chosen = str(wanted.scope.workflow or "")
    kept = {"workflow": chosen} if chosen and "workflow" in request.GET else {}
    ranges = [
        (f"?{urlencode({'range': key, **kept})}", label, wanted.period.key == key)
        for key, label in CHOICES.items()
    ]
    query = {"from": str(wanted.period.first_day), "to": str(wanted.period.last_day)}
    query |= {"workflow": chosen} if chosen else {}
    if wanted.period.hourly:
        query = {"range": wanted.period.key, **({"workflow": chosen} if chosen else {})}
    return {
        "found": found,
        "most_rows": MOST,
        "tiles": tiles_of(found),
        "charts": charts_of(found, wanted.period),
        "period": wanted.period,
        "problems": wanted.problems,
        "typed": {"from": request.GET.get("from", ""), "to": request.GET.get("to", "")},
        "chosen": chosen,
        "ranges": ranges,
        "export": {name: f"{reverse('analytics:export', args=[name])}?{urlencode(query)}" for name in TABLES},
    }


def _is_generated(wanted: Wanted) -> bool:
    """Whether what is shown holds history that was made up."""
    rows = wanted.scope.of(ExecutionHistory.objects.filter(is_generated=True))
    return rows.filter(finished_at__gte=wanted.period.start, finished_at__lt=wanted.period.end).exists()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _seconds(text: str) -> int:
    """What counts as slow, in ms."""
    try:
        given = float(text)
    except ValueError:
        return SLOW_MS
    return round(given * 1000) if 0 <= given <= 10_000_000 else SLOW_MS
