"""Pages of coding runs: the cart, the runs and versions of a workspace; one run with what it changed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.web.following import follow, mark_of
from orchestrator.core.web.paging import keyset_page
from workspaces.access import find_workspace
from workspaces.domain.vocabulary import UNDER_WAY, RunStatus
from workspaces.models import ClaudeExecution
from workspaces.queries.coding import (
    advice_for,
    diff_lines,
    in_cart,
    phases_of,
    run_under_way,
    runs_of,
    tries_of,
    versions_of,
)
from workspaces.queries.deployments import latest_of_run
from workspaces.services.coding import sending
from workspaces.services.coding.deploying import roll_back
from workspaces.web.head import head_of

_VERSIONS_SHOWN = 20


@login_required
@require_safe
def listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What waits to be sent, the coding runs, the newest first, and the versions that they made."""
    user = person(request)
    workspace = find_workspace(user, pk)
    page, under_way = (
        keyset_page(request, runs_of(workspace), ordering="-id", size=30),
        run_under_way(workspace),
    )
    versions = list(versions_of(workspace)[:_VERSIONS_SHOWN])
    waiting = in_cart(workspace)
    context = {
        **head_of(user, workspace, "runs"),
        "page": page,
        "versions": versions,
        "in_cart": waiting,
        "under_way": under_way,
    }
    return follow(
        request,
        context,
        page="workspaces/runs.html",
        part="workspaces/_runs.html",
        goes_on=under_way is not None,
        mark=mark_of(*page.items, *versions, waiting),
    )


@login_required
@require_safe
def run(request: HttpRequest, pk: UUID, run_id: UUID) -> HttpResponse:
    found = _run(request, pk, run_id)
    is_under_way, deployed = found.status in UNDER_WAY, latest_of_run(found)
    is_followed = is_under_way or (deployed is not None and deployed.completed_at is None)
    tries = list(tries_of(found))
    context = {
        **head_of(person(request), found.workspace, "runs"),
        "run": found,
        "phases": phases_of(found),
        "deployment": deployed,
        "is_followed": is_followed,
        "lines": list(diff_lines(found.diff)),
        "is_under_way": is_under_way,
        "tries": tries,
        "later": next((each for each in tries if each.parent_execution_id == found.pk), None),
        "tries_left": found.max_retries - found.retry_count,
        "has_failed": found.status == RunStatus.FAILED,
        "advice": advice_for(found),
    }
    return follow(
        request,
        context,
        page="workspaces/run.html",
        part="workspaces/_run.html",
        goes_on=is_followed,
        mark=mark_of(found, deployed),
    )


@login_required
@require_POST
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The cart to a coding run. What cannot be sent stays where it is, with the reason."""
    try:
        begun = sending.send_batch(person(request), pk, backend=request.POST.get("backend", ""))
    except (InvalidInput, WrongState) as error:
        messages.error(request, error.message)
        return redirect("workspaces:runs", pk)
    return redirect("workspaces:run", pk, begun.pk)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID, run_id: UUID) -> HttpResponse:
    _run(request, pk, run_id)
    sending.cancel_run(person(request), run_id)
    return redirect("workspaces:run", pk, run_id)


@login_required
@require_POST
def retry(request: HttpRequest, pk: UUID, run_id: UUID) -> HttpResponse:
    _run(request, pk, run_id)
    try:
        given = {"reason": request.POST.get("reason", ""), "backend": request.POST.get("backend", "")}
        begun = sending.retry_run(person(request), run_id, **given)
    except (InvalidInput, WrongState) as error:
        messages.error(request, error.message)
        return redirect("workspaces:run", pk, run_id)
    return redirect("workspaces:run", pk, begun.pk)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: UUID, version_id: UUID) -> HttpResponse:
    """Use an older version again."""
    reason = request.POST.get("reason", "").strip() or "Taken back on the page of versions."
    made = roll_back(person(request), pk, version_id, reason=reason)
    messages.success(request, f"Version {made.number} is in use.")
    return redirect("workspaces:deployments", pk)


def _run(request: HttpRequest, workspace_id: UUID, run_id: UUID) -> ClaudeExecution:
    found = sending.find_run(person(request), run_id)
    if found.workspace_id != workspace_id:
        raise NotFound("There is no such coding run in this workspace.")
    return found
