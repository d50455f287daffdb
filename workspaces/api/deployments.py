"""The API of deployments: their list, one with its log, deploying, cancelling, and the target."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from workspaces.access import May, find_workspace
from workspaces.api import deployment_serializers as given
from workspaces.models import Deployment, PatternWorkspace
from workspaces.queries.deployments import connection_of, deployments_of
from workspaces.services.deployments import accounts, asking

TAG = ["deployments"]


class DeploymentFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    status = django_filters.ChoiceFilter(choices=[(each, each) for each in given.STATUSES])
    target = django_filters.ChoiceFilter(choices=[(each, each) for each in given.TARGETS])

    class Meta:
        model = Deployment
        fields = ["status", "target"]


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_deployments_list"))
class DeploymentsView(ListAPIView[Deployment]):
    """Deployments of a workspace, the newest first."""

    queryset = Deployment.objects.none()
    serializer_class = given.DeploymentListSerializer
    filterset_class = DeploymentFilter

    def get_queryset(self) -> QuerySet[Deployment]:
        if getattr(self, "swagger_fake_view", False):
            return Deployment.objects.none()
        return deployments_of(find_workspace(person(self.request), self.kwargs["pk"]))

    @extend_schema(
        request=None,
        responses={202: given.DeploymentSerializer},
        tags=TAG,
        operation_id="workspaces_deployments_create",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Deploy the version in use to the workspace's target, again if it failed."""
        row = asking.deploy(person(request), pk)
        return Response(given.DeploymentSerializer(row).data, status=status.HTTP_202_ACCEPTED)


class DeploymentView(APIView):
    @extend_schema(responses=given.DeploymentSerializer, tags=TAG, operation_id="workspaces_deployment")
    def get(self, request: Request, pk: UUID) -> Response:
        """One deployment with its log."""
        return Response(given.DeploymentSerializer(asking.find_deployment(person(request), pk)).data)


class CancelDeploymentView(APIView):
    @extend_schema(
        request=None,
        responses={202: given.DeploymentSerializer},
        tags=TAG,
        operation_id="workspaces_deployment_cancel",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Stop it. The version stays in use on this server."""
        row = asking.cancel_deployment(person(request), pk)
        return Response(given.DeploymentSerializer(row).data, status=status.HTTP_202_ACCEPTED)


class TargetView(APIView):
    @extend_schema(responses=given.TargetSerializer, tags=TAG, operation_id="workspaces_target")
    def get(self, request: Request, pk: UUID) -> Response:
        """Where versions are deployed to."""
        return _target(find_workspace(person(request), pk))

    @extend_schema(
        request=given.ChooseTargetSerializer,
        responses=given.TargetSerializer,
        examples=[given.TO_VERCEL, given.TO_THIS_SERVER],
        tags=TAG,
        operation_id="workspaces_target_choose",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Choose where versions go from now on. A token is stored encrypted, and never shown."""
        find_workspace(person(request), pk, May.OWN)
        data = valid_data(given.ChooseTargetSerializer(data=request.data))
        return _target(accounts.choose_target(person(request), pk, **data))

    @extend_schema(responses={204: None}, tags=TAG, operation_id="workspaces_target_disconnect")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Forget the workspace's token for Vercel."""
        accounts.disconnect(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _target(workspace: PatternWorkspace) -> Response:
    known = connection_of(workspace)
    told = {
        "target": workspace.deploy_target,
        "can_use_vercel": accounts.can_deploy_to_vercel(workspace),
        "last_four": known.last_four if known else "",
        "team_id": known.team_id if known else "",
        "has_webhook": known.has_webhook if known else False,
    }
    return Response(given.TargetSerializer(told).data)
