"""What strategies told: of all that the reader sees, of one strategy, of one run."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.params import text_of
from orchestrator.core.web.paging import keyset_page
from orchestrator.trading.queries.runs import LEVELS, alerts_seen
from orchestrator.trading.queries.strategies import find_run
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access

PAGE_SIZE = 50


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The newest first. A strategy or run that is named and not seen is not found."""
    user = person(request)
    level = text_of(request.GET, "level", most=10)
    workflow_id, run_id = (_uuid(text_of(request.GET, name, most=36)) for name in ("workflow", "run"))
    run = find_run(user, run_id) if run_id else None
    workflow = find_workflow(user, workflow_id, Access.VIEWER) if workflow_id else None
    rows = alerts_seen(user, workflow=workflow_id, level=level if level in LEVELS else "")
    context = {
        "here_tab": "alerts",
        "page": keyset_page(request, rows.filter(run=run) if run else rows, ordering="-id", size=PAGE_SIZE),
        "levels": LEVELS,
        "level": level,
        "run": run,
        "workflow": workflow,
        "is_filtered": bool(level or run or workflow),
    }
    return render(request, "trading/alerts.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
