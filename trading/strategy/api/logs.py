"""The API of ``workflow_logs``: everything that happened in sessions, as a list and as a file."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.params import filters_in
from orchestrator.core.web.streaming import file_response
from trading.strategy.api import examples
from trading.strategy.api import serializers as given
from trading.strategy.models import WorkflowLog
from trading.strategy.queries.logs import CONTENT_TYPES, LogFilter, as_json, log_file, log_of

TAG: Final = ["strategy"]


@extend_schema_view(
    get=extend_schema(
        parameters=[given.LogQuerySerializer],
        examples=[examples.LOG],
        tags=TAG,
        operation_id="strategy_logs_list",
    )
)
class LogsView(ListAPIView[WorkflowLog]):
    """What happened in the sessions that you see, the newest first."""

    queryset = WorkflowLog.objects.none()
    serializer_class: Any = given.LogEntrySerializer

    def get_queryset(self) -> QuerySet[WorkflowLog]:
        if getattr(self, "swagger_fake_view", False):
            return WorkflowLog.objects.none()
        return log_of(person(self.request), _wanted(self.request))

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """The page's rows as the file has them."""
        return super().get_serializer(*([as_json(row) for row in rows] for rows in args), **kwargs)


class LogFileView(APIView):
    @extend_schema(
        parameters=[
            given.LogQuerySerializer,
            OpenApiParameter("as", str, enum=list(CONTENT_TYPES), description="Default: csv"),
        ],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/x-ndjson"): OpenApiTypes.STR},
        examples=[examples.LOG_FILE],
        tags=TAG,
        operation_id="strategy_logs_export",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """All that fits the filters as a file, the oldest first."""
        kind = filters_in(request.query_params, {"as": CONTENT_TYPES}).get("as", "csv")
        pieces = log_file(person(request), _wanted(request), kind)
        return file_response(
            request._request, pieces, name=f"strategy-log.{kind}", content_type=CONTENT_TYPES[kind]
        )


def _wanted(request: Request) -> LogFilter:
    data = valid_data(given.LogQuerySerializer(data=request.query_params))
    return LogFilter(
        session=data.get("session"),
        corporation=data.get("corporation"),
        event=data.get("event", ""),
        actor=data.get("actor", ""),
        step=data.get("step"),
        after=data.get("occurred_after"),
        before=data.get("occurred_before"),
    )
