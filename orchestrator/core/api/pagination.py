"""Lists by cursor: every page costs the same, and a row added meanwhile is never shown twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from orchestrator.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list by falling ids that a page needs: the newest before an id, or those just after."""

    limit: int
    before: UUID | None = None
    after: UUID | None = None

    def of(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """The rows of the window, nearest to its edge first; not yet cut off at the limit."""
        if self.after is not None:
            return rows.filter(pk__gt=self.after).order_by("pk")
        return (rows.filter(pk__lt=self.before) if self.before is not None else rows).order_by("-pk")


Narrow = Callable[[QuerySet[Any, Any], Window], QuerySet[Any, Any]]
"""Leaves out rows that cannot be in the window, where the database needs help to find those that are."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a list by any column that a page needs: so many rows from a position on."""

    limit: int
    ordering: tuple[str, ...]
    position: str | None = None
    backwards: bool = False

    @property
    def order(self) -> tuple[str, ...]:
        """From its beginning on: turned round in a stretch that leads backwards."""
        return tuple(map(_turned, self.ordering)) if self.backwards else self.ordering

    def of(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """The rows of the stretch, the nearest to its beginning first; not yet cut off at the limit."""
        if self.position is not None:
            falls = self.order[0].startswith("-")
            rows = rows.filter(**{f"{self.order[0].lstrip('-')}__{'lt' if falls else 'gt'}": self.position})
        return rows.order_by(*self.order)


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


class IdCursorPagination(CursorPagination):
    """Newest first: ids are UUIDv7, which sort by time of creation."""

    narrow: Narrow | None = None

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        if self.narrow is not None:
            self.get_ordering(request, queryset, view)  # type: ignore[arg-type]  # the view may be None
            queryset = self.narrow(queryset, self._window(request))
        return super().paginate_queryset(queryset, request, view)

    def _window(self, request: Request) -> Window:
        limit = (self.get_page_size(request) or self.page_size) + 1
        cursor = self.decode_cursor(request)
        if cursor is None:
            return Window(limit)
        edge = UUID(cursor.position) if cursor.position else None
        limit += cursor.offset
        return Window(limit, after=edge or UUID(int=0)) if cursor.reverse else Window(limit, before=edge)

    def stretch(self, request: Request, queryset: QuerySet[Any], view: APIView | None) -> Stretch:
        """What the page that the request asks for needs, with a row over to tell whether there are more."""
        ordering = self.get_ordering(request, queryset, view)  # type: ignore[arg-type]  # the view may be None
        limit = (self.get_page_size(request) or self.page_size) + 1
        cursor = self.decode_cursor(request)
        if cursor is None:
            return Stretch(limit, ordering)
        return Stretch(limit + cursor.offset, ordering, cursor.position, bool(cursor.reverse))

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        ordering: tuple[str, ...] = super().get_ordering(request, queryset, view)
        self._column = queryset.model._meta.get_field(ordering[0].lstrip("-"))
        return ordering

    def decode_cursor(self, request: Request) -> Any:
        """The position in the list. Raises InvalidInput for one that this list cannot have given out."""
        try:
            cursor: Any = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                if "\0" in cursor.position:
                    raise ValueError("no text column holds this")
                self._column.to_python(cursor.position)
        except (NotFound, ValidationError, ValueError) as error:
            message = "This cursor is not one of this list. Follow its next and previous instead."
            raise InvalidInput(message, fields={"cursor": [message]}) from error
        return cursor


class WithTies(IdCursorPagination):
    """For a column in which very many rows are alike: those come by falling ids, and each can be reached.

    Pages among them are found by counting, of which the framework does no more than a thousand.
    """

    offset_cutoff = 100_000

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        first, *_ = super().get_ordering(request, queryset, view)
        return (first,) if first.lstrip("-") == "id" else (first, "-id")


class OldestFirst(IdCursorPagination):
    """In the order in which the rows were made."""

    ordering = "id"
