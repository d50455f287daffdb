"""Folders, tags, templates and bulk jobs as the API shows and takes them."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from orchestrator.accounts.api.serializers import PersonSerializer
from orchestrator.core.api.fields import JsonObjectField, JsonObjectsField
from orchestrator.workflows.api.serializers import TagsField
from orchestrator.workflows.domain.folders import MAX_PATH
from orchestrator.workflows.models import BulkJob, BulkJobError, BulkState, Folder, WorkflowTemplate

_WORKFLOWS: Final = "workflows: tag, untag, move, archive, unarchive, delete"
_RUNS: Final = "executions: cancel, retry"
_PARAMETERS: Final = "tag, untag: `tags`; move: `folder_id`; cancel: `reason`; retry: `from`, `version`"


class FolderSerializer(serializers.ModelSerializer[Folder]):
    parent = serializers.UUIDField(source="parent_id", allow_null=True, read_only=True)  # type: ignore[assignment]  # not Field.parent

    class Meta:
        model = Folder
        fields = ["id", "name", "path", "parent", "depth", "created_at"]


class FolderWriteSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    parent = serializers.UUIDField(  # type: ignore[assignment]  # not Field.parent
        required=False, allow_null=True, help_text="Null or absent: at the top"
    )


class TagNameSerializer(serializers.Serializer[Any]):
    tag = serializers.CharField(max_length=200)


class RenameTagSerializer(TagNameSerializer):
    new = serializers.CharField(max_length=200)


class TagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    count = serializers.IntegerField()


class TagCountSerializer(serializers.Serializer[Any]):
    workflows = serializers.IntegerField(help_text="How many were changed")


class TemplateSerializer(serializers.ModelSerializer[WorkflowTemplate]):
    """A row of the gallery: without the graph."""

    author = PersonSerializer(read_only=True, allow_null=True)
    tags = TagsField()
    builtin = serializers.SerializerMethodField(help_text="Whether it comes with the product")

    class Meta:
        model = WorkflowTemplate
        fields = [
            "id", "name", "description", "category", "tags", "builtin", "author", "uses", "created_at",
            "updated_at",
        ]  # fmt: skip

    def get_builtin(self, template: WorkflowTemplate) -> bool:
        return bool(template.builtin)


class TemplateDetailSerializer(TemplateSerializer):
    nodes = JsonObjectsField()
    edges = JsonObjectsField()
    settings = JsonObjectField()

    class Meta(TemplateSerializer.Meta):
        fields = [*TemplateSerializer.Meta.fields, "nodes", "edges", "settings"]


class UseTemplateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    folder = serializers.CharField(required=False, allow_blank=True, max_length=MAX_PATH, default="")


class PublishTemplateSerializer(serializers.Serializer[Any]):
    description = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    category = serializers.CharField(required=False, allow_blank=True, max_length=100)


class BulkJobSerializer(serializers.ModelSerializer[BulkJob]):
    state = serializers.ChoiceField(BulkState.choices)
    total = serializers.IntegerField(allow_null=True, help_text="Null until they were counted")
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    parameters = JsonObjectField()

    class Meta:
        model = BulkJob
        fields = [
            "id", "subject", "action", "parameters", "state", "reason", "total", "done", "failed",
            "cancel_requested", "created_at", "started_at", "finished_at",
        ]  # fmt: skip


class BulkJobErrorSerializer(serializers.ModelSerializer[BulkJobError]):
    class Meta:
        model = BulkJobError
        fields = ["object_id", "label", "code", "message"]


class BulkJobWriteSerializer(serializers.Serializer[Any]):
    """Either ``ids`` or ``filters``."""

    subject = serializers.CharField(max_length=30, help_text="`workflows` or `executions`")
    action = serializers.CharField(
        max_length=30,
        help_text=f"{_WORKFLOWS}; {_RUNS}",
    )
    parameters = JsonObjectField(
        required=False,
        help_text=_PARAMETERS,
    )
    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=1_000)
    filters = JsonObjectField(
        required=False, help_text="As in the list's address: each a text, or a list of texts"
    )


class KeepSerializer(serializers.Serializer[Any]):
    keep = serializers.IntegerField(min_value=1, max_value=10_000, help_text="How many of the newest stay")


class ArchivedSerializer(serializers.Serializer[Any]):
    archived = serializers.IntegerField(help_text="How many went")
