"""The API of triggers: what starts a workflow by itself, and what came to its webhooks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.workflows.access import workflow_and_access
from orchestrator.workflows.api import examples
from orchestrator.workflows.api.trigger_serializers import (
    DeliverySerializer,
    TriggerChangeSerializer,
    TriggerSerializer,
    TriggerWriteSerializer,
)
from orchestrator.workflows.models import Access, Trigger, TriggerDelivery
from orchestrator.workflows.services import triggers

TRIGGER = OpenApiParameter("trigger_id", UUID, OpenApiParameter.PATH, description="Id of the trigger")


@extend_schema_view(get=extend_schema(tags=["triggers"], operation_id="triggers_list"))
class TriggersView(ListAPIView[Trigger]):
    """What starts the workflow by itself, the newest first."""

    queryset = Trigger.objects.none()
    serializer_class = TriggerSerializer

    def get_queryset(self) -> QuerySet[Trigger]:
        if getattr(self, "swagger_fake_view", False):
            return Trigger.objects.none()
        workflow, access = workflow_and_access(person(self.request), self.kwargs["pk"], Access.VIEWER)
        self.edits = access is not Access.VIEWER
        return Trigger.objects.filter(workflow=workflow).select_related("run_as")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "edits": getattr(self, "edits", False)}

    @extend_schema(
        request=TriggerWriteSerializer,
        responses={201: TriggerSerializer},
        examples=[examples.SCHEDULE, examples.WEBHOOK],
        tags=["triggers"],
        operation_id="triggers_create",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Make a trigger. Its runs start on your behalf; a webhook's address is in the answer."""
        given = valid_data(TriggerWriteSerializer(data=request.data))
        trigger = triggers.create_trigger(person(request), pk, **given)
        return _shown(trigger, status.HTTP_201_CREATED)


class TriggerView(APIView):
    @extend_schema(
        responses=TriggerSerializer, parameters=[TRIGGER], tags=["triggers"], operation_id="triggers_retrieve"
    )
    def get(self, request: Request, pk: UUID, trigger_id: UUID) -> Response:
        """One trigger, with its next moments if it is a schedule."""
        trigger, access = triggers.trigger_and_access(person(request), pk, trigger_id)
        return _shown(trigger, edits=access is not Access.VIEWER)

    @extend_schema(
        request=TriggerChangeSerializer,
        responses=TriggerSerializer,
        parameters=[TRIGGER],
        examples=[examples.SWITCH_OFF],
        tags=["triggers"],
        operation_id="triggers_update",
    )
    def patch(self, request: Request, pk: UUID, trigger_id: UUID) -> Response:
        """Change what is given. From now on its runs start on your behalf."""
        given = valid_data(TriggerChangeSerializer(data=request.data, partial=True))
        return _shown(triggers.change_trigger(person(request), pk, trigger_id, **given))

    @extend_schema(
        responses={204: None}, parameters=[TRIGGER], tags=["triggers"], operation_id="triggers_destroy"
    )
    def delete(self, request: Request, pk: UUID, trigger_id: UUID) -> Response:
        """Delete it; its runs stay."""
        triggers.delete_trigger(person(request), pk, trigger_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RotateView(APIView):
    @extend_schema(
        request=None,
        responses=TriggerSerializer,
        parameters=[TRIGGER],
        tags=["triggers"],
        operation_id="triggers_rotate",
    )
    def post(self, request: Request, pk: UUID, trigger_id: UUID) -> Response:
        """Give a webhook a new address; the old one stops at once."""
        return _shown(triggers.rotate_secret(person(request), pk, trigger_id))


@extend_schema_view(
    get=extend_schema(tags=["triggers"], operation_id="triggers_deliveries", parameters=[TRIGGER])
)
class DeliveriesView(ListAPIView[TriggerDelivery]):
    """What came to a webhook, the newest first; the latest 50 are kept."""

    queryset = TriggerDelivery.objects.none()
    serializer_class = DeliverySerializer

    def get_queryset(self) -> QuerySet[TriggerDelivery]:
        if getattr(self, "swagger_fake_view", False):
            return TriggerDelivery.objects.none()
        trigger = triggers.find_trigger(
            person(self.request), self.kwargs["pk"], self.kwargs["trigger_id"], Access.EDITOR
        )
        return TriggerDelivery.objects.filter(trigger=trigger)


def _shown(trigger: Trigger, code: int = status.HTTP_200_OK, *, edits: bool = True) -> Response:
    return Response(TriggerSerializer(trigger, context={"edits": edits}).data, status=code)
