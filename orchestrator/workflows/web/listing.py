"""The list of workflows."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.web.paging import keyset_page
from orchestrator.workflows.filters import WorkflowFilter
from orchestrator.workflows.models import WorkflowStatus
from orchestrator.workflows.queries import facets_for, workflows_for

ORDERINGS: Final = {
    "-updated_at": "Last changed",
    "-created_at": "Newest",
    "name": "Name",
}
PAGE_SIZE: Final = 25
FILTERS: Final = ("search", "status", "tag", "folder", "category", "mine", "favorite")


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Workflows the person may see, by what the address asks for."""
    user = person(request)
    ordering = request.GET.get("ordering", "-updated_at")
    filters = WorkflowFilter(request.GET, workflows_for(user), request=request)
    chosen = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    page = keyset_page(
        request,
        filters.qs,
        ordering=ordering if ordering in ORDERINGS else "-updated_at",
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "chosen": chosen,
        "ordering": ordering,
        "orderings": ORDERINGS,
        "facets": facets_for(user),
        "statuses": [(value, label.partition(":")[0]) for value, label in WorkflowStatus.choices],
        "may_build": user.may_build,
    }
    return render(request, "workflows/list.html", context)
