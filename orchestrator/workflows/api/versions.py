"""The API of a workflow's versions: reading, saving, restoring, comparing."""

from __future__ import annotations

from dataclasses import asdict
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
from orchestrator.graphs.diff import diff_graphs
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.api import examples
from orchestrator.workflows.api import serializers as shown
from orchestrator.workflows.models import Access, WorkflowVersion
from orchestrator.workflows.queries import history_of
from orchestrator.workflows.services import versions

NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="Number of a version, from 1")
OTHER = OpenApiParameter(
    "other", int, OpenApiParameter.PATH, description="Number of the version to compare it with"
)


@extend_schema_view(get=extend_schema(tags=["versions"], operation_id="versions_list"))
class VersionsView(ListAPIView[WorkflowVersion]):
    """The version history, newest first."""

    queryset = WorkflowVersion.objects.none()
    serializer_class = shown.VersionSerializer

    def get_queryset(self) -> QuerySet[WorkflowVersion]:
        workflow = find_workflow(person(self.request), self.kwargs["pk"], Access.VIEWER)
        return history_of(workflow)

    @extend_schema(
        request=shown.GraphSerializer,
        responses={201: shown.VersionDetailSerializer, **examples.INVALID_GRAPH},
        examples=[examples.GRAPH],
        tags=["versions"],
        operation_id="versions_create",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Save and publish a graph in one step."""
        given = valid_data(shown.GraphSerializer(data=request.data))
        version = versions.create_version(person(request), pk, **given)
        return Response(shown.VersionDetailSerializer(version).data, status=status.HTTP_201_CREATED)


class VersionView(APIView):
    @extend_schema(
        responses=shown.VersionDetailSerializer,
        parameters=[NUMBER],
        tags=["versions"],
        operation_id="versions_retrieve",
    )
    def get(self, request: Request, pk: UUID, number: int) -> Response:
        """One version with its graph."""
        workflow = find_workflow(person(request), pk, Access.VIEWER)
        return Response(shown.VersionDetailSerializer(versions.find_version(workflow, number)).data)


class RestoreView(APIView):
    @extend_schema(
        request=None,
        responses={201: shown.VersionDetailSerializer, **examples.INVALID_GRAPH},
        parameters=[NUMBER],
        tags=["versions"],
        operation_id="versions_restore",
    )
    def post(self, request: Request, pk: UUID, number: int) -> Response:
        """Publish the graph of an earlier version as a new one."""
        version = versions.restore_version(person(request), pk, number)
        return Response(shown.VersionDetailSerializer(version).data, status=status.HTTP_201_CREATED)


class DiffView(APIView):
    @extend_schema(
        responses={200: dict}, parameters=[NUMBER, OTHER], tags=["versions"], operation_id="versions_diff"
    )
    def get(self, request: Request, pk: UUID, number: int, other: int) -> Response:
        """Nodes and edges added, removed, moved and changed from one version to another."""
        workflow = find_workflow(person(request), pk, Access.VIEWER)
        before, after = (versions.find_version(workflow, each).document for each in (number, other))
        return Response(asdict(diff_graphs(before, after)))
