"""Pages of the library, of one person's among a million workflows as quick as among a hundred.

"Public, or shared with me" asked in one breath makes PostgreSQL walk through everybody's workflows. Asked
one after the other, each is a few steps in an index, and the nearest of both answers are the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Self, TypeVar
from uuid import UUID

from django.contrib.postgres.search import SearchRank
from django.db.models import F, QuerySet
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.api.pagination import IdCursorPagination, Stretch
from orchestrator.workflows.filters import Narrowing, narrowing, none_archived
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.models.words import search_query
from orchestrator.workflows.queries.rows import newest_rows, workflow_rows

_FIRST_PAGE: Final = ("-updated_at", "-id")
MOST_FOUND: Final = 500
"""Workflows that a search puts in order: those of them that changed last."""
_Picked = TypeVar("_Picked")


def is_ranked(query: Mapping[str, str]) -> bool:
    """Whether a list is ordered by how well it matches: it is searched, and no other order is asked for."""
    return bool(query.get("search", "").strip()) and not query.get("ordering")


def nearest(
    user: User, narrow: Narrowing, pick: Callable[[QuerySet[Workflow]], QuerySet[Workflow, _Picked]]
) -> QuerySet[Workflow, _Picked]:
    """What ``pick`` takes of all workflows the person may see and that ``narrow`` leaves.

    ``pick`` orders, cuts off and says which columns; it is asked for those shared with the person and for the
    public ones. Of both together the order is lost.
    """
    rows = Workflow.objects.all()
    branches = [rows] if user.is_admin else [rows.granted_to(user), rows.filter(is_public=True)]
    parts = [pick(narrow(branch)) for branch in branches]
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]


class LibraryPagination(IdCursorPagination):
    """By cursor; a search that asks for no order comes by rank, and its cursor counts rows."""

    ordering: Any = _FIRST_PAGE
    user: User | None = None
    """Whose library it is, where the request does not tell."""
    _places: tuple[int | None, int | None] | None = None
    """Where the pages before and after begin, in a list by rank."""

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """The page. ``queryset`` is not asked: ids in order come first, and then what is shown of them.

        Only the first page of everything, which is what most people ask for, is one query.
        """
        user = self.user or person(request)
        narrow = narrowing(request.query_params, user, strict=view is not None)
        if is_ranked(request.query_params):
            return self._by_rank(request, user, narrow)
        stretch = self.stretch(request, Workflow.objects.all(), view)
        if narrow is none_archived and stretch == Stretch(stretch.limit, _FIRST_PAGE):
            return super().paginate_queryset(_InOrder(newest_rows(user, stretch.limit)), request, view)
        columns = sorted({column.lstrip("-") for column in stretch.order})

        def pick(rows: QuerySet[Workflow]) -> QuerySet[Workflow, dict[str, Any]]:
            return stretch.of(rows).values(*columns)[: stretch.limit]

        found = nearest(user, narrow, pick)
        if found.query.combinator:
            found = found.order_by(*stretch.order)[: stretch.limit]
        page: Any = super().paginate_queryset(_InOrder(found), request, view)
        self.page = workflow_rows(user, [each["id"] for each in page])
        return self.page

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        """Equal rows by id; time of creation is the order of ids, which has an index."""
        ordering = super().get_ordering(request, queryset, view)
        by_id = {"created_at": "id", "-created_at": "-id"}
        asked = tuple(by_id.get(column, column) for column in ordering)
        self._column = queryset.model._meta.get_field(asked[0].lstrip("-"))
        return asked if asked[-1] in by_id.values() else (*asked, "-id")

    def get_next_link(self) -> str | None:
        return super().get_next_link() if self._places is None else self._link(self._places[1])

    def get_previous_link(self) -> str | None:
        return super().get_previous_link() if self._places is None else self._link(self._places[0])

    def _by_rank(self, request: Request, user: User, narrow: Narrowing) -> list[Any]:
        """Rows that match best first, in two queries: their ids by rank, and what is shown of them."""
        self.base_url, self.ordering = request.build_absolute_uri(), ("-id",)
        self._column = Workflow._meta.pk
        cursor, size = self.decode_cursor(request), self.get_page_size(request) or self.page_size
        first = cursor.offset if cursor else 0
        query = search_query(request.query_params["search"])
        newest = nearest(user, narrow, newest_ids)
        ranked = Workflow.objects.filter(pk__in=newest).annotate(rank=SearchRank(F("search_vector"), query))
        best = ranked.order_by("-rank", "-updated_at", "-id").values_list("pk", flat=True)
        ids = list(best[first : first + size + 1])
        self._places = max(first - size, 0) if first else None, first + size if len(ids) > size else None
        return workflow_rows(user, ids[:size])

    def _link(self, first: int | None) -> str | None:
        return None if first is None else self.encode_cursor(Cursor(first, False, None))


def newest_ids(rows: QuerySet[Workflow]) -> QuerySet[Workflow, UUID]:
    return rows.order_by("-updated_at", "-id").values_list("pk", flat=True)[:MOST_FOUND]


class _InOrder(list[Any]):
    """Rows that were found by the stretch, for a paginator that would narrow and order them once more."""

    model = Workflow

    def order_by(self, *columns: str) -> Self:
        return self

    def filter(self, **conditions: Any) -> Self:
        return self
