"""The library of strategies: workflows of trading, each with how its last run went."""

from __future__ import annotations

from copy import copy
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.web.paging import Page, page_by
from orchestrator.workflows.models import Workflow, WorkflowStatus
from orchestrator.workflows.paging import LibraryPagination, is_ranked
from orchestrator.workflows.queries.found import found_in
from orchestrator.workflows.queries.templates import templates_for
from trading.queries.strategies import CATEGORY, last_runs
from trading.services.beginning import begin_strategy

PAGE_SIZE: Final = 25
ORDERINGS: Final = {"-updated_at": "Last changed", "-created_at": "Newest", "name": "Name"}
_FILTERS: Final = ("search", "status", "tag", "mine", "favorite")


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Strategies the person may see, by what the address asks for."""
    user = person(request)
    chosen = {name: request.GET[name] for name in _FILTERS if request.GET.get(name, "").strip()}
    page, search = _page(request, user), chosen.get("search", "")
    ids = [each.pk for each in page.items]
    runs, found = last_runs(user, ids), found_in(ids, search) if search else {}
    context = {
        "here_tab": "strategies",
        "page": page,
        "rows": [(each, runs.get(each.pk), found.get(each.pk)) for each in page.items],
        "chosen": chosen,
        "ordering": request.GET.get("ordering", "") or ("" if is_ranked(request.GET) else "-updated_at"),
        "orderings": {**({"": "Best match"} if search else {}), **ORDERINGS},
        "statuses": [(value, label.partition(":")[0]) for value, label in WorkflowStatus.choices],
        "templates": templates_for(user, category=CATEGORY).order_by("id"),
        "may_build": user.may_build,
    }
    return render(request, "trading/strategies.html", context)


@login_required
@require_POST
def begin(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """A strategy of the person's own out of a template."""
    workflow = begin_strategy(person(request), template_id)
    messages.success(request, f"“{workflow.name}” is yours: test it as it is, or change it first.")
    return redirect("trading:strategy", workflow.pk)


def _page(request: HttpRequest, user: User) -> Page[Workflow]:
    paginator = LibraryPagination()
    paginator.user, paginator.page_size, paginator.page_size_query_param = user, PAGE_SIZE, None  # type: ignore[assignment]
    ordering = request.GET.get("ordering", "")
    paginator.ordering = (ordering if ordering in ORDERINGS else "-updated_at",)
    asked = copy(request)
    query: Any = request.GET.copy()
    query["category"] = CATEGORY
    asked.GET = query
    return page_by(paginator, asked, Workflow.objects.none())
