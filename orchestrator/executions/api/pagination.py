"""The cursor of the list of runs."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from rest_framework.request import Request
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.pagination import IdCursorPagination
from orchestrator.executions.models import Execution
from orchestrator.executions.queries.newest import narrow_to_newest

_LEAVE_FEW: Final = ("workflow", "started_by", "trigger", "trigger_id", "retry_of", "parent")
"""Filters with an index of their own."""


class NewestRunsPagination(IdCursorPagination):
    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        asked = request.query_params
        user = None if any(asked.get(name) for name in _LEAVE_FEW) else person(request)
        among = None
        if view is not None and user is not None and not user.is_admin:
            among = view.filter_queryset(Execution.objects.all())  # type: ignore[attr-defined]  # a list's view
        self.narrow = partial(narrow_to_newest, user=user, statuses=asked.getlist("status"), among=among)
        return super().paginate_queryset(queryset, request, view)
