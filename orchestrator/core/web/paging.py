"""Lists of pages by cursor: the API's pagination, for templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from orchestrator.core.api.pagination import IdCursorPagination, Narrow

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page and the addresses of its neighbours, which keep all filters."""

    items: list[Row]
    previous: str | None
    next: str | None

    @property
    def is_only(self) -> bool:
        return self.previous is None and self.next is None


def keyset_page(
    request: HttpRequest,
    rows: QuerySet[Row, Any],
    *,
    ordering: str,
    size: int = 50,
    narrow: Narrow | None = None,
    by: type[IdCursorPagination] = IdCursorPagination,
) -> Page[Row]:
    """The page that ``?cursor=`` names. Raises InvalidInput for a cursor of no such list.

    ``ordering`` is a column with an index, with ``-`` for falling. Rows that are equal there are kept apart
    by how many of them came before; where they are very many, ``by`` is ``WithTies``. ``narrow`` is for lists
    by falling ids.
    """
    paginator = by()
    paginator.narrow = narrow
    paginator.ordering, paginator.page_size, paginator.page_size_query_param = ordering, size, None  # type: ignore[assignment]
    return page_by(paginator, request, rows)


def page_by(paginator: CursorPagination, request: HttpRequest, rows: QuerySet[Row, Any]) -> Page[Row]:
    """The page that this way of paging makes of the rows."""
    items = paginator.paginate_queryset(rows, Request(request))
    return Page(list(items or ()), _path(paginator.get_previous_link()), _path(paginator.get_next_link()))


def _path(link: str | None) -> str | None:
    """Only the query: the page stays where it is, whatever the server is called."""
    return "?" + link.partition("?")[2] if link else None
