"""Coding runs and versions as the API shows and takes them."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from workspaces.domain.vocabulary import Backend, DeployStatus, Phase, RunStatus
from workspaces.models import AlgorithmVersion, ClaudeExecution

RUN_STATUSES: Final = [each.value for each in RunStatus]
BACKENDS: Final = [each.value for each in Backend]
SEND: Final = OpenApiExample("To the agent", value={"backend": "claude"}, request_only=True)
RETRY: Final = OpenApiExample(
    "After two reviews were taken back", value={"reason": "Two reviews contradicted."}, request_only=True
)
ROLL_BACK: Final = OpenApiExample("Ghosts", value={"reason": "It sees ghosts at night."}, request_only=True)


class CodingRunListSerializer(serializers.ModelSerializer[ClaudeExecution]):
    workspace = serializers.UUIDField(source="workspace_id")
    triggered_by = serializers.UUIDField(source="triggered_by_id")
    parent_execution = serializers.UUIDField(source="parent_execution_id", allow_null=True)
    backend = serializers.ChoiceField(BACKENDS)
    status = serializers.ChoiceField(RUN_STATUSES)
    phase = serializers.ChoiceField([each.value for each in Phase], allow_blank=True)
    deploy_status = serializers.ChoiceField([each.value for each in DeployStatus], allow_blank=True)
    score_before = serializers.JSONField(help_text="`kept` of `all` reviews, and by verdict")
    score_after = serializers.JSONField()

    class Meta:
        model = ClaudeExecution
        fields: tuple[str, ...] = (
            "id", "workspace", "triggered_by", "triggered_at", "backend", "model", "turns", "input_tokens",
            "output_tokens", "cost", "status", "phase", "progress",
            "feedback_ids", "completed_at", "files_changed", "base_commit", "commit_hash", "score_before",
            "score_after", "deploy_status", "deploy_url", "retry_count", "max_retries", "retry_reason",
            "parent_execution", "error", "errored_at",
        )  # fmt: skip


class CodingRunSerializer(CodingRunListSerializer):
    phases = serializers.JSONField(help_text="By phase: `started_at`, `completed_at`, `times`")
    log = serializers.JSONField(
        help_text="What an agent did, the latest last: `at`, `kind` (said, used, refused, wrong), `name`, "
        "`what`, `why`"
    )
    checkpoints = serializers.JSONField(help_text="Where it goes on after an interruption; the last counts")

    class Meta(CodingRunListSerializer.Meta):
        fields = (
            *CodingRunListSerializer.Meta.fields,
            "phases", "checkpoints", "log", "prompt_file", "commit_message", "diff", "deploy_started_at",
            "deploy_completed_at", "deploy_logs",
        )  # fmt: skip


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=4_000)


class SendSerializer(serializers.Serializer[Any]):
    backend = serializers.ChoiceField(
        BACKENDS, required=False, allow_blank=True, default="", help_text="Empty: the server's usual one"
    )


class RetryCodingRunSerializer(ReasonSerializer):
    backend = serializers.ChoiceField(
        BACKENDS, required=False, allow_blank=True, default="", help_text="Empty: the one that failed"
    )


class BackendSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(BACKENDS)
    title = serializers.CharField()
    about = serializers.CharField()
    missing = serializers.CharField(help_text="What it lacks, and what to do; empty: it is ready")
    is_default = serializers.BooleanField()


class AlgorithmVersionSerializer(serializers.ModelSerializer[AlgorithmVersion]):
    execution = serializers.UUIDField(
        source="execution_id", allow_null=True, help_text="The run that made it"
    )
    parameters = serializers.JSONField()

    class Meta:
        model = AlgorithmVersion
        fields = ("id", "number", "commit_hash", "parameters", "execution", "is_current", "created_at")
