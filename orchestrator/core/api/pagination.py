"""Lists by cursor: every page costs the same, and a row added meanwhile is never shown twice."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class IdCursorPagination(CursorPagination):
    """Newest first: ids are UUIDv7, which sort by time of creation."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
