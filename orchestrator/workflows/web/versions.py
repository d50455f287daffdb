"""Versions of a workflow: one of them, two compared, an earlier one restored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.graphs.diff import Change, PartDiff, diff_graphs
from orchestrator.graphs.problems import InvalidGraph
from orchestrator.graphs.titles import titles_in
from orchestrator.workflows.access import find_workflow, workflow_and_access
from orchestrator.workflows.comparing import overlay, states_after, states_before
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.queries import history_of
from orchestrator.workflows.services.versions import (
    archive_old_versions,
    find_version,
    restore_version,
    unarchive_version,
)
from orchestrator.workflows.web.text import document_text


@dataclass(frozen=True, slots=True)
class PartChange:
    """One node or edge in the comparison, for the page."""

    kind: str
    id: str
    title: str
    changes: tuple[Change, ...] = ()


@login_required
@require_safe
def page(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A version, read-only."""
    workflow, access = workflow_and_access(person(request), pk, Access.VIEWER)
    version = find_version(workflow, number)
    around = workflow.versions.order_by("number")
    context = {
        "workflow": workflow,
        "version": version,
        "text": document_text(version.nodes, version.edges),
        "previous": around.filter(number__lt=number).values_list("number", flat=True).last(),
        "next": around.filter(number__gt=number).values_list("number", flat=True).first(),
        "may_edit": access in (Access.OWNER, Access.EDITOR),
    }
    return render(request, "workflows/version.html", context)


@login_required
@require_POST
def restore(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The graph of an earlier version becomes a new current version."""
    try:
        version = restore_version(person(request), pk, number)
    except InvalidGraph as error:
        messages.error(request, f"Version {number} cannot be published any more. {error.message}")
        return redirect("workflows:version", pk=pk, number=number)
    messages.success(request, f"Version {number} is back, as version {version.number}.")
    return redirect("workflows:detail", pk=pk)


@login_required
@require_POST
def archive_old(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put all but the newest versions away."""
    keep = request.POST.get("keep", "")
    if not (keep.isdecimal() and len(keep) < 6):
        raise InvalidInput("Say how many versions to keep, as a number.")
    number = archive_old_versions(person(request), pk, keep=int(keep))
    put_away = f"{number} version{'s' if number != 1 else ''} put away. Runs keep theirs."
    messages.success(request, put_away if number else "There is nothing to put away.")
    return redirect(reverse("workflows:detail", args=[pk]) + "?tab=versions")


@login_required
@require_POST
def unarchive(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    unarchive_version(person(request), pk, number)
    messages.success(request, f"Version {number} is back in the history.")
    return redirect(reverse("workflows:detail", args=[pk]) + "?tab=versions")


@login_required
@require_safe
def choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From the two selects to the address of the comparison."""
    find_workflow(person(request), pk, Access.VIEWER)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if not (before.isdecimal() and after.isdecimal() and len(before) < 10 and len(after) < 10):
        raise InvalidInput("Choose two versions to compare.")
    return redirect("workflows:compare", pk=pk, before=int(before), after=int(after))


@login_required
@require_safe
def compare(request: HttpRequest, pk: UUID, before: int, after: int) -> HttpResponse:
    """What changed from one version to the other, node by node and edge by edge."""
    workflow = find_workflow(person(request), pk, Access.VIEWER)
    old, new = find_version(workflow, before), find_version(workflow, after)
    diff = diff_graphs(old.document, new.document)
    names = {**titles_in(old.nodes), **titles_in(new.nodes)}
    context = {
        "workflow": workflow,
        "before": old,
        "after": new,
        "numbers": _numbers(workflow),
        "is_empty": diff.is_empty,
        "side_by_side": request.GET.get("view") == "side",
        "both": overlay(old, new, diff),
        "states_before": (states_before(diff.nodes), states_before(diff.edges)),
        "states_after": (states_after(diff.nodes), states_after(diff.edges)),
        "parts": [
            ("Nodes", _changes(diff.nodes, names)),
            ("Edges", _changes(diff.edges, {**_ends(old.edges, names), **_ends(new.edges, names)})),
        ],
    }
    return render(request, "workflows/compare.html", context)


def _numbers(workflow: Workflow) -> list[tuple[int, str]]:
    rows = history_of(workflow)[:200]
    return [
        (each.number, f"Version {each.number}{' (draft)' if each.status == 'draft' else ''}") for each in rows
    ]


def _changes(part: PartDiff, titles: dict[str, str]) -> list[PartChange]:
    found = [PartChange("added", each, titles.get(each, each)) for each in part.added]
    found += [PartChange("removed", each, titles.get(each, each)) for each in part.removed]
    found += [
        PartChange("changed", each, titles.get(each, each), tuple(how)) for each, how in part.changed.items()
    ]
    found += [PartChange("moved", each, titles.get(each, each)) for each in part.moved]
    return found


def _ends(edges: Any, names: dict[str, str]) -> dict[str, str]:
    def name(end: object) -> str:
        return names.get(str(end), str(end))

    arrow = "\N{RIGHTWARDS ARROW}"
    return {
        str(edge.get("id")): f"{name(edge.get('source'))} {arrow} {name(edge.get('target'))}"
        for edge in _objects(edges)
    }


def _objects(parts: Any) -> list[dict[str, Any]]:
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
