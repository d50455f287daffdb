"""One workflow: what it is, its runs, versions, people and settings."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.web.paging import keyset_page
from orchestrator.graphs.problems import errors_in
from orchestrator.workflows.access import workflow_and_access
from orchestrator.workflows.domain.settings import WorkflowSettings
from orchestrator.workflows.models import Access, Workflow, WorkflowStatus
from orchestrator.workflows.queries import (
    draft_and_current,
    history_of,
    people_of,
    runs_under_way,
    triggers_of,
)
from orchestrator.workflows.queries.folders import flat, folder_tree
from orchestrator.workflows.queries.tags import tags_of
from orchestrator.workflows.services.definitions import delete_workflow, describe_workflow
from orchestrator.workflows.services.folders import may_file
from orchestrator.workflows.services.sharing import grant_access, revoke_access
from orchestrator.workflows.services.versions import check_graph
from orchestrator.workflows.services.visits import record_visit
from orchestrator.workflows.web.forms import DescribeForm, ShareForm

TABS: Final = {
    "": "Overview",
    "triggers": "Triggers",
    "versions": "Versions",
    "sharing": "Sharing",
    "notifications": "Notifications",
    "settings": "Settings",
}
_MOST_TAGS: Final = 200
_PAGES: Final = {"notifications": "notifications:of-workflow"}
"""Tabs that are pages of their own, in another app."""


@login_required
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tab that the address names."""
    workflow, access = workflow_and_access(person(request), pk, Access.VIEWER)
    record_visit(person(request), workflow)
    tab = request.GET.get("tab", "")
    return _tab(request, workflow, access, tab if tab in TABS and tab not in _PAGES else "")


@login_required
@require_POST
def describe(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save the settings tab."""
    user = person(request)
    workflow, access = workflow_and_access(user, pk, Access.EDITOR)
    form = DescribeForm.of(
        workflow, request.POST, owner=access is Access.OWNER, filing=may_file(user, workflow)
    )
    if form.is_valid():
        try:
            describe_workflow(user, pk, **form.description_given())
        except InvalidInput as error:
            form.take(error, prefix="settings.")
        else:
            messages.success(request, "Saved.")
            return redirect(_address(pk, "settings"))
    return _tab(request, workflow, access, "settings", form=form)


@login_required
@require_POST
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give somebody access, or change it."""
    workflow, owner = workflow_and_access(person(request), pk, Access.OWNER)
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            granted = grant_access(person(request), pk, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        except WrongState as error:
            form.add_error("username", error.message)
        else:
            access = Access(granted.access).label.partition(":")[0].lower()
            messages.success(request, f"{granted.user.username} is {access} now.")
            return redirect(_address(pk, "sharing"))
    return _tab(request, workflow, owner, "sharing", share_form=form)


@login_required
@require_POST
def unshare(request: HttpRequest, pk: UUID, person_id: UUID) -> HttpResponse:
    revoke_access(person(request), pk, person_id=person_id)
    messages.success(request, "Access removed.")
    return redirect(_address(pk, "sharing"))


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete for good, if the person typed the workflow's name."""
    user = person(request)
    workflow, owner = workflow_and_access(user, pk, Access.OWNER)
    if request.POST.get("confirm", "").strip() != workflow.name:
        wrong = {"delete_error": "Type the name exactly as it is written above."}
        return _tab(
            request, workflow, owner, "settings", **wrong, delete_typed=request.POST.get("confirm", "")
        )
    delete_workflow(user, pk)
    messages.success(request, f"“{workflow.name}” is deleted.")
    return redirect("workflows:list")


def page_context(user: User, workflow: Workflow, access: Access, tab: str) -> dict[str, Any]:
    """What a page needs that shows one tab, or something below it."""
    draft, current = draft_and_current(workflow)
    may_edit = access is not Access.VIEWER
    if draft is not None and may_edit:
        draft.refresh_from_db(fields=["nodes", "edges"])  # whoever may publish it is told what is wrong
    return {
        "workflow": workflow,
        "access": access,
        "access_label": access.label.partition(":")[0],
        "may_edit": may_edit,
        "may_own": access is Access.OWNER,
        "may_file": may_file(user, workflow),
        "folders": list(flat(folder_tree(workflow.owner_id))) if may_file(user, workflow) else [],
        "may_build": user.may_build,
        "may_run": may_edit and current is not None and workflow.status != WorkflowStatus.ARCHIVED,
        "is_favorite": workflow.favorites.filter(user=user).exists(),
        "draft": draft,
        "current": current,
        "draft_errors": errors_in(check_graph(draft.document)) if draft and may_edit else [],
        "tab": tab,
        "tabs": [(_address(workflow.pk, name), label, name == tab) for name, label in TABS.items()],
    }


def _tab(request: HttpRequest, workflow: Workflow, access: Access, tab: str, **extra: Any) -> HttpResponse:
    """A tab of the page; ``extra`` holds forms that were not right."""
    user = person(request)
    context = page_context(user, workflow, access, tab)
    more = {
        "": _overview,
        "triggers": _triggers,
        "versions": _versions,
        "sharing": _sharing,
        "settings": _settings,
    }[tab]
    context |= more(request, context) | extra
    name = f"workflows/detail_{tab or 'overview'}.html"
    return render(request, name, context, status=400 if extra else 200)


def _overview(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    shown = context["current"] or context["draft"]
    if shown.get_deferred_fields():
        shown.refresh_from_db(fields=["nodes", "edges"])
    settings = WorkflowSettings.model_validate(context["workflow"].settings)
    return {"run_settings": settings, "shown": shown}


def _triggers(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    return {"triggers": triggers_of(context["workflow"])}


def _versions(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """With how many runs of each are under way, so that nobody thinks an old one is out of use."""
    workflow, archived = context["workflow"], request.GET.get("archived") == "1"
    page = keyset_page(request, history_of(workflow, archived=archived), ordering="-number", size=30)
    live = runs_under_way(workflow)
    for version in page.items:
        version.runs_under_way = live.get(version.pk, 0)  # type: ignore[attr-defined]  # for the template
    away = workflow.versions.filter(archived_at__isnull=False).count()
    return {"page": page, "archived": archived, "put_away": away}


def _sharing(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    return {"people": people_of(context["workflow"]), "share_form": ShareForm()}


def _settings(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    owner, filing = context["may_own"], context["may_file"]
    known = tags_of(person(request)).values_list("name_", flat=True)
    form = DescribeForm.of(context["workflow"], owner=owner, filing=filing)
    return {"form": form, "known_tags": list(known[:_MOST_TAGS])}


def _address(pk: UUID, tab: str) -> str:
    if tab in _PAGES:
        return reverse(_PAGES[tab], args=[pk])
    return reverse("workflows:detail", args=[pk]) + (f"?tab={tab}" if tab else "")
