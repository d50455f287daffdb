"""What staff send to write single rows of a draft. What rows may hold, their services check."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orchestrator.core.api.fields import JsonObjectField, JsonObjectsField
from process.api.serializers import ScopeWriteSerializer


class _Order(serializers.Serializer[Any]):
    order_index = serializers.IntegerField(
        required=False, min_value=0, max_value=2_147_483_647, help_text="Unless given, after all others"
    )


class _Conditional(serializers.Serializer[Any]):
    condition_type = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=50,
        help_text="`scope_match`, `profile_flag`, `profile_boundary`, `section_selected`, `section_active`, "
        "`expression`; `always` or nothing for what always holds",
    )
    condition_value = serializers.JSONField(required=False, allow_null=True)


class VersionChangeSerializer(serializers.Serializer[Any]):
    version_name = serializers.CharField(required=False, max_length=100)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    profile_flags = JsonObjectsField(required=False)


class CommitmentChangeSerializer(_Order):
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000)


class NodeChangeSerializer(_Order):
    node_type = serializers.CharField(max_length=50)
    node_key = serializers.CharField(max_length=100)
    node_name = serializers.CharField(max_length=200)
    purpose = serializers.CharField(max_length=20_000)
    outcome = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    user_facing_text = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    form = serializers.CharField(
        required=False, allow_blank=True, max_length=16, help_text="`scope`, `profile` or nothing"
    )
    is_optional = serializers.BooleanField(required=False)
    requires_completion = serializers.BooleanField(required=False)
    agent_objective = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    agent_constraints = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class EdgeChangeSerializer(_Order, _Conditional):
    from_node = serializers.UUIDField()
    to_node = serializers.UUIDField()
    edge_label = serializers.CharField(required=False, allow_blank=True, max_length=100)


class SectionChangeSerializer(_Order):
    section_key = serializers.CharField(max_length=100)
    section_name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    is_core = serializers.BooleanField(required=False)
    requires_scope = serializers.CharField(required=False, allow_blank=True, max_length=50)
    requires_profile_flags = JsonObjectField(required=False)
    unlock_after_section = serializers.UUIDField(required=False, allow_null=True)
    minimum_prompts_required = serializers.IntegerField(required=False, min_value=0, max_value=100_000)


class PromptChangeSerializer(_Order, _Conditional):
    prompt_key = serializers.CharField(max_length=100)
    prompt_text = serializers.CharField(max_length=20_000)
    prompt_type = serializers.CharField(required=False, allow_blank=True, max_length=50)
    is_required = serializers.BooleanField(required=False)
    is_sensitive = serializers.BooleanField(required=False)
    sensitivity_tier = serializers.IntegerField(
        required=False, min_value=1, max_value=3, help_text="1 safe, 2 optional, 3 private"
    )
    response_format = serializers.CharField(
        required=False, max_length=50, help_text="`text`, `voice`, `checkbox` or `multi_select`"
    )
    choices = JsonObjectsField(required=False)
    max_length = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2_147_483_647
    )
    example_response = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class _OfVersion(serializers.Serializer[Any]):
    version = serializers.UUIDField(help_text="A draft, in which the row stays")


class CommitmentCreateSerializer(_OfVersion, CommitmentChangeSerializer):
    pass


class NodeCreateSerializer(_OfVersion, NodeChangeSerializer):
    pass


class EdgeCreateSerializer(_OfVersion, EdgeChangeSerializer):
    pass


class SectionCreateSerializer(_OfVersion, SectionChangeSerializer):
    pass


class PromptCreateSerializer(PromptChangeSerializer):
    node = serializers.UUIDField(help_text="A phase of a draft, in which the prompt stays")


class PackPromptWriteSerializer(serializers.Serializer[Any]):
    prompt_key = serializers.CharField(max_length=100)
    prompt_text = serializers.CharField(max_length=20_000)
    prompt_type = serializers.CharField(required=False, allow_blank=True, max_length=50)
    is_required = serializers.BooleanField(required=False)


class PackWriteSerializer(serializers.Serializer[Any]):
    template_name = serializers.CharField(max_length=100)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    version = serializers.UUIDField(
        required=False, allow_null=True, source="process_version_id", help_text="Null: for all versions"
    )
    prompts = PackPromptWriteSerializer(
        many=True, required=False, help_text="In their order; in place of all that it has"
    )


class ApplyPackSerializer(serializers.Serializer[Any]):
    version = serializers.UUIDField(help_text="A draft")
    nodes = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=2_000, help_text="Keys of its phases"
    )
    prefix = serializers.CharField(
        required=False, allow_blank=True, max_length=60, default="", help_text="Put before the keys"
    )
    section = serializers.CharField(
        required=False, allow_blank=True, max_length=100, default="", help_text="Where they are asked"
    )


class SectionPromptsSerializer(serializers.Serializer[Any]):
    prompts = serializers.ListField(
        child=serializers.UUIDField(), max_length=20_000, help_text="All that are asked in it, in order"
    )


class SimulateSerializer(serializers.Serializer[Any]):
    scope = ScopeWriteSerializer(required=False, allow_null=True, default=None)
    profile = JsonObjectField(required=False, allow_null=True, default=None)
    answers = JsonObjectField(required=False, default=dict, help_text="By `node.prompt`")
    sections = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        allow_null=True,
        default=None,
        help_text="Keys of those to work on; null for all that open",
    )
    skipped = serializers.ListField(child=serializers.CharField(max_length=100), required=False, default=list)
    fills = serializers.BooleanField(
        required=False, default=True, help_text="Whether what is not answered gets a stand-in"
    )
