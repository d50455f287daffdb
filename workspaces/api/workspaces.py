"""The API of workspaces: CRUD, their timelines, who is in them, and the way to the release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.parsers import JsonParser
from orchestrator.core.web.ranges import harmless_file_answer
from workspaces.access import May, find_workspace
from workspaces.api import workspace_examples as examples
from workspaces.api import workspace_serializers as given
from workspaces.domain.vocabulary import MessageType, WorkspaceStatus
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMember, WorkspaceMessage
from workspaces.queries.workspaces import members_of, workspaces_of
from workspaces.services import lifecycle, members
from workspaces.services.attachments import find_file
from workspaces.services.notes import write_note
from workspaces.services.removing import delete_workspace

TAG = ["workspaces"]


def _shown(workspace: PatternWorkspace, code: int = 200) -> Response:
    return Response(given.WorkspaceSerializer(workspace).data, status=code)


class WorkspaceFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    status = django_filters.MultipleChoiceFilter(
        choices=[(each.value, each.value) for each in WorkspaceStatus]
    )
    mine = django_filters.BooleanFilter(method="of_person")

    class Meta:
        model = PatternWorkspace
        fields = ["status", "pattern_type"]

    def of_person(
        self, rows: QuerySet[PatternWorkspace], name: str, value: bool
    ) -> QuerySet[PatternWorkspace]:
        return rows.filter(created_by=self.request.user) if value else rows


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_list"))
class WorkspacesView(ListAPIView[PatternWorkspace]):
    """Workspaces that you began or were let into, the newest first."""

    queryset = PatternWorkspace.objects.none()
    serializer_class = given.WorkspaceSerializer
    filterset_class = WorkspaceFilter

    def get_queryset(self) -> QuerySet[PatternWorkspace]:
        return workspaces_of(person(self.request))

    @extend_schema(
        request=given.CreateWorkspaceSerializer,
        responses={201: given.WorkspaceSerializer},
        examples=[examples.CREATE],
        tags=TAG,
        operation_id="workspaces_create",
    )
    def post(self, request: Request) -> Response:
        """Begin the workspace of a pattern type; there is one of each."""
        data = valid_data(given.CreateWorkspaceSerializer(data=request.data))
        return _shown(lifecycle.create_workspace(person(request), **data), status.HTTP_201_CREATED)


class WorkspaceView(APIView):
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(responses=given.WorkspaceSerializer, tags=TAG, operation_id="workspaces_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        """One workspace with its counters."""
        return _shown(find_workspace(person(request), pk))

    @extend_schema(
        request=given.DescribeSerializer,
        responses=given.WorkspaceSerializer,
        examples=[examples.DESCRIBE, examples.RENAME],
        tags=TAG,
        operation_id="workspaces_describe",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Name or describe the pattern. What is left out stays, files are added.

        A description is told in the timeline; a name or a category is not. Files go as `multipart/form-data`,
        each as a part `files`.
        """
        user = person(request)
        find_workspace(user, pk, May.WORK)  # before so much is read
        data = valid_data(given.DescribeSerializer(data=request.data))
        workspace = lifecycle.describe(
            user,
            pk,
            files=request.FILES.getlist("files"),
            name=data.get("name"),
            category=data.get("category"),
            description=data.get("description"),
            reasoning=data.get("user_reasoning"),
            steps=data.get("identification_steps"),
        )
        return _shown(workspace)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="workspaces_destroy")
    def delete(self, request: Request, pk: UUID) -> Response:
        """Delete it with everything in it, for good."""
        delete_workspace(person(request), pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MessageFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    type = django_filters.ChoiceFilter(choices=[(each.value, each.value) for each in MessageType])

    class Meta:
        model = WorkspaceMessage
        fields = ["type"]


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_messages_list"))
class MessagesView(ListAPIView[WorkspaceMessage]):
    """The timeline, the newest first."""

    queryset = WorkspaceMessage.objects.none()
    parser_classes = (JsonParser, MultiPartParser)
    serializer_class = given.MessageSerializer
    filterset_class = MessageFilter

    def get_queryset(self) -> QuerySet[WorkspaceMessage]:
        if getattr(self, "swagger_fake_view", False):
            return WorkspaceMessage.objects.none()
        workspace = find_workspace(person(self.request), self.kwargs["pk"])
        return WorkspaceMessage.objects.filter(workspace=workspace).select_related("author")

    @extend_schema(
        request=given.TimelineNoteSerializer,
        responses={201: given.MessageSerializer},
        examples=[examples.NOTE],
        tags=TAG,
        operation_id="workspaces_messages_create",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Write a note, send files, or both.

        Files go as `multipart/form-data`, each as a part `files`: PNG, JPEG, WebP, MP4, WebM, PDF, CSV or
        plain text, told by their content.
        """
        user = person(request)
        find_workspace(user, pk, May.WORK)  # before so much is read
        data = valid_data(given.TimelineNoteSerializer(data=request.data))
        files = request.FILES.getlist("files")
        message = write_note(user, pk, text=data["content"], files=files)
        return Response(given.MessageSerializer(message).data, status=status.HTTP_201_CREATED)


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_files_list"))
class FilesView(ListAPIView[Attachment]):
    """Files of a workspace's timeline and description, the newest first."""

    queryset = Attachment.objects.none()
    serializer_class = given.FileSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Attachment]:
        if getattr(self, "swagger_fake_view", False):
            return Attachment.objects.none()
        workspace = find_workspace(person(self.request), self.kwargs["pk"])
        return Attachment.objects.filter(workspace=workspace).select_related("uploaded_by")


class FileView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("file_id", UUID, OpenApiParameter.PATH)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        tags=TAG,
        operation_id="workspaces_file",
    )
    def get(self, request: Request, pk: UUID, file_id: UUID) -> HttpResponseBase:
        """The file itself, as a download; `Range` gives a part of it."""
        row, path = find_file(find_workspace(person(request), pk), file_id)
        return harmless_file_answer(request._request, path, row.media_type, row.name, download=True)


