"""Workflows as the API shows and takes them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orchestrator.accounts.api.serializers import PersonSerializer, shown_person
from orchestrator.core.api.fields import JsonObjectField, JsonObjectsField
from orchestrator.core.json import JsonObject
from orchestrator.workflows.domain.folders import MAX_PATH
from orchestrator.workflows.models import Access, VersionStatus, Workflow, WorkflowPermission, WorkflowVersion


class TagsField(serializers.ListField):
    child = serializers.CharField()


class WorkflowSerializer(serializers.ModelSerializer[Workflow]):
    """A row of the list: without the graph."""

    owner = PersonSerializer(read_only=True)
    tags = TagsField(required=False)
    settings = JsonObjectField(read_only=True)
    is_favorite = serializers.BooleanField(read_only=True)
    access = serializers.ChoiceField(Access.choices, read_only=True, help_text="What you may do with it")
    folder = serializers.CharField(
        source="folder_path", read_only=True, help_text="Its path, for its owner; empty for others"
    )
    folder_id = serializers.SerializerMethodField()
    current_version = serializers.IntegerField(source="current_number", read_only=True, allow_null=True)

    class Meta:
        model = Workflow
        fields = [
            "id", "name", "description", "owner", "category", "folder", "folder_id", "tags", "status",
            "is_template", "is_public", "settings", "estimated_minutes", "is_favorite", "access",
            "current_version", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["id", "status", "is_template", "created_at", "updated_at"]

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_folder_id(self, workflow: Workflow) -> UUID | None:
        return workflow.folder_id if getattr(workflow, "folder_path", "") else None

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """By hand: the fields' own way takes longer than the database does for a page of workflows."""
        return {
            "id": instance.pk,
            "name": instance.name,
            "description": instance.description,
            "owner": shown_person(instance.owner),
            "category": instance.category,
            "folder": instance.folder_path,
            "folder_id": self.get_folder_id(instance),
            "tags": instance.tags,
            "status": instance.status,
            "is_template": instance.is_template,
            "is_public": instance.is_public,
            "settings": instance.settings,
            "estimated_minutes": instance.estimated_minutes,
            "is_favorite": instance.is_favorite,
            "access": instance.access,
            "current_version": instance.current_number,
            "created_at": instance.created_at,
            "updated_at": instance.updated_at,
        }


class WorkflowDetailSerializer(WorkflowSerializer):
    """One workflow with the graph that an editor opens: its draft, else its newest version."""

    nodes = JsonObjectsField()
    edges = JsonObjectsField()
    version = serializers.IntegerField(help_text="Number of the version that nodes and edges are")
    version_status = serializers.ChoiceField(VersionStatus.choices)
    checksum = serializers.CharField(help_text="Send as `base_checksum` to notice others' edits")

    class Meta(WorkflowSerializer.Meta):
        fields = [*WorkflowSerializer.Meta.fields, "nodes", "edges", "version", "version_status", "checksum"]


_ROW: Final = WorkflowSerializer()


def workflow_detail(workflow: Workflow, latest: WorkflowVersion) -> dict[str, Any]:
    """The fields of WorkflowDetailSerializer, from the two rows they come from."""
    return {
        **_ROW.to_representation(workflow),
        "nodes": latest.nodes,
        "edges": latest.edges,
        "version": latest.number,
        "version_status": latest.status,
        "checksum": latest.checksum,
    }


class WorkflowWriteSerializer(serializers.ModelSerializer[Workflow]):
    """What a client may set. A graph goes into the draft."""

    tags = TagsField(required=False)
    folder = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_PATH,
        help_text="Path, like `Sales/Reports`; folders that are missing are made",
    )
    settings = JsonObjectField(required=False)
    nodes = JsonObjectsField(required=False)
    edges = JsonObjectsField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    base_checksum = serializers.CharField(required=False, max_length=64)

    class Meta:
        model = Workflow
        fields = [
            "name", "description", "category", "folder", "tags", "settings", "estimated_minutes", "is_public",
            "nodes", "edges", "note", "base_checksum",
        ]  # fmt: skip


class VersionSerializer(serializers.ModelSerializer[WorkflowVersion]):
    """A row of the version history."""

    author = PersonSerializer(read_only=True, allow_null=True)
    parent = serializers.SerializerMethodField()  # type: ignore[assignment]  # not Field.parent

    class Meta:
        model = WorkflowVersion
        fields = [
            "id", "number", "status", "is_current", "parent", "note", "author", "checksum", "created_at",
            "published_at", "archived_at",
        ]  # fmt: skip

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_parent(self, version: WorkflowVersion) -> int | None:
        return version.parent.number if version.parent else None

    def to_representation(self, instance: WorkflowVersion) -> dict[str, Any]:
        """By hand, as for workflows."""
        return {
            "id": instance.pk,
            "number": instance.number,
            "status": instance.status,
            "is_current": instance.is_current,
            "parent": self.get_parent(instance),
            "note": instance.note,
            "author": instance.author and shown_person(instance.author),
            "checksum": instance.checksum,
            "created_at": instance.created_at,
            "published_at": instance.published_at,
            "archived_at": instance.archived_at,
        }


class VersionDetailSerializer(VersionSerializer):
    """A version with its graph."""

    nodes = JsonObjectsField()
    edges = JsonObjectsField()

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "nodes", "edges"]

    def to_representation(self, instance: WorkflowVersion) -> dict[str, Any]:
        return {**super().to_representation(instance), "nodes": instance.nodes, "edges": instance.edges}


class GraphSerializer(serializers.Serializer[Any]):
    nodes = JsonObjectsField()
    edges = JsonObjectsField(required=False, default=list)  # type: ignore[arg-type]  # the stubs expect an object
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class NoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class NameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


@extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/GraphProblem"}})
class GraphProblemsField(serializers.ListField):
    child = serializers.DictField()


class ProblemsSerializer(serializers.Serializer[Any]):
    problems = GraphProblemsField(help_text="Without errors it can be published")


class PermissionSerializer(serializers.ModelSerializer[WorkflowPermission]):
    user = PersonSerializer(read_only=True)

    class Meta:
        model = WorkflowPermission
        fields = ["user", "access", "created_at"]


class PersonToAskSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField(source="get_full_name")
    may_see = serializers.BooleanField(
        help_text="Whether they see the workflow, without which they cannot answer"
    )


class GrantSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    access = serializers.ChoiceField(Access.choices)


class NodeTypeSerializer(serializers.Serializer[Any]):
    """A node type with the JSON Schema of its configuration."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()
    icon = serializers.CharField()
    effect = serializers.SerializerMethodField()
    ports = serializers.SerializerMethodField(help_text="Ports of a node without configuration")
    port_paths = serializers.ListField(
        child=serializers.CharField(),
        help_text="Where the configuration names ports, e.g. `rules.*.port`; empty if they never change",
    )
    raw_fields = serializers.SerializerMethodField(
        help_text='Fields in which `{"=": …}` is not an expression'
    )
    body_field = serializers.CharField(help_text="The field that holds a graph of its own, or empty")
    schema = serializers.SerializerMethodField()

    def get_effect(self, node_type: Any) -> str:
        return "varies" if callable(node_type.effect) else str(node_type.effect)

    def get_ports(self, node_type: Any) -> list[str]:
        return list(node_type.ports({}))

    def get_raw_fields(self, node_type: Any) -> list[str]:
        return sorted(node_type.raw_fields)

    @extend_schema_field(serializers.DictField())
    def get_schema(self, node_type: Any) -> JsonObject:
        schema: JsonObject = node_type.schema()
        return schema
