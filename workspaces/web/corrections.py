"""The cart of a workspace: what was said in its sessions and waits to be sent, and what was sent before."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import NotFound
from orchestrator.core.web.paging import keyset_page
from workspaces.access import May, find_workspace
from workspaces.models import FeedbackItem
from workspaces.queries.cases import CASE_FILTERS, cases_of, standing_of, that_stand
from workspaces.queries.sessions import cart_counts, corrections_of
from workspaces.services.reviewing import annotate_feedback, remove_feedback
from workspaces.web.head import head_of


@login_required
@require_safe
def cart(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The latest first; ``?show=sent`` are those that were sent."""
    user = person(request)
    workspace = find_workspace(user, pk)
    shows_sent = request.GET.get("show") == "sent"
    rows = corrections_of(workspace).filter(sent_to_claude_at__isnull=not shows_sent)
    context = {
        **head_of(user, workspace, "cart"),
        "page": keyset_page(request, rows, ordering="-id", size=30),
        "counts": cart_counts(workspace),
        "shows_sent": shows_sent,
    }
    return render(request, "workspaces/cart.html", context)


@login_required
@require_safe
def cases(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What every version is held to; ``?show=`` held, lost or untested by the version in use."""
    user = person(request)
    workspace = find_workspace(user, pk)
    standing = standing_of(workspace)
    show = request.GET.get("show", "")
    rows = that_stand(cases_of(workspace), standing, show)
    page = keyset_page(request, rows, ordering="-id", size=30)
    context = {
        **head_of(user, workspace, "cases"),
        "page": page,
        "cases": [(each, standing.of(each), standing.lately(each)) for each in page.items],
        "standing": standing,
        "choices": CASE_FILTERS,
        "show": show,
    }
    return render(request, "workspaces/cases.html", context)


@login_required
@require_POST
def annotate(request: HttpRequest, pk: UUID, feedback_id: UUID) -> HttpResponse:
    _require_of(request, pk, feedback_id)
    annotate_feedback(person(request), feedback_id, note=request.POST.get("note", ""))
    messages.success(request, "The note is kept.")
    return redirect("workspaces:cart", pk)


@login_required
@require_POST
def remove(request: HttpRequest, pk: UUID, feedback_id: UUID) -> HttpResponse:
    _require_of(request, pk, feedback_id)
    remove_feedback(person(request), feedback_id)
    messages.success(request, "It is unsaid: the detection can be reviewed anew.")
    return redirect("workspaces:cart", pk)


def _require_of(request: HttpRequest, workspace_id: UUID, feedback_id: UUID) -> None:
    workspace = find_workspace(person(request), workspace_id, May.WORK)
    if not FeedbackItem.objects.filter(workspace=workspace, pk=feedback_id).exists():
        raise NotFound("There is no such correction in this workspace.")
