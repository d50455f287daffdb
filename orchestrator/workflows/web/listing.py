"""The library: the list of workflows, and at its side what it can be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.web.paging import Page, page_by
from orchestrator.workflows.filters import UNFILED, WorkflowFilter
from orchestrator.workflows.models import Workflow, WorkflowStatus
from orchestrator.workflows.paging import LibraryPagination, is_ranked
from orchestrator.workflows.queries import facets_for
from orchestrator.workflows.queries.bulk import open_jobs
from orchestrator.workflows.queries.folders import flat, folder_tree
from orchestrator.workflows.queries.found import found_in
from orchestrator.workflows.queries.opened import recently_opened
from orchestrator.workflows.services.views import view_query

ORDERINGS: Final = {
    "-updated_at": "Last changed",
    "-created_at": "Newest",
    "name": "Name",
}
PAGE_SIZE: Final = 25
FILTERS: Final = (
    "search", "status", "tag", "folder", "folder_id", "category", "mine", "favorite", "shared", "template",
)  # fmt: skip
RECENT: Final = "recent"


@dataclass(frozen=True, slots=True)
class View:
    """An entry at the top of the side bar."""

    label: str
    icon: str
    query: str
    title: str


VIEWS: Final = (
    View("All", "library", "", "Workflows"),
    View("Mine", "user", "mine=true", "My workflows"),
    View("Favourites", "star", "favorite=true", "Favourites"),
    View("Recently opened", "history", "view=recent", "Recently opened"),
    View("Shared with me", "users", "shared=true", "Shared with me"),
    View("Archived", "archive", "status=archived", "Archived"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    icon: str
    without: str


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Workflows the person may see, by what the address asks for."""
    user = person(request)
    chosen = {name: request.GET[name] for name in FILTERS if request.GET.get(name, "").strip()}
    recent = request.GET.get("view") == RECENT
    page = _recent(request, user) if recent else _page(request, user)
    search = chosen.get("search", "")
    tree, saved = folder_tree(user.pk), list(user.saved_views.all())
    query = view_query(request.GET.urlencode())
    view = next((each for each in VIEWS if each.query == _view_of(request.GET)), VIEWS[0])
    context = {
        "page": page,
        "found": found_in([each.pk for each in page.items], search) if search else {},
        "chosen": chosen,
        "chips": _chips(request.GET, chosen),
        "tags_on": _tags(chosen),
        "ordering": request.GET.get("ordering", "") or ("" if is_ranked(request.GET) else "-updated_at"),
        "orderings": {**({"": "Best match"} if search else {}), **ORDERINGS},
        "facets": facets_for(user),
        "tree": tree,
        "folders": list(flat(tree)),
        "folder_here": next((each.id for each in flat(tree) if each.path == chosen.get("folder")), None),
        "unfiled": UNFILED,
        "views": VIEWS,
        "query": query,
        "carried": [(name, value) for name, value in chosen.items() if name not in ("search", "status")]
        + ([("view", RECENT)] if recent else []),
        "saved_views": saved,
        "may_save": bool(query) and query not in {each.query for each in saved},
        "jobs": open_jobs(user, "workflows"),
        "view": view,
        "recent": recent,
        "statuses": [(value, label.partition(":")[0]) for value, label in WorkflowStatus.choices],
        "may_build": user.may_build,
    }
    return render(request, "workflows/list.html", context)


def _page(request: HttpRequest, user: User) -> Page[Workflow]:
    paginator = LibraryPagination()
    paginator.user, paginator.page_size, paginator.page_size_query_param = user, PAGE_SIZE, None  # type: ignore[assignment]
    ordering = request.GET.get("ordering", "")
    paginator.ordering = (ordering if ordering in ORDERINGS else "-updated_at",)
    return page_by(paginator, request, Workflow.objects.none())


def _recent(request: HttpRequest, user: User) -> Page[Workflow]:
    """The last ones that were opened, in that order, on one page."""
    filters = WorkflowFilter(request.GET, recently_opened(user), user=user)
    return Page(list(filters.qs), None, None)


def _view_of(query: QueryDict) -> str:
    """The one view that the address asks for, as its query; none if it asks for several."""
    asked = [
        f"{name}={query[name]}"
        for name in ("mine", "favorite", "view", "shared", "status")
        if query.get(name)
    ]
    return asked[0] if len(asked) == 1 else ""


def _tags(chosen: dict[str, str]) -> list[str]:
    return [tag.strip().lower() for tag in chosen.get("tag", "").split(",") if tag.strip()]


def _chips(query: QueryDict, chosen: dict[str, str]) -> list[Chip]:
    """Filters that are on and that the side bar does not stand for on phones."""

    def without(name: str, value: str | None = None) -> str:
        rest: Any = query.copy()
        rest.pop("cursor", None)
        if value:
            rest[name] = value
        else:
            rest.pop(name, None)
        return f"?{rest.urlencode()}"

    tags = _tags(chosen)
    chips = [Chip(tag, "tag", without("tag", ",".join(each for each in tags if each != tag))) for tag in tags]
    if "folder" in chosen:
        name = "Not in a folder" if chosen["folder"] == UNFILED else chosen["folder"]
        chips.append(Chip(name, "folder", without("folder")))
    if "category" in chosen:
        chips.append(Chip(chosen["category"], "layers", without("category")))
    return chips
