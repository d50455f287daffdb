"""The builder: a canvas and the JSON text of the same draft; without scripts a plain form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError, InvalidInput
from orchestrator.core.json import JsonObject
from orchestrator.graphs.expressions.help import FUNCTION_HELP
from orchestrator.graphs.model import NodeData
from orchestrator.graphs.nodetypes import node_types
from orchestrator.graphs.problems import InvalidGraph
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access, VersionStatus, Workflow, WorkflowVersion
from orchestrator.workflows.services.versions import (
    DraftConflict,
    check_graph,
    document_of,
    latest_version,
    publish_draft,
    save_draft,
)
from orchestrator.workflows.web.forms import GraphForm
from orchestrator.workflows.web.schema import fields_of
from orchestrator.workflows.web.text import document_text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The draft, or what becomes one, as text. ``action`` is save or publish."""
    user = person(request)
    workflow = find_workflow(user, pk, Access.EDITOR)
    if request.method != "POST":
        return _page(request, workflow, None)
    form = GraphForm(request.POST)
    if not form.is_valid():
        return _page(request, workflow, form)
    given = form.cleaned_data
    note, base = given["note"], given["base_checksum"] or None
    try:
        document = _graph(given["document"])
        save_draft(user, pk, nodes=document["nodes"], edges=document["edges"], note=note, base=base)
        if request.POST.get("action") == "publish":
            version = publish_draft(user, pk, note=note)
            messages.success(request, f"Version {version.number} is published: new runs use it.")
            return redirect("workflows:detail", pk=pk)
    except DraftConflict as error:
        form.add_error(None, error.message)
        return _page(request, workflow, form, conflict=True)
    except InvalidGraph as error:
        form.add_error(None, f"The draft is saved, but it cannot be published yet. {error.message}")
        return _page(request, workflow, form)
    except DomainError as error:
        form.add_error("document", error.message)
        return _page(request, workflow, form)
    messages.success(request, "The draft is saved.")
    return redirect("workflows:edit", pk=pk)


@login_required
@require_safe
def node_types_help(request: HttpRequest) -> HttpResponse:
    """What kinds of node there are, with the fields of their configuration."""
    return render(request, "workflows/node_types.html", _help())


def _help() -> dict[str, Any]:
    """Node types with their fields, and the fields that all of them have."""
    common = [row for row in fields_of(NodeData.model_json_schema()) if row.name != "config"]
    return {"kinds": [(each, fields_of(each.schema())) for each in node_types.offered()], "common": common}


def _graph(document: Any) -> JsonObject:
    if not isinstance(document, dict):
        raise InvalidInput('A graph is an object with "nodes" and "edges".')
    return document_of(document.get("nodes"), document.get("edges"))


def _page(
    request: HttpRequest, workflow: Workflow, form: GraphForm | None, *, conflict: bool = False
) -> HttpResponse:
    latest = latest_version(workflow)
    initial = {"document": document_text(latest.nodes, latest.edges), "base_checksum": latest.checksum}
    shown = form or GraphForm(initial=initial)
    if form is not None:
        shown.fields["document"].widget.attrs["data-changed"] = "1"
    is_draft = latest.status == VersionStatus.DRAFT
    context = {
        "workflow": workflow,
        "latest": latest,
        "is_draft": is_draft,
        "form": shown,
        "conflict": conflict,
        "problems": check_graph(latest.document) if form is None else [],
        **_help(),
        "builder": _for_island(request, workflow, latest),
    }
    status = 409 if conflict else 400 if form else 200
    return render(request, "workflows/edit.html", context, status=status)


def _for_island(request: HttpRequest, workflow: Workflow, latest: WorkflowVersion) -> dict[str, Any]:
    pk = workflow.pk
    api = {
        name: reverse(f"api:{route}", args=[pk])
        for name, route in {
            "workflow": "workflow-detail",
            "validate": "workflow-validate",
            "publish": "workflow-publish",
            "people": "people",
            "tryNode": "try-node",
        }.items()
    }
    return {
        "workflow": str(pk),
        "name": workflow.name,
        "person": str(person(request).pk),
        "checksum": latest.checksum,
        "version": latest.number,
        "isDraft": latest.status == VersionStatus.DRAFT,
        "note": latest.note if latest.status == VersionStatus.DRAFT else "",
        "savedAt": latest.updated_at.isoformat(),
        "nodes": latest.nodes,
        "edges": latest.edges,
        "inputSchema": workflow.settings.get("input_schema"),
        "functions": [each._asdict() for each in FUNCTION_HELP],
        "urls": {
            **api,
            "workflows": reverse("api:workflow-list"),
            "kinds": reverse("api:node-types"),
            "executions": reverse("api:execution-list"),
            "page": reverse("workflows:detail", args=[pk]),
            "run": reverse("executions:run", args=[pk]),
        },
    }
