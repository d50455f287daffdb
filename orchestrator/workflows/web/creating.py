"""New workflows: blank, from an example, from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.access import require_builder
from orchestrator.workflows.examples import examples
from orchestrator.workflows.services.definitions import create_workflow
from orchestrator.workflows.services.transfer import import_workflow
from orchestrator.workflows.web.forms import ImportForm, NewForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A name and what to begin with; then the editor."""
    user = person(request)
    require_builder(user)
    form = NewForm(request.POST or None, initial={"start": ""})
    if form.is_valid():
        given = form.cleaned_data
        graph = next((each for each in examples() if each.key == given["start"]), None)
        parts: dict[str, Any] = {}
        if graph is not None:
            parts = {"nodes": graph.nodes, "edges": graph.edges, "settings": graph.settings}
            parts["category"] = graph.category
        try:
            workflow = create_workflow(user, name=given["name"], description=given["description"], **parts)
        except InvalidInput as error:
            form.take(error)
        else:
            return redirect("workflows:edit", pk=workflow.pk)
    return _page(request, form, ImportForm())


@login_required
@require_POST
def import_file(request: HttpRequest) -> HttpResponse:
    """A workflow from an exported file, or from pasted JSON."""
    user = person(request)
    require_builder(user)
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            workflow = import_workflow(user, form.cleaned_data["document"])
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"“{workflow.name}” is imported as a draft of yours.")
            return redirect("workflows:detail", pk=workflow.pk)
    return _page(request, NewForm(initial={"start": ""}), form)


def _page(request: HttpRequest, form: NewForm, import_form: ImportForm) -> HttpResponse:
    failed = bool(form.errors or import_form.errors)
    context = {"form": form, "import_form": import_form, "examples": examples()}
    return render(request, "workflows/new.html", context, status=400 if failed else 200)
