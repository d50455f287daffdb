"""What can be done with a workflow by one press: publish, put away, star, copy, export."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.graphs.problems import InvalidGraph
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access
from orchestrator.workflows.services.definitions import archive_workflow, duplicate_workflow
from orchestrator.workflows.services.sharing import set_favorite
from orchestrator.workflows.services.transfer import export_workflow
from orchestrator.workflows.services.versions import publish_draft


@login_required
@require_POST
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the draft current; a draft with problems goes back to the editor, which lists them."""
    try:
        version = publish_draft(person(request), pk, note=request.POST.get("note", "").strip()[:500])
    except InvalidGraph as error:
        messages.error(request, f"The draft cannot be published yet. {error.message}")
        return redirect("workflows:edit", pk=pk)
    messages.success(request, f"Version {version.number} is published: new runs use it.")
    return redirect("workflows:detail", pk=pk)


@login_required
@require_POST
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    archive_workflow(person(request), pk)
    messages.success(request, "Archived. Its runs go on; no new ones can start.")
    return redirect("workflows:detail", pk=pk)


@login_required
@require_POST
def unarchive(request: HttpRequest, pk: UUID) -> HttpResponse:
    archive_workflow(person(request), pk, archived=False)
    messages.success(request, "Taken out of the archive.")
    return redirect("workflows:detail", pk=pk)


@login_required
@require_POST
def favorite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Star or unstar, as ``favorite`` says; htmx gets the new star."""
    starred = request.POST.get("favorite") == "1"
    user = person(request)
    set_favorite(user, pk, favorite=starred)
    if request.headers.get("hx-request"):
        workflow = find_workflow(user, pk, Access.VIEWER)
        return render(request, "workflows/_star.html", {"workflow": workflow, "is_favorite": starred})
    return redirect("workflows:detail", pk=pk)


@login_required
@require_POST
def duplicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    copy = duplicate_workflow(person(request), pk, name=request.POST.get("name", "").strip()[:200])
    messages.success(request, "This is your copy.")
    return redirect("workflows:detail", pk=copy.pk)


@login_required
@require_safe
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The workflow as a file that ``import`` and ``manage.py run_workflow`` take."""
    document = export_workflow(person(request), pk)
    name = f"{slugify(str(document['name'])) or 'workflow'}.json"
    response = HttpResponse(json.pretty(document) + "\n", content_type="application/json")
    response["Content-Disposition"] = f"attachment; filename={quote(name)}"
    return response
