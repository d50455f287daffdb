"""Lists by cursor: every page costs the same, and a row added meanwhile is never shown twice."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from orchestrator.core.errors import InvalidInput


class IdCursorPagination(CursorPagination):
    """Newest first: ids are UUIDv7, which sort by time of creation."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

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
