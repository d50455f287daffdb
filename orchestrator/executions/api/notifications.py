"""The API of notifications: what was sent to whom, where workflows send them, and browsers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import ListAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.executions.api import examples_of_notifications as examples
from orchestrator.executions.models import (
    EndpointKind,
    Notification,
    NotificationEndpoint,
    NotificationState,
    PushSubscription,
)
from orchestrator.executions.queries.notifications import notifications_for
from orchestrator.executions.services.notifications import browsers, steering
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access

ENDPOINT = OpenApiParameter("endpoint_id", UUID, OpenApiParameter.PATH, description="Id of the endpoint")
BROWSER = OpenApiParameter("subscription_id", UUID, OpenApiParameter.PATH, description="Id of the browser")


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """One message to one address."""

    recipient = serializers.CharField(
        source="recipient.username", read_only=True, allow_null=True, default=None, help_text="User name"
    )

    class Meta:
        model = Notification
        fields = [
            "id", "kind", "medium", "state", "subject", "recipient", "address", "count", "workflow",
            "execution", "approval", "attempts", "next_attempt_at", "last_error", "created_at", "sent_at",
        ]  # fmt: skip
        read_only_fields = fields


class NotificationFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    workflow = django_filters.UUIDFilter()
    execution = django_filters.UUIDFilter()
    approval = django_filters.UUIDFilter()
    state = django_filters.MultipleChoiceFilter(choices=NotificationState.choices)

    class Meta:
        model = Notification
        fields = ["workflow", "execution", "approval", "state"]


@extend_schema_view(
    list=extend_schema(tags=["notifications"], summary="List notifications", examples=[examples.SENT])
)
class NotificationViewSet(ListModelMixin, GenericViewSet[Notification]):
    """One's own, and those of workflows one may edit, newest first."""

    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Notification]:
        if getattr(self, "swagger_fake_view", False):
            return Notification.objects.none()
        return notifications_for(person(self.request))

    @extend_schema(request=None, responses={202: NotificationSerializer}, tags=["notifications"])
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: UUID) -> Response:
        """Try one again that was given up. For those who may edit the workflow; 409 for any other state."""
        found = steering.retry_notification(person(request), pk)
        return Response(NotificationSerializer(found).data, status=status.HTTP_202_ACCEPTED)


class EndpointSerializer(serializers.ModelSerializer[NotificationEndpoint]):
    """A chat or a program that a workflow tells things. Its address is not shown again, only its host."""

    class Meta:
        model = NotificationEndpoint
        fields = ["id", "kind", "name", "host", "created_at"]
        read_only_fields = fields


class NewEndpointSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=EndpointKind.choices)
    name = serializers.CharField(max_length=50, help_text="Settings speak of it as kind:name")
    url = serializers.CharField(max_length=2_000)


class AddedEndpointSerializer(EndpointSerializer):
    """With the secret that signs what is sent there, this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(EndpointSerializer.Meta):
        fields = [*EndpointSerializer.Meta.fields, "secret"]
        read_only_fields = fields


@extend_schema_view(get=extend_schema(tags=["notifications"], operation_id="endpoints_list"))
class EndpointsView(ListAPIView[NotificationEndpoint]):
    """Where the workflow may send notifications. For those who may edit it."""

    queryset = NotificationEndpoint.objects.none()
    serializer_class = EndpointSerializer

    def get_queryset(self) -> QuerySet[NotificationEndpoint]:
        workflow = find_workflow(person(self.request), self.kwargs["pk"], Access.EDITOR)
        return NotificationEndpoint.objects.filter(workflow=workflow)

    @extend_schema(
        request=NewEndpointSerializer,
        responses={201: AddedEndpointSerializer},
        examples=[examples.NEW_ENDPOINT, examples.ADDED_ENDPOINT],
        tags=["notifications"],
        operation_id="endpoints_create",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Save an address under a name, for `notification_channels` to speak of."""
        find_workflow(person(request), pk, Access.EDITOR)
        given = valid_data(NewEndpointSerializer(data=request.data))
        endpoint, secret = steering.add_endpoint(person(request), pk, **given)
        endpoint.secret = secret
        return Response(AddedEndpointSerializer(endpoint).data, status=status.HTTP_201_CREATED)


class EndpointView(APIView):
    @extend_schema(
        responses={204: None},
        parameters=[ENDPOINT],
        tags=["notifications"],
        operation_id="endpoints_destroy",
    )
    def delete(self, request: Request, pk: UUID, endpoint_id: UUID) -> Response:
        """Forget an endpoint."""
        steering.remove_endpoint(person(request), pk, endpoint_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class EndpointTestView(APIView):
    @extend_schema(
        request=None,
        responses={202: NotificationSerializer},
        parameters=[ENDPOINT],
        tags=["notifications"],
        operation_id="endpoints_test",
    )
    def post(self, request: Request, pk: UUID, endpoint_id: UUID) -> Response:
        """Send a test message there. What becomes of it stands among the notifications."""
        made = steering.try_endpoint(person(request), pk, endpoint_id)
        return Response(NotificationSerializer(made).data, status=status.HTTP_202_ACCEPTED)


class BrowserSerializer(serializers.ModelSerializer[PushSubscription]):
    class Meta:
        model = PushSubscription
        fields = ["id", "browser", "endpoint", "created_at"]
        read_only_fields = fields


class BrowserListSerializer(serializers.Serializer[Any]):
    public_key = serializers.CharField(help_text="What the browser subscribes with (VAPID)")
    results = BrowserSerializer(many=True)


class KeysSerializer(serializers.Serializer[Any]):
    p256dh = serializers.CharField(max_length=120)
    auth = serializers.CharField(max_length=40)


class SubscribeSerializer(serializers.Serializer[Any]):
    """What a browser's `PushSubscription.toJSON()` says; the rest of it is ignored."""

    endpoint = serializers.CharField(max_length=1000)
    keys = KeysSerializer()
    browser = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)


class BrowsersView(APIView):
    @extend_schema(responses=BrowserListSerializer, tags=["me"], operation_id="push_subscriptions_list")
    def get(self, request: Request) -> Response:
        """One's browsers that show notifications, and the key that another one needs."""
        mine = PushSubscription.objects.visible_to(person(request)).order_by("-id")
        return Response(
            {"public_key": browsers.public_key(), "results": BrowserSerializer(mine, many=True).data}
        )

    @extend_schema(
        request=SubscribeSerializer,
        responses={201: BrowserSerializer},
        examples=[examples.SUBSCRIBE],
        tags=["me"],
        operation_id="push_subscriptions_create",
    )
    def post(self, request: Request) -> Response:
        """Let a browser show notifications; switches the preference on."""
        given = valid_data(SubscribeSerializer(data=request.data))
        made = browsers.subscribe(
            person(request), endpoint=given["endpoint"], browser=given["browser"], **given["keys"]
        )
        return Response(BrowserSerializer(made).data, status=status.HTTP_201_CREATED)


class BrowserView(APIView):
    @extend_schema(
        responses={204: None}, parameters=[BROWSER], tags=["me"], operation_id="push_subscriptions_destroy"
    )
    def delete(self, request: Request, subscription_id: UUID) -> Response:
        """Forget a browser."""
        browsers.unsubscribe(person(request), subscription_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
