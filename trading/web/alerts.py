"""What strategies told: of all that the reader sees, of one strategy, of one run; and what of it is read."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.params import text_of
from orchestrator.core.web.paging import keyset_page
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access
from trading.domain.vocabulary import Mode
from trading.queries.alerts import LEVELS, alerts_seen
from trading.queries.strategies import find_run
from trading.services.alerting import mark_all_read, mark_read

PAGE_SIZE: Final = 50


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The newest first. A strategy or run that is named and not seen is not found."""
    user = person(request)
    level, mode = text_of(request.GET, "level", most=10), text_of(request.GET, "mode", most=10)
    workflow_id, run_id = (_uuid(text_of(request.GET, name, most=36)) for name in ("workflow", "run"))
    unread = request.GET.get("unread") == "true"
    run = find_run(user, run_id) if run_id else None
    workflow = find_workflow(user, workflow_id, Access.VIEWER) if workflow_id else None
    rows = alerts_seen(
        user,
        workflow=workflow_id,
        run=run_id,
        level=level if level in LEVELS else "",
        mode=mode if mode in list(Mode) else "",
        unread=unread,
    )
    context = {
        "here_tab": "alerts",
        "page": keyset_page(request, rows, ordering="-id", size=PAGE_SIZE),
        "levels": LEVELS,
        "level": level,
        "modes": [each.value for each in Mode],
        "mode": mode,
        "unread": unread,
        "run": run,
        "workflow": workflow,
        "is_filtered": bool(level or mode or run or workflow or unread),
        "back": request.get_full_path(),
    }
    return render(request, "trading/alerts.html", context)


@login_required
@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One is read."""
    mark_read(person(request), pk)
    return redirect(_back(request))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All of them are."""
    mark_all_read(person(request))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The list as it was filtered."""
    back = request.POST.get("back", "")
    ours = reverse("trading:alerts")
    return back if back.startswith(ours) and url_has_allowed_host_and_scheme(back, None) else ours


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
