"""The API of the library: folders, tags, templates."""

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
from orchestrator.core.api.pagination import IdCursorPagination
from orchestrator.core.params import text_of
from orchestrator.workflows.api import examples
from orchestrator.workflows.api import library_serializers as shown
from orchestrator.workflows.api.serializers import WorkflowDetailSerializer, workflow_detail
from orchestrator.workflows.models import Folder, WorkflowTemplate
from orchestrator.workflows.queries import workflow_rows
from orchestrator.workflows.queries.tags import tags_of
from orchestrator.workflows.queries.templates import templates_for
from orchestrator.workflows.services import folders, tags, templates
from orchestrator.workflows.services.versions import latest_version

CONTENTS = OpenApiParameter(
    "contents", str, enum=["move_up"], description="What becomes of what is in it. Without: 409 unless empty"
)
WORKFLOW = OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="Id of the workflow")


class PathPagination(IdCursorPagination):
    ordering = "path"


class NamePagination(IdCursorPagination):
    ordering = "name"


@extend_schema_view(get=extend_schema(tags=["library"], operation_id="folders_list"))
class FoldersView(ListAPIView[Folder]):
    """Your folders, in the order of their paths."""

    queryset = Folder.objects.none()
    serializer_class = shown.FolderSerializer
    pagination_class = PathPagination

    def get_queryset(self) -> QuerySet[Folder]:
        return Folder.objects.filter(owner=person(self.request))

    @extend_schema(
        request=shown.FolderWriteSerializer,
        responses={201: shown.FolderSerializer},
        examples=[examples.NEW_FOLDER],
        tags=["library"],
        operation_id="folders_create",
    )
    def post(self, request: Request) -> Response:
        """Make a folder."""
        given = valid_data(shown.FolderWriteSerializer(data=request.data))
        folder = folders.create_folder(person(request), name=given["name"], parent_id=given.get("parent"))
        return Response(shown.FolderSerializer(folder).data, status=status.HTTP_201_CREATED)


class FolderView(APIView):
    @extend_schema(responses=shown.FolderSerializer, tags=["library"], operation_id="folders_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One folder."""
        return Response(shown.FolderSerializer(folders.find_folder(person(request), pk)).data)

    @extend_schema(
        request=shown.FolderWriteSerializer(partial=True),
        responses=shown.FolderSerializer,
        tags=["library"],
        operation_id="folders_partial_update",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Rename it, or move it with all that is in it."""
        given = valid_data(shown.FolderWriteSerializer(data=request.data, partial=True))
        changed = folders.change_folder(
            person(request), pk, name=given.get("name"), parent_id=given.get("parent", "stays")
        )
        return Response(shown.FolderSerializer(changed).data)

    @extend_schema(
        parameters=[CONTENTS], responses={204: None}, tags=["library"], operation_id="folders_destroy"
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete it. The workflows in it stay."""
        move_up = request.query_params.get("contents") == "move_up"
        folders.delete_folder(person(request), pk, move_up=move_up)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TagsView(APIView):
    @extend_schema(responses=shown.TagSerializer(many=True), tags=["library"], operation_id="tags_list")
    def get(self, request: Request) -> Response:
        """The tags of your own workflows, with how many have each; the first thousand."""
        rows = tags_of(person(request))[:1_000]
        return Response([{"name": row["name_"], "count": row["count"]} for row in rows])


class RenameTagView(APIView):
    @extend_schema(
        request=shown.RenameTagSerializer,
        responses=shown.TagCountSerializer,
        tags=["library"],
        operation_id="tags_rename",
    )
    def post(self, request: Request) -> Response:
        """Call a tag otherwise in all your workflows; into one that exists, the two become one."""
        given = valid_data(shown.RenameTagSerializer(data=request.data))
        return Response({"workflows": tags.rename_tag(person(request), given["tag"], given["new"])})


class DeleteTagView(APIView):
    @extend_schema(
        request=shown.TagNameSerializer,
        responses=shown.TagCountSerializer,
        tags=["library"],
        operation_id="tags_delete",
    )
    def post(self, request: Request) -> Response:
        """Take a tag from all your workflows."""
        given = valid_data(shown.TagNameSerializer(data=request.data))
        return Response({"workflows": tags.delete_tag(person(request), given["tag"])})


@extend_schema_view(
    get=extend_schema(
        tags=["library"],
        operation_id="templates_list",
        parameters=[
            OpenApiParameter("search", str, description="Words, or their beginnings"),
            OpenApiParameter("category", str),
        ],
    )
)
class TemplatesView(ListAPIView[WorkflowTemplate]):
    """Templates by name: those that come with the product, and those that people published."""

    queryset = WorkflowTemplate.objects.none()
    serializer_class = shown.TemplateSerializer
    pagination_class = NamePagination
    filter_backends = ()

    def get_queryset(self) -> QuerySet[WorkflowTemplate]:
        query = self.request.query_params
        search, category = (text_of(query, name) for name in ("search", "category"))
        return templates_for(person(self.request), search=search, category=category)


class TemplateView(APIView):
    @extend_schema(
        responses=shown.TemplateDetailSerializer, tags=["library"], operation_id="templates_retrieve"
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One template with its graph."""
        template = templates.find_template(person(request), pk)
        return Response(shown.TemplateDetailSerializer(template).data)


class UseTemplateView(APIView):
    @extend_schema(
        request=shown.UseTemplateSerializer,
        responses={201: WorkflowDetailSerializer},
        examples=[examples.USE_TEMPLATE],
        tags=["library"],
        operation_id="templates_use",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Begin a workflow of your own with a copy of its graph."""
        given: dict[str, Any] = valid_data(shown.UseTemplateSerializer(data=request.data))
        user = person(request)
        made = templates.use_template(user, pk, **given)
        [workflow] = workflow_rows(user, [made.pk])
        detail = workflow_detail(workflow, latest_version(workflow))
        return Response(detail, status=status.HTTP_201_CREATED)


class WorkflowTemplateView(APIView):
    """Whether a workflow is a template, and what people read of it."""

    @extend_schema(
        request=shown.PublishTemplateSerializer,
        responses=shown.TemplateSerializer,
        parameters=[WORKFLOW],
        tags=["library"],
        operation_id="workflows_publish_template",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Publish the current version as a template, or bring the template up to date."""
        given = valid_data(shown.PublishTemplateSerializer(data=request.data))
        template = templates.publish_template(person(request), pk, **given)
        return Response(shown.TemplateSerializer(template).data)

    @extend_schema(
        responses={204: None},
        parameters=[WORKFLOW],
        tags=["library"],
        operation_id="workflows_withdraw_template",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Withdraw the template. Workflows that began with it stay."""
        templates.withdraw_template(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)
