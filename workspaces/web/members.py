"""Who is in a workspace: letting people in, and taking it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.accounts.services.guessing import TooManyTries
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.forms import sent
from workspaces.access import find_workspace
from workspaces.queries.workspaces import members_of
from workspaces.services import members as service
from workspaces.web.forms import MemberForm
from workspaces.web.head import head_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever is in it sees who else is; the owner lets people in."""
    user = person(request)
    form, status = MemberForm(sent(request)), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                member = service.let_in(user, pk, **form.cleaned_data)
            except (InvalidInput, TooManyTries) as error:
                status = error.status
                if isinstance(error, InvalidInput):
                    form.take(error)
                else:
                    form.add_error(None, error.message)
            else:
                messages.success(request, f"{member.user.username} is in.")
                return redirect("workspaces:members", pk)
    workspace = find_workspace(user, pk)
    context = {**head_of(user, workspace, "members"), "form": form, "members": members_of(workspace)}
    return render(request, "workspaces/members.html", context, status=status)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: UUID, user_id: UUID) -> HttpResponse:
    user = person(request)
    service.take_back(user, pk, user_id=user_id)
    if user_id == user.pk:
        messages.success(request, "You are no longer in it.")
        return redirect("workspaces:list")
    messages.success(request, "Taken back. This person no longer sees it.")
    return redirect("workspaces:members", pk)
