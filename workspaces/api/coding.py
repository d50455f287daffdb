"""The API of coding runs: sending the cart, following, cancelling and retrying a run, versions."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from workspaces.access import find_workspace
from workspaces.api import coding_serializers as given
from workspaces.models import AlgorithmVersion, ClaudeExecution
from workspaces.queries.backends import backends_for
from workspaces.queries.coding import runs_of, versions_of
from workspaces.services.coding import sending
from workspaces.services.coding.deploying import roll_back
from workspaces.services.coding.repeating import once

TAG = ["coding runs"]
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Asked again with it, the same run is given"
)


class BackendsView(APIView):
    @extend_schema(responses=given.BackendSerializer(many=True), tags=TAG, operation_id="workspaces_backends")
    def get(self, request: Request) -> Response:
        """Who can work corrections in, and what those lack that cannot be chosen."""
        return Response(given.BackendSerializer(backends_for(person(request)), many=True).data)


class SendView(APIView):
    @extend_schema(
        request=given.SendSerializer,
        responses={202: given.CodingRunSerializer},
        parameters=[KEY],
        examples=[given.SEND],
        tags=TAG,
        operation_id="workspaces_feedback_send",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Send the cart to a coding run. 409 for an empty one, and while another run is under way."""
        user, key = person(request), request.headers.get("Idempotency-Key")
        backend = valid_data(given.SendSerializer(data=request.data))["backend"]
        run = once(user, pk, key, lambda: sending.send_batch(user, pk, backend=backend))
        return Response(given.CodingRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


class CodingRunFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    status = django_filters.ChoiceFilter(choices=[(each, each) for each in given.RUN_STATUSES])

    class Meta:
        model = ClaudeExecution
        fields = ["status"]


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_executions_list"))
class CodingRunsView(ListAPIView[ClaudeExecution]):
    """Coding runs of a workspace, the newest first."""

    queryset = ClaudeExecution.objects.none()
    serializer_class = given.CodingRunListSerializer
    filterset_class = CodingRunFilter

    def get_queryset(self) -> QuerySet[ClaudeExecution]:
        if getattr(self, "swagger_fake_view", False):
            return ClaudeExecution.objects.none()
        return runs_of(find_workspace(person(self.request), self.kwargs["pk"]))


class CodingRunView(APIView):
    @extend_schema(responses=given.CodingRunSerializer, tags=TAG, operation_id="workspaces_execution")
    def get(self, request: Request, pk: UUID) -> Response:
        """One coding run, with its phases, its checkpoints, and what it changed."""
        return Response(given.CodingRunSerializer(sending.find_run(person(request), pk)).data)


class CancelCodingRunView(APIView):
    @extend_schema(
        request=None,
        responses={202: given.CodingRunSerializer},
        tags=TAG,
        operation_id="workspaces_execution_cancel",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Stop it. Its reviews stay cases, and count in the next run."""
        run = sending.cancel_run(person(request), pk)
        return Response(given.CodingRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


class RetryCodingRunView(APIView):
    @extend_schema(
        request=given.RetryCodingRunSerializer,
        responses={202: given.CodingRunSerializer},
        parameters=[KEY],
        examples=[given.RETRY],
        tags=TAG,
        operation_id="workspaces_execution_retry",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Another run for the same reviews: at most ten in a row."""
        data = valid_data(given.RetryCodingRunSerializer(data=request.data))
        user, key = person(request), request.headers.get("Idempotency-Key")
        failed = sending.find_run(user, pk)
        run = once(user, failed.workspace_id, key, lambda: sending.retry_run(user, pk, **data))
        return Response(given.CodingRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_versions_list"))
class AlgorithmVersionsView(ListAPIView[AlgorithmVersion]):
    """Versions of the algorithm, the newest first; new sessions use the current one."""

    queryset = AlgorithmVersion.objects.none()
    serializer_class = given.AlgorithmVersionSerializer

    def get_queryset(self) -> QuerySet[AlgorithmVersion]:
        if getattr(self, "swagger_fake_view", False):
            return AlgorithmVersion.objects.none()
        return versions_of(find_workspace(person(self.request), self.kwargs["pk"]))


class RollBackView(APIView):
    @extend_schema(
        request=given.ReasonSerializer,
        responses=given.AlgorithmVersionSerializer,
        examples=[given.ROLL_BACK],
        tags=TAG,
        operation_id="workspaces_version_roll_back",
    )
    def post(self, request: Request, pk: UUID, version_id: UUID) -> Response:
        """Use an older version's algorithm again, under a number of its own."""
        data = valid_data(given.ReasonSerializer(data=request.data))
        made = roll_back(person(request), pk, version_id, reason=data["reason"])
        return Response(given.AlgorithmVersionSerializer(made).data)
