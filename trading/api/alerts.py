"""The API of alerts: what strategies told, and what of it is read."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from trading.api import backtest_serializers as given
from trading.api.filters import uuid_in
from trading.models import Alert
from trading.queries.alerts import LEVELS, alerts_seen
from trading.services.alerting import mark_all_read, mark_read

TAG: Final = ["backtests"]


@extend_schema_view(
    get=extend_schema(
        tags=TAG,
        operation_id="alerts_list",
        parameters=[
            OpenApiParameter("workflow", UUID, description="Only of this strategy"),
            OpenApiParameter("run", UUID, description="Only of this run"),
            OpenApiParameter("level", str, enum=LEVELS),
            OpenApiParameter("unread", bool, description="Only what you have not read"),
        ],
    )
)
class AlertsView(ListAPIView[Alert]):
    """What strategies told, the newest first."""

    queryset = Alert.objects.none()
    serializer_class = given.AlertSerializer

    def get_queryset(self) -> QuerySet[Alert]:
        if getattr(self, "swagger_fake_view", False):
            return Alert.objects.none()
        asked = self.request.query_params
        workflow, run = (
            uuid_in(name, asked[name]) if asked.get(name) else None for name in ("workflow", "run")
        )
        level = asked.get("level", "")
        return alerts_seen(
            person(self.request),
            workflow=workflow,
            run=run,
            level=level if level in LEVELS else "",
            unread=asked.get("unread") == "true",
        )


class ReadAlertView(APIView):
    @extend_schema(request=None, responses={204: None}, tags=TAG, operation_id="alerts_read")
    def post(self, request: Request, pk: UUID) -> Response:
        """Mark one as read, for you alone."""
        mark_read(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReadAlertsView(APIView):
    @extend_schema(request=None, responses={204: None}, tags=TAG, operation_id="alerts_read_all")
    def post(self, request: Request) -> Response:
        """Mark all that was told until now as read, for you alone."""
        mark_all_read(person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
