"""Workspaces, their messages and members as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workspaces.domain.vocabulary import Access, AuthorType, MessageStatus, MessageType
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMember, WorkspaceMessage


class WorkspaceSerializer(serializers.ModelSerializer[PatternWorkspace]):
    created_by = serializers.CharField(source="created_by.username", read_only=True)
    approved_by = serializers.CharField(source="approved_by.username", allow_null=True, default=None)
    verified_by = serializers.CharField(source="verified_by.username", allow_null=True, default=None)
    identification_steps = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = PatternWorkspace
        fields = (
            "id", "pattern_type", "name", "category", "status", "version", "description", "user_reasoning",
            "identification_steps", "attachments", "session_count", "feedback_count", "success_rate",
            "last_tested_at", "created_by", "created_at", "updated_at", "implemented_at", "approved_by",
            "approved_at", "verified_by", "verified_at",
        )  # fmt: skip


class CreateWorkspaceSerializer(serializers.Serializer[Any]):
    pattern_type = serializers.CharField(max_length=50)
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    category = serializers.CharField(max_length=50, required=False, default="", allow_blank=True)
    description = serializers.CharField(max_length=10_000, required=False, default="", allow_blank=True)


class DescribeSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=200, required=False)
    category = serializers.CharField(max_length=50, required=False, allow_blank=True)
    description = serializers.CharField(max_length=10_000, required=False)
    user_reasoning = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    identification_steps = serializers.ListField(child=serializers.CharField(), required=False)


class MessageSerializer(serializers.ModelSerializer[WorkspaceMessage]):
    workspace = serializers.UUIDField(source="workspace_id")
    type = serializers.ChoiceField([each.value for each in MessageType])
    author = serializers.CharField(source="author.username", allow_null=True, default=None)
    author_type = serializers.ChoiceField([each.value for each in AuthorType])
    status = serializers.ChoiceField(["", *(each.value for each in MessageStatus)])
    attachments = serializers.ListField(child=serializers.CharField(), help_text="Addresses on this server")
    session = serializers.UUIDField(source="session_id", allow_null=True)
    feedback = serializers.UUIDField(source="feedback_id", allow_null=True)
    execution = serializers.UUIDField(source="execution_id", allow_null=True)

    class Meta:
        model = WorkspaceMessage
        fields = (
            "id", "workspace", "type", "created_at", "updated_at", "author", "author_type", "title",
            "content", "data", "attachments", "session", "feedback", "execution", "status", "progress",
        )  # fmt: skip


class FileSerializer(serializers.ModelSerializer[Attachment]):
    uploaded_by = serializers.CharField(source="uploaded_by.username")
    url = serializers.SerializerMethodField(help_text="Where it is given out, below this server's address")

    class Meta:
        model = Attachment
        fields = ("id", "name", "media_type", "size", "uploaded_by", "created_at", "url")

    def get_url(self, row: Attachment) -> str:
        return f"/api/v1/workspaces/{row.workspace_id}/files/{row.pk}/"


class TimelineNoteSerializer(serializers.Serializer[Any]):
    content = serializers.CharField(trim_whitespace=False, required=False, default="", allow_blank=True)


class CommentSerializer(serializers.Serializer[Any]):
    comment = serializers.CharField(max_length=4_000, required=False, default="", allow_blank=True)


class MemberSerializer(serializers.ModelSerializer[WorkspaceMember]):
    user = serializers.UUIDField(source="user_id")
    username = serializers.CharField(source="user.username")
    access = serializers.ChoiceField([each.value for each in Access])

    class Meta:
        model = WorkspaceMember
        fields = ("user", "username", "access", "created_at")


class LetInSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    access = serializers.ChoiceField([each.value for each in Access], default=Access.VIEWER.value)
