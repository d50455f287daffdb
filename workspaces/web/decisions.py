"""Approving, verifying and sending back, each with what the person says about it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, WrongState
from workspaces.access import find_workspace
from workspaces.services import lifecycle
from workspaces.web.forms import CommentForm
from workspaces.web.head import head_of


@login_required
@require_POST
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(user: User, comment: str) -> str:
        return f"{lifecycle.approve(user, pk, comment=comment).name} is in review now. An admin looks at it."

    return _decide(request, pk, "approve", act)


@login_required
@require_POST
def verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(user: User, comment: str) -> str:
        workspace = lifecycle.verify(user, pk, comment=comment)
        return f"{workspace.name} is verified: version {workspace.version}."

    return _decide(request, pk, "verify", act)


@login_required
@require_POST
def send_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    def act(user: User, comment: str) -> str:
        return f"{lifecycle.send_back(user, pk, comment=comment).name} is in beta again."

    return _decide(request, pk, "send-back", act)


def _decide(request: HttpRequest, pk: UUID, name: str, act: Callable[[User, str], str]) -> HttpResponse:
    """A refusal is shown where the person decides, with the comment as it was typed."""
    user = person(request)
    form = CommentForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            done = act(user, form.cleaned_data["comment"])
        except InvalidInput as error:
            form.take(error)
        except WrongState as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            messages.success(request, done)
            return redirect("workspaces:timeline", pk)
    context = {**head_of(user, find_workspace(user, pk), "decision"), "form": form, "deciding": name}
    return render(request, "workspaces/decision.html", context, status=status)
