"""The API of firing triggers by hand: once now, or a delivery once more."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiScope
from orchestrator.executions.access import find_execution
from orchestrator.executions.api import serializers as shown
from orchestrator.executions.models import Execution
from orchestrator.executions.services.firing import fire_by_hand
from orchestrator.executions.services.receiving import replay_delivery

TRIGGER = OpenApiParameter("trigger_id", UUID, OpenApiParameter.PATH, description="Id of the trigger")
DELIVERY = OpenApiParameter("delivery_id", UUID, OpenApiParameter.PATH, description="Id of the delivery")


class FireView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        request=None,
        responses={202: shown.ExecutionSerializer},
        parameters=[TRIGGER],
        tags=["triggers"],
        operation_id="triggers_fire",
    )
    def post(self, request: Request, pk: UUID, trigger_id: UUID) -> Response:
        """Start a run as a schedule or a button would, now and on your behalf. 409 for a webhook."""
        return _accepted(request, fire_by_hand(person(request), pk, trigger_id))


class ReplayView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        request=None,
        responses={202: shown.ExecutionSerializer},
        parameters=[TRIGGER, DELIVERY],
        tags=["triggers"],
        operation_id="triggers_replay",
    )
    def post(self, request: Request, pk: UUID, trigger_id: UUID, delivery_id: UUID) -> Response:
        """Start a run from a delivery that is kept, whatever became of it then."""
        return _accepted(request, replay_delivery(person(request), pk, trigger_id, delivery_id))


def _accepted(request: Request, execution: Execution) -> Response:
    run = find_execution(person(request), execution.pk)
    return Response(shown.ExecutionSerializer(run).data, status=status.HTTP_202_ACCEPTED)
