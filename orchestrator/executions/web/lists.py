"""Lists of runs: all that one may see, and the last ones of a workflow."""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.web.paging import keyset_page
from orchestrator.executions.models import Execution
from orchestrator.executions.queries.newest import narrow_to_newest
from orchestrator.executions.queries.runs import say_what_they_wait_for
from orchestrator.executions.queries.statistics import workflow_stats
from orchestrator.executions.queries.visible import executions_for
from orchestrator.executions.web.forms import RunFilterForm
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access
from orchestrator.workflows.queries import trigger_name
from orchestrator.workflows.queries.bulk import open_jobs

_LATEST: Final = 5
_MOST_ROWS: Final = 20


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Newest first; the filters stand in the address."""
    user = person(request)
    filters = RunFilterForm(user, request.GET)
    wanted = filters.wanted()
    narrow = partial(
        narrow_to_newest,
        user=None if wanted.leaves_few else user,
        statuses=wanted.statuses,
        among=wanted.of(Execution.objects.all(), user),
        visible=filters.visible,
    )
    rows = wanted.of(executions_for(user, workflows=filters.visible), user)
    page = keyset_page(request, rows, ordering="-id", size=_MOST_ROWS, narrow=narrow)
    say_what_they_wait_for(page.items)
    context = {
        "page": page,
        "filters": filters,
        "wanted": wanted,
        "jobs": open_jobs(user, "executions"),
        "is_first": page.previous is None,
        "follows_new": page.previous is None and not wanted.is_set,
    }
    if wanted.trigger_id:
        rest = {
            name: request.GET.getlist(name) for name in request.GET if name not in ("trigger_id", "cursor")
        }
        context["trigger_name"] = trigger_name(user, wanted.trigger_id)
        context["without_trigger"] = f"?{urlencode(rest, doseq=True)}"
    return render(request, "executions/list.html", context)


@login_required
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of ``?id=…&id=…`` as they are now, for a list that is open; unknown ids are left out."""
    wanted = [UUID(each) for each in request.GET.getlist("id")[:_MOST_ROWS] if _is_uuid(each)]
    user = person(request)
    found = list(executions_for(user).filter(pk__in=wanted))
    say_what_they_wait_for(found)
    context = {"runs": found, "selectable": user.may_build}
    return render(request, "executions/_rows_changed.html", context)


@login_required
@require_safe
def of_workflow(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Part of the workflow's page: how its runs went, and the last of them."""
    user = person(request)
    workflow = find_workflow(user, pk, Access.VIEWER)
    latest = list(executions_for(user).filter(workflow=pk).order_by("-id")[:_LATEST])
    say_what_they_wait_for(latest)
    context = {"workflow": workflow, "stats": workflow_stats(pk), "runs": latest}
    return render(request, "executions/_of_workflow.html", context)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
