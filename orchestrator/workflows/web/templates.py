"""The gallery of templates: browsing, looking at one, beginning a workflow with it, publishing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.core.params import text_of
from orchestrator.core.web.paging import keyset_page
from orchestrator.graphs.nodetypes import node_types
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access, WorkflowTemplate
from orchestrator.workflows.queries.folders import flat, folder_tree
from orchestrator.workflows.queries.found import found_in
from orchestrator.workflows.queries.templates import template_categories, templates_for
from orchestrator.workflows.services import templates
from orchestrator.workflows.web.forms import TemplateForm, UseForm

PAGE_SIZE = 24


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All templates, by category and words."""
    user = person(request)
    search = text_of(request.GET, "search")
    category = text_of(request.GET, "category")
    rows = templates_for(user, search=search, category=category)
    page = keyset_page(request, rows, ordering="name", size=PAGE_SIZE)
    context = {
        "page": page,
        "search": search,
        "category": category,
        "categories": template_categories(user),
        "found": found_in([each.pk for each in page.items], search, WorkflowTemplate) if search else {},
        "may_build": user.may_build,
    }
    return render(request, "workflows/templates/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One template with its graph; a POST begins a workflow with it."""
    user = person(request)
    template = templates.find_template(user, pk)
    folders = list(flat(folder_tree(user.pk)))
    form = UseForm(
        folders, request.POST if request.method == "POST" else None, initial={"name": template.name}
    )
    if form.is_valid():
        try:
            workflow = templates.use_template(user, pk, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"“{workflow.name}” is yours. Change what you need and publish it.")
            return redirect("workflows:edit", pk=workflow.pk)
    context = {
        "template": template,
        "form": form,
        "may_build": user.may_build,
        "kinds": _kinds(template),
        "source": template.workflow if template.author_id == user.pk else None,
    }
    return render(request, "workflows/templates/detail.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Publish a workflow as a template, or bring its template up to date."""
    user = person(request)
    workflow = find_workflow(user, pk, Access.OWNER)
    template = WorkflowTemplate.objects.filter(workflow=workflow).first()
    shown = template or workflow
    initial = {"description": shown.description, "category": shown.category}
    form = TemplateForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            made = templates.publish_template(user, pk, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(
                request, f"Everybody finds version {made.version_number} among the templates now."
            )
            return redirect("workflows:template", pk=made.pk)
    current = workflow.versions.filter(is_current=True).first()
    context = {"workflow": workflow, "template": template, "form": form, "current": current}
    return render(request, "workflows/templates/publish.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    templates.withdraw_template(person(request), pk)
    messages.success(request, "It is no template any more. Workflows that began with it stay.")
    return redirect("workflows:detail", pk=pk)


def _kinds(template: WorkflowTemplate) -> list[tuple[str, str, int]]:
    """Icon, title and number of each type of node in it."""
    names = [str(node.get("type")) for node in template.nodes if isinstance(node, dict)]
    found = [(node_types.get(name), name, names.count(name)) for name in dict.fromkeys(names)]
    return [(kind.icon if kind else "", kind.title if kind else name, count) for kind, name, count in found]
