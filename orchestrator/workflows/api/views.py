"""The API of workflows and of node types. Every action parses, calls one service, and renders."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.filters import OrderingFilter
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.errors import NotFound
from orchestrator.graphs.nodetypes import NodeType, node_types
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.api import examples
from orchestrator.workflows.api import serializers as shown
from orchestrator.workflows.filters import WorkflowFilter
from orchestrator.workflows.models import Access, Workflow, WorkflowVersion
from orchestrator.workflows.paging import LibraryPagination
from orchestrator.workflows.queries import workflow_row
from orchestrator.workflows.services import definitions, sharing, transfer, versions

NO_CONTENT = status.HTTP_204_NO_CONTENT
CREATED = status.HTTP_201_CREATED
INTERNAL = OpenApiParameter(
    "internal", bool, description="`true`: also those of the product's own workflows, to draw their runs"
)


@extend_schema_view(list=extend_schema(tags=["workflows"], summary="List the workflows you may see"))
class WorkflowViewSet(ListModelMixin, GenericViewSet[Workflow]):
    """Workflows: what is said about them, their draft, and what can be done with them."""

    queryset = Workflow.objects.none()
    serializer_class = shown.WorkflowSerializer
    filterset_class = WorkflowFilter
    filter_backends = [DjangoFilterBackend, OrderingFilter]
    ordering_fields = ["updated_at", "created_at", "name"]
    pagination_class = LibraryPagination
    lookup_value_converter = "uuid"

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The paginator does it, each way to the rows by itself."""
        return queryset

    @extend_schema(
        request=shown.WorkflowWriteSerializer,
        responses={201: shown.WorkflowDetailSerializer},
        examples=[examples.NEW_WORKFLOW],
        tags=["workflows"],
    )
    def create(self, request: Request) -> Response:
        """Make a workflow; its graph, right or wrong, becomes its draft."""
        given = valid_data(shown.WorkflowWriteSerializer(data=request.data))
        given.pop("base_checksum", None)
        workflow = definitions.create_workflow(person(request), **given)
        return self._detail(request, workflow.pk, CREATED)

    @extend_schema(responses=shown.WorkflowDetailSerializer, tags=["workflows"])
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One workflow with the graph that an editor opens."""
        return self._detail(request, pk)

    @extend_schema(
        request=shown.WorkflowWriteSerializer, responses=shown.WorkflowDetailSerializer, tags=["workflows"]
    )
    def update(self, request: Request, pk: UUID) -> Response:
        """Set what is said about it and its draft. With `base_checksum`, 409 if somebody saved meanwhile."""
        return self._change(request, pk, partial=False)

    @extend_schema(
        request=shown.WorkflowWriteSerializer, responses=shown.WorkflowDetailSerializer, tags=["workflows"]
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change some of what is said about it, or its draft. With `base_checksum` as for `PUT`."""
        return self._change(request, pk, partial=True)

    @extend_schema(responses={204: None}, tags=["workflows"])
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete for good, with versions and runs. 409 while runs of it are under way."""
        definitions.delete_workflow(person(request), pk)
        return Response(status=NO_CONTENT)

    @extend_schema(
        request=shown.NoteSerializer,
        responses={200: shown.VersionDetailSerializer, **examples.INVALID_GRAPH},
        examples=[examples.PUBLISH],
        tags=["versions"],
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: UUID) -> Response:
        """Make the draft the current version; 400 with all problems if it has any."""
        note = valid_data(shown.NoteSerializer(data=request.data))["note"]
        version = versions.publish_draft(person(request), pk, note=note)
        return Response(shown.VersionDetailSerializer(version).data)

    @extend_schema(
        methods=["POST"],
        request=shown.GraphSerializer,
        responses=shown.ProblemsSerializer,
        examples=[examples.GRAPH, examples.NO_PROBLEMS, examples.PROBLEMS],
        tags=["versions"],
        summary="Find the problems of a graph",
    )
    @extend_schema(
        methods=["GET"],
        responses=shown.ProblemsSerializer,
        examples=[examples.NO_PROBLEMS, examples.PROBLEMS],
        tags=["versions"],
        operation_id="workflows_validate_draft",
        summary="Find the problems of the stored draft",
    )
    @action(detail=True, methods=["post", "get"])
    def validate(self, request: Request, pk: UUID) -> Response:
        """Problems of the graph in the body, or without one of the stored draft."""
        workflow = find_workflow(person(request), pk, Access.VIEWER)
        if request.data:
            given = valid_data(shown.GraphSerializer(data=request.data))
            document = {"nodes": given["nodes"], "edges": given["edges"]}
        else:
            document = versions.latest_version(workflow).document
        return Response({"problems": [problem.as_json() for problem in versions.check_graph(document)]})

    @extend_schema(
        request=shown.NameSerializer, responses={201: shown.WorkflowDetailSerializer}, tags=["workflows"]
    )
    @action(detail=True, methods=["post"])
    def duplicate(self, request: Request, pk: UUID) -> Response:
        """A copy of one's own, as a draft."""
        name = valid_data(shown.NameSerializer(data=request.data))["name"]
        copy = definitions.duplicate_workflow(person(request), pk, name=name)
        return self._detail(request, copy.pk, CREATED)

    @extend_schema(
        methods=["POST"],
        request=None,
        responses={200: shown.WorkflowDetailSerializer},
        tags=["workflows"],
        summary="Put it away: it is kept and cannot be run",
    )
    @extend_schema(
        methods=["DELETE"],
        request=None,
        responses={200: shown.WorkflowDetailSerializer},
        tags=["workflows"],
        operation_id="workflows_unarchive",
        summary="Take it out of the archive",
    )
    @action(detail=True, methods=["post", "delete"])
    def archive(self, request: Request, pk: UUID) -> Response:
        """Put it away (POST) or take it out again (DELETE)."""
        definitions.archive_workflow(person(request), pk, archived=request.method == "POST")
        return self._detail(request, pk)

    @extend_schema(
        methods=["PUT"], request=None, responses={204: None}, tags=["workflows"], summary="Star it"
    )
    @extend_schema(
        methods=["DELETE"],
        request=None,
        responses={204: None},
        tags=["workflows"],
        operation_id="workflows_unfavorite",
        summary="Take the star away",
    )
    @action(detail=True, methods=["put", "delete"])
    def favorite(self, request: Request, pk: UUID) -> Response:
        """Star it, or take the star away."""
        sharing.set_favorite(person(request), pk, favorite=request.method == "PUT")
        return Response(status=NO_CONTENT)

    @extend_schema(responses={200: dict}, tags=["workflows"])
    @action(detail=True, methods=["get"])
    def export(self, request: Request, pk: UUID) -> Response:
        """The workflow as one JSON document that `import/` takes."""
        return Response(transfer.export_workflow(person(request), pk))

    @extend_schema(request=dict, responses={201: shown.WorkflowDetailSerializer}, tags=["workflows"])
    @action(detail=False, methods=["post"], url_path="import", url_name="import")
    def import_(self, request: Request) -> Response:
        """A new workflow from an exported document, as a draft of one's own."""
        workflow = transfer.import_workflow(person(request), request.data)
        return self._detail(request, workflow.pk, CREATED)

    def _change(self, request: Request, pk: UUID, *, partial: bool) -> Response:
        given = valid_data(shown.WorkflowWriteSerializer(data=request.data, partial=partial))
        saved = definitions.change_workflow(person(request), pk, **given)
        return self._detail(request, pk, latest=saved)

    def _detail(
        self,
        request: Request,
        pk: UUID,
        code: int = status.HTTP_200_OK,
        *,
        latest: WorkflowVersion | None = None,
    ) -> Response:
        """``latest`` where it has just been written, and need not be read again."""
        workflow = workflow_row(person(request), pk)
        if workflow is None:
            raise NotFound("There is no such workflow, or none that you may see.")
        graph = latest or versions.latest_version(workflow)
        return Response(shown.workflow_detail(workflow, graph), status=code)


class NodeTypesView(APIView):
    @extend_schema(
        responses=shown.NodeTypeSerializer(many=True),
        parameters=[INTERNAL],
        tags=["workflows"],
        operation_id="node_types_list",
    )
    def get(self, request: Request) -> Response:
        """Every node type that workflows may be made of, with its JSON Schema."""
        types = list(node_types if request.query_params.get("internal") == "true" else node_types.offered())
        key = f"node-types:{_fingerprint(types)}"
        kept = cache.get(key)
        if kept is None:
            kept = [dict(each) for each in shown.NodeTypeSerializer(types, many=True).data]
            cache.set(key, kept, 3_600)
        return Response(kept)


def _fingerprint(types: Iterable[NodeType]) -> str:
    """Which types there are, and of which release of their code: another one is another registry."""
    files = {sys.modules[each.config.__module__].__file__ for each in types}
    stamps = [(name, Path(name).stat().st_mtime_ns) for name in sorted(filter(None, files))]
    names = sorted(each.name for each in types)
    return hashlib.sha256(repr((names, stamps)).encode()).hexdigest()[:32]
