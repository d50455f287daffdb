"""The API of a workflow's versions: reading, saving, restoring, comparing."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.pagination import IdCursorPagination
from orchestrator.graphs.diff import diff_graphs
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.api import examples
from orchestrator.workflows.api import serializers as shown
from orchestrator.workflows.api.library_serializers import ArchivedSerializer, KeepSerializer
from orchestrator.workflows.models import Access, VersionStatus, WorkflowVersion
from orchestrator.workflows.queries import history_of
from orchestrator.workflows.services import versions

NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="Number of a version, from 1")
OTHER = OpenApiParameter(
    "other", int, OpenApiParameter.PATH, description="Number of the version to compare it with"
)


class NewestFirst(IdCursorPagination):
    ordering = "-number"


class VersionFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    """Versions that were put away show only when asked for by ``archived``."""

    status = django_filters.ChoiceFilter(choices=VersionStatus.choices)
    author = django_filters.CharFilter(field_name="author__username", lookup_expr="iexact")
    current = django_filters.BooleanFilter(field_name="is_current")
    archived = django_filters.BooleanFilter(method="put_away", help_text="True: only those put away")
    search = django_filters.CharFilter(field_name="note", lookup_expr="icontains", help_text="In the note")

    class Meta:
        model = WorkflowVersion
        fields = ["status", "author", "current", "archived", "search"]

    def filter_queryset(self, queryset: QuerySet[WorkflowVersion]) -> QuerySet[WorkflowVersion]:
        found: QuerySet[WorkflowVersion] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("archived") is None:
            found = found.filter(archived_at__isnull=True)
        return found

    def put_away(self, rows: QuerySet[WorkflowVersion], name: str, value: bool) -> QuerySet[WorkflowVersion]:
        return rows.filter(archived_at__isnull=not value)


@extend_schema_view(get=extend_schema(tags=["versions"], operation_id="versions_list"))
class VersionsView(ListAPIView[WorkflowVersion]):
    """The version history, newest first."""

    queryset = WorkflowVersion.objects.none()
    serializer_class = shown.VersionSerializer
    filterset_class = VersionFilter
    filter_backends = [DjangoFilterBackend]
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[WorkflowVersion]:
        workflow = find_workflow(person(self.request), self.kwargs["pk"], Access.VIEWER)
        return history_of(workflow, archived=None)

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


class ArchiveView(APIView):
    @extend_schema(
        request=KeepSerializer,
        responses=ArchivedSerializer,
        tags=["versions"],
        operation_id="versions_archive",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Put all but the newest versions away. Runs keep the version that they ran on."""
        keep = valid_data(KeepSerializer(data=request.data))["keep"]
        return Response({"archived": versions.archive_old_versions(person(request), pk, keep=keep)})


class UnarchiveView(APIView):
    @extend_schema(
        responses=shown.VersionSerializer,
        parameters=[NUMBER],
        tags=["versions"],
        operation_id="versions_unarchive",
    )
    def delete(self, request: Request, pk: UUID, number: int) -> Response:
        """Take one version back into the history."""
        version = versions.unarchive_version(person(request), pk, number)
        return Response(shown.VersionSerializer(version).data)


class DiffView(APIView):
    @extend_schema(
        responses={200: dict}, parameters=[NUMBER, OTHER], tags=["versions"], operation_id="versions_diff"
    )
    def get(self, request: Request, pk: UUID, number: int, other: int) -> Response:
        """Nodes and edges added, removed, moved and changed from one version to another."""
        workflow = find_workflow(person(request), pk, Access.VIEWER)
        before, after = (versions.find_version(workflow, each).document for each in (number, other))
        return Response(asdict(diff_graphs(before, after)))
