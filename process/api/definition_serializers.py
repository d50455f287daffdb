"""What staff author, as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orchestrator.core.api.fields import JsonObjectField, JsonObjectsField
from process.models import (
    Commitment,
    FlowEdge,
    PackPrompt,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    PromptPack,
)


class ProcessVersionSerializer(serializers.ModelSerializer[ProcessVersion]):
    """A row of the list."""

    frozen_at = serializers.DateTimeField(allow_null=True, help_text="Since when it cannot be changed")
    cloned_from = serializers.UUIDField(source="cloned_from_id", allow_null=True)

    class Meta:
        model = ProcessVersion
        fields = [
            "id", "version_name", "description", "is_active", "frozen_at", "revision", "cloned_from",
            "created_at", "updated_at",
        ]  # fmt: skip


class CommitmentSerializer(serializers.ModelSerializer[Commitment]):
    version = serializers.UUIDField(source="process_version_id")

    class Meta:
        model = Commitment
        fields = ["id", "version", "order_index", "title", "description"]


class ProcessVersionDetailSerializer(ProcessVersionSerializer):
    profile_flags = JsonObjectsField()
    commitments = CommitmentSerializer(many=True)

    class Meta(ProcessVersionSerializer.Meta):
        fields = [*ProcessVersionSerializer.Meta.fields, "profile_flags", "commitments"]


class ProcessNodeSerializer(serializers.ModelSerializer[ProcessNode]):
    version = serializers.UUIDField(source="process_version_id")
    node_type = serializers.CharField(source="node_type.type_name")
    form = serializers.CharField(help_text="`scope`, `profile` or nothing")

    class Meta:
        model = ProcessNode
        fields = [
            "id", "version", "node_type", "node_key", "node_name", "order_index", "purpose", "outcome",
            "user_facing_text", "form", "is_optional", "requires_completion", "agent_objective",
            "agent_constraints", "x", "y",
        ]  # fmt: skip


class ProcessEdgeSerializer(serializers.ModelSerializer[FlowEdge]):
    version = serializers.UUIDField(source="process_version_id")
    from_node = serializers.UUIDField(source="from_node_id")
    to_node = serializers.UUIDField(source="to_node_id")
    condition_type = serializers.CharField()

    class Meta:
        model = FlowEdge
        fields = [
            "id", "version", "from_node", "to_node", "order_index", "edge_label", "condition_type",
            "condition_value",
        ]  # fmt: skip


class ProcessPromptSerializer(serializers.ModelSerializer[ProcessPrompt]):
    node = serializers.UUIDField(source="process_node_id")
    sensitivity_tier = serializers.IntegerField(help_text="1 safe, 2 optional, 3 private")
    response_format = serializers.CharField(help_text="`text`, `voice`, `checkbox` or `multi_select`")
    condition_type = serializers.CharField()
    choices = JsonObjectsField()

    class Meta:
        model = ProcessPrompt
        fields = [
            "id", "node", "prompt_key", "prompt_text", "prompt_type", "order_index", "is_required",
            "is_sensitive", "sensitivity_tier", "response_format", "choices", "max_length",
            "example_response", "condition_type", "condition_value",
        ]  # fmt: skip


class PackPromptSerializer(serializers.ModelSerializer[PackPrompt]):
    class Meta:
        model = PackPrompt
        fields = ["id", "prompt_key", "prompt_text", "prompt_type", "order_index", "is_required"]


class PromptPackSerializer(serializers.ModelSerializer[PromptPack]):
    version = serializers.UUIDField(source="process_version_id", allow_null=True, help_text="Null: global")
    prompts = PackPromptSerializer(many=True)

    class Meta:
        model = PromptPack
        fields = ["id", "template_name", "description", "is_global", "version", "prompts"]


class ProcessSectionSerializer(serializers.ModelSerializer[ProcessSection]):
    version = serializers.UUIDField(source="process_version_id")
    requires_scope = serializers.CharField()
    requires_profile_flags = JsonObjectField()
    unlock_after_section = serializers.UUIDField(source="unlock_after_section_id", allow_null=True)
    prompts = serializers.SerializerMethodField(help_text="Ids of what is asked in it, in order")

    class Meta:
        model = ProcessSection
        fields = [
            "id", "version", "section_key", "section_name", "description", "order_index", "is_core",
            "requires_scope", "requires_profile_flags", "unlock_after_section", "minimum_prompts_required",
            "prompts",
        ]  # fmt: skip

    def get_prompts(self, section: ProcessSection) -> list[str]:
        return [str(link.process_prompt_id) for link in section.section_prompts.all()]


class ProcessFindingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    place = serializers.CharField(help_text="`node:key`, `edge:id`, `section:key`, `prompt:node.key`")
    forbids = serializers.BooleanField(help_text="Whether the version cannot be activated with it")


class ProcessFindingsSerializer(serializers.Serializer[Any]):
    findings = ProcessFindingSerializer(many=True)


class CloneProcessSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")


class ProcessDifferenceSerializer(serializers.Serializer[Any]):
    change = serializers.CharField(help_text="`added`, `removed` or `changed`")
    kind = serializers.CharField(help_text="`phase`, `prompt`, `way`, `section`, `commitment` or `flag`")
    key = serializers.CharField()
    fields_changed = JsonObjectField(help_text="By name: what it was and what it is")


class ProcessDifferencesSerializer(serializers.Serializer[Any]):
    differences = ProcessDifferenceSerializer(many=True)


class ProcessRunSerializer(serializers.Serializer[Any]):
    complete = serializers.BooleanField(help_text="Whether it comes to an end")
    refused = serializers.CharField(allow_null=True, help_text="Why it does not")
    path = serializers.ListField(child=serializers.CharField(), help_text="Keys of the phases met, in order")
    screens = JsonObjectsField(
        help_text="Of each: its `kind` (`phase`, `section`, `map`, `passed`), what is asked and hidden, "
        "which sections are open and why, and the ways out of the phase as they were tried"
    )


class AppliedPackSerializer(serializers.Serializer[Any]):
    prompts = ProcessPromptSerializer(many=True)
