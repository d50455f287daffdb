"""Pages of deployments: where versions go, what was deployed when and by whom, and one with its log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.web.following import follow, mark_of
from orchestrator.core.web.paging import keyset_page
from workspaces.access import May, find_workspace
from workspaces.domain.vocabulary import DeployStatus, Target
from workspaces.models import AlgorithmVersion, Deployment, PatternWorkspace
from workspaces.queries.deployments import connection_of, deployments_of
from workspaces.services.deployments import accounts, asking
from workspaces.web.deployment_forms import TargetForm
from workspaces.web.head import head_of


@never_cache
@login_required
@require_safe
def listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, find_workspace(person(request), pk))


def _page(
    request: HttpRequest, workspace: PatternWorkspace, form: TargetForm | None = None, status: int = 200
) -> HttpResponse:
    known = connection_of(workspace)
    current = AlgorithmVersion.objects.filter(workspace=workspace, is_current=True).first()
    context = {
        **head_of(person(request), workspace, "deployments"),
        "page": keyset_page(request, deployments_of(workspace), ordering="-id", size=20),
        "current": current,
        "connection": known,
        "can_use_vercel": accounts.can_deploy_to_vercel(workspace),
        "is_vercel": workspace.deploy_target == Target.VERCEL,
        "form": form or TargetForm.of(workspace, known),
        "is_open": form is not None,
        "hook_url": settings.BASE_URL + reverse("workspace-vercel-events", args=[workspace.pk]),
        "may_deploy": _may_deploy(workspace, current),
    }
    return render(request, "workspaces/deployments.html", context, status=status)


def _may_deploy(workspace: PatternWorkspace, current: AlgorithmVersion | None) -> str:
    """The words of the button: empty where there is nothing to deploy."""
    if current is None or workspace.deploy_target == Target.LOCAL:
        return ""
    rows = Deployment.objects.filter(version=current, target=workspace.deploy_target)
    status = rows.values_list("status", flat=True).first()
    if status in (DeployStatus.QUEUED, DeployStatus.BUILDING):
        return ""
    if status in (DeployStatus.ERROR, DeployStatus.CANCELED):
        return f"Deploy {current.number} again"
    return "" if status == DeployStatus.READY else f"Deploy {current.number}"


@never_cache
@login_required
@require_safe
def deployment(request: HttpRequest, pk: UUID, deployment_id: UUID) -> HttpResponse:
    """Asks for itself anew while it is under way."""
    row = _deployment(request, pk, deployment_id)
    is_under_way = row.completed_at is None
    context: dict[str, Any] = {
        **head_of(person(request), row.workspace, "deployments"),
        "deployment": row,
        "is_under_way": is_under_way,
        "may_deploy": row.version.is_current and bool(_may_deploy(row.workspace, row.version)),
    }
    return follow(
        request,
        context,
        page="workspaces/deployment.html",
        part="workspaces/_deployment.html",
        goes_on=is_under_way,
        mark=mark_of(row),
    )


@login_required
@require_POST
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where versions go; the page again, with what is wrong, if it cannot be."""
    user = person(request)
    workspace = find_workspace(user, pk, May.OWN)
    form = TargetForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        has_secrets = bool(data["token"] or data["webhook_secret"] or connection_of(workspace))
        try:
            accounts.choose_target(
                user,
                pk,
                target=data["target"],
                token=data["token"],
                team_id=data["team_id"] if has_secrets or data["team_id"] else None,
                webhook_secret=data["webhook_secret"] or None,
            )
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, "Where versions are deployed to is stored.")
            return redirect("workspaces:deployments", pk)
    return _page(request, workspace, form, 400)


@login_required
@require_POST
def disconnect(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        accounts.disconnect(person(request), pk)
    except WrongState as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The token is deleted here. At Vercel it stays until you delete it there.")
    return redirect("workspaces:deployments", pk)


@login_required
@require_POST
def deploy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The version in use, again if it failed."""
    try:
        row = asking.deploy(person(request), pk)
    except WrongState as error:
        messages.error(request, error.message)
        return redirect("workspaces:deployments", pk)
    return redirect("workspaces:deployment", pk, row.pk)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID, deployment_id: UUID) -> HttpResponse:
    _deployment(request, pk, deployment_id)
    asking.cancel_deployment(person(request), deployment_id)
    return redirect("workspaces:deployment", pk, deployment_id)


def _deployment(request: HttpRequest, workspace_id: UUID, deployment_id: UUID) -> Deployment:
    row = asking.find_deployment(person(request), deployment_id)
    if row.workspace_id != workspace_id:
        raise NotFound("There is no such deployment in this workspace.")
    return row