def _decision(name: str) -> Callable[[Any], Any]:
    return extend_schema(
        request=given.CommentSerializer,
        responses=given.WorkspaceSerializer,
        examples=[examples.COMMENT],
        tags=TAG,
        operation_id=f"workspaces_{name}",
    )


def _comment(request: Request) -> str:
    comment: str = valid_data(given.CommentSerializer(data=request.data))["comment"]
    return comment


class ApproveView(APIView):
    @_decision("approve")
    def post(self, request: Request, pk: UUID) -> Response:
        """Beta → in review: it holds for good, as you see it."""
        return _shown(lifecycle.approve(person(request), pk, comment=_comment(request)))


class VerifyView(APIView):
    @_decision("verify")
    def post(self, request: Request, pk: UUID) -> Response:
        """In review → verified, by an admin who did not approve it."""
        return _shown(lifecycle.verify(person(request), pk, comment=_comment(request)))


class SendBackView(APIView):
    @_decision("send_back")
    def post(self, request: Request, pk: UUID) -> Response:
        """Back to beta, by an admin, with a reason."""
        return _shown(lifecycle.send_back(person(request), pk, comment=_comment(request)))


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="workspaces_members_list"))
class MembersView(ListAPIView[WorkspaceMember]):
    """Who was let in. The owner is the one who began it: `created_by`."""

    queryset = WorkspaceMember.objects.none()
    serializer_class = given.MemberSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[WorkspaceMember]:
        if getattr(self, "swagger_fake_view", False):
            return WorkspaceMember.objects.none()
        return members_of(find_workspace(person(self.request), self.kwargs["pk"]))

    @extend_schema(
        request=given.LetInSerializer,
        responses={201: given.MemberSerializer},
        examples=[examples.LET_IN],
        tags=TAG,
        operation_id="workspaces_members_let_in",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Let somebody in, or give them another access."""
        data = valid_data(given.LetInSerializer(data=request.data))
        member = members.let_in(person(request), pk, **data)
        return Response(given.MemberSerializer(member).data, status=status.HTTP_201_CREATED)


class MemberView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("user_id", UUID, OpenApiParameter.PATH)],
        responses={204: None},
        tags=TAG,
        operation_id="workspaces_members_take_back",
    )
    def delete(self, request: Request, pk: UUID, user_id: UUID) -> Response:
        """Take it back; by your own id you leave. 409 for the owner, who stays."""
        members.take_back(person(request), pk, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
