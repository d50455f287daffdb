"""The list of workspaces, beginning one, describing its pattern, and taking it away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.forms import sent
from orchestrator.core.web.paging import keyset_page
from workspaces.access import May, find_workspace
from workspaces.domain.vocabulary import WorkspaceStatus
from workspaces.queries.workspaces import described_with, patterns_to_begin, workspaces_of
from workspaces.services.lifecycle import create_workspace, describe
from workspaces.services.removing import delete_workspace
from workspaces.web.forms import DescriptionForm, picker
from workspaces.web.head import LABELS, head_of


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The workspaces that the person sees, the one that was worked in last first."""
    return _index(request)


def _index(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    user = person(request)
    statuses = [each for each in request.GET.getlist("status") if each in set(WorkspaceStatus)]
    mine = request.GET.get("mine") == "1"
    page = keyset_page(
        request, workspaces_of(user, statuses=statuses, mine=mine), ordering="-updated_at", size=20
    )
    context = {
        "page": page,
        "patterns": patterns_to_begin(user) if user.may_build else [],
        "choices": [(each.value, label) for each, label in LABELS.items()],
        "statuses": statuses,
        "mine": mine,
        "is_filtered": bool(statuses or mine),
        "problem": problem,
    }
    return render(request, "workspaces/list.html", context, status=status)


@login_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A workspace for a pattern type that has none."""
    try:
        workspace = create_workspace(person(request), pattern_type=request.POST.get("pattern_type", ""))
    except InvalidInput as error:
        return _index(request, problem=error.message, status=error.status)
    messages.success(request, f"{workspace.name} has its workspace. Describe the pattern next.")
    return redirect("workspaces:description", workspace.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def description(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the pattern is, why, and the steps in which a person finds it; each time it is told anew."""
    user = person(request)
    workspace = find_workspace(user, pk, May.WORK)
    posted = sent(request)
    form, status = DescriptionForm(posted) if posted is not None else DescriptionForm.of(workspace), 200
    steps = posted.getlist("identification_steps") if posted is not None else workspace.identification_steps
    if posted is not None:
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                describe(
                    user,
                    pk,
                    description=data["description"],
                    reasoning=data["reasoning"],
                    steps=steps,
                    files=request.FILES.getlist("files"),
                )
            except InvalidInput as error:
                form.take(error)
            else:
                if request.headers.get("X-Part"):
                    return JsonResponse({"url": reverse("workspaces:timeline", args=[pk])})
                return redirect("workspaces:timeline", pk)
        if request.headers.get("X-Part"):
            told = " ".join(str(each) for errors in form.errors.values() for each in errors)
            return JsonResponse({"detail": told}, status=status)
    context = {
        **head_of(user, workspace, "description"),
        **picker(),
        "form": form,
        "identification_steps": steps or [""],
        "described_with": described_with(workspace),
    }
    return render(request, "workspaces/description.html", context, status=status)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    delete_workspace(person(request), pk, confirm=request.POST.get("confirm", ""))
    messages.success(request, "Deleted, with everything in it.")
    return redirect("workspaces:list")
