"""Executions, steps, events and approvals as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orchestrator.accounts.api.serializers import PersonSerializer, shown_person
from orchestrator.core.api.fields import JsonObjectField
from orchestrator.core.json import Json
from orchestrator.executions.models import Approval, ApprovalVote, EventRow, Execution, StepRun
from orchestrator.executions.queries.origins import shown_data, shown_metadata


class WorkflowRefSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ExecutionSerializer(serializers.ModelSerializer[Execution]):
    """A row of the list: no payloads."""

    workflow = WorkflowRefSerializer(read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    started_by = PersonSerializer(read_only=True, allow_null=True)
    trigger = serializers.CharField(source="trigger_type", read_only=True)
    duration_ms = serializers.IntegerField(read_only=True, allow_null=True)
    error = JsonObjectField(read_only=True, allow_null=True, help_text="`message`, `code`, `node`, `at`")
    metrics = JsonObjectField(read_only=True)

    class Meta:
        model = Execution
        fields = [
            "id", "workflow", "version", "status", "trigger", "started_by", "current_node_ids", "error",
            "metrics", "parent", "retry_of", "created_at", "started_at", "finished_at", "duration_ms",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Execution) -> dict[str, Any]:
        """By hand: the fields' own way takes longer than the database does for a page of runs."""
        return {
            "id": instance.pk,
            "workflow": {"id": instance.workflow_id, "name": instance.workflow.name},
            "version": instance.version.number,
            "status": instance.status,
            "trigger": instance.trigger_type,
            "started_by": instance.started_by and shown_person(instance.started_by),
            "current_node_ids": instance.current_node_ids,
            "error": instance.error,
            "metrics": instance.metrics,
            "parent": instance.parent_id,
            "retry_of": instance.retry_of_id,
            "created_at": instance.created_at,
            "started_at": instance.started_at,
            "finished_at": instance.finished_at,
            "duration_ms": instance.duration_ms,
        }


class ExecutionDetailSerializer(ExecutionSerializer):
    """One run with its data. ``outputs`` holds the last output of each node by its id."""

    variables = JsonObjectField(read_only=True)
    outputs = serializers.DictField(help_text="Last output of each node, by node id")

    class Meta(ExecutionSerializer.Meta):
        fields = [
            *ExecutionSerializer.Meta.fields, "input", "variables", "output", "outputs", "idempotency_key",
            "wake_at", "last_seq",
        ]  # fmt: skip
        read_only_fields = fields


def execution_detail(execution: Execution, outputs: dict[str, Json]) -> dict[str, Any]:
    """The fields of ExecutionDetailSerializer."""
    return {
        **ExecutionSerializer(execution).data,
        "input": execution.input,
        "variables": execution.variables,
        "output": execution.output,
        "outputs": outputs,
        "idempotency_key": execution.idempotency_key,
        "wake_at": execution.wake_at,
        "last_seq": execution.last_seq,
    }


class StepSerializer(serializers.ModelSerializer[StepRun]):
    """One attempt at one firing of a node."""

    error = JsonObjectField(read_only=True, allow_null=True)
    usage = JsonObjectField(
        read_only=True, allow_null=True, help_text="Of AI calls: provider, model, ai_calls, tokens, cost"
    )

    class Meta:
        model = StepRun
        fields = [
            "id", "seq", "scope", "node_id", "node_type", "iteration", "attempt", "status", "input", "output",
            "error", "started_at", "finished_at", "duration_ms", "cost", "tokens", "usage",
        ]  # fmt: skip


class EventSerializer(serializers.ModelSerializer[EventRow]):
    """Something that happened in a run; `data` depends on the type."""

    data = JsonObjectField(read_only=True)  # type: ignore[assignment]  # not Serializer.data
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = EventRow
        fields = ["seq", "type", "node_id", "data", "metadata", "occurred_at"]

    def to_representation(self, instance: EventRow) -> dict[str, Any]:
        shown = super().to_representation(instance)
        owner = self.context.get("owner", False)
        return {
            **shown,
            "data": shown_data(instance.data),
            "metadata": shown_metadata(instance.metadata, owner=owner),
        }


class LoggedEventSerializer(serializers.Serializer[Any]):
    """An event of any run. `metadata` says who caused it; owners see from where."""

    execution = serializers.UUIDField()
    execution_exists = serializers.BooleanField(help_text="False once the run was cleaned up")
    workflow = WorkflowRefSerializer()
    seq = serializers.IntegerField()
    type = serializers.CharField()
    node_id = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField(help_text="What happened, for people")
    user = serializers.CharField(allow_null=True, help_text="User name of who caused it")
    data = JsonObjectField()  # type: ignore[assignment]  # not Serializer.data
    metadata = JsonObjectField(
        help_text="`user_id`; for owners and admins `session_id`, `ip_address`, `user_agent`, `request_id`"
    )
    occurred_at = serializers.DateTimeField()


class ApprovalSerializer(serializers.ModelSerializer[Approval]):
    """A question that a run asks people."""

    workflow = WorkflowRefSerializer(read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True)
    form = JsonObjectField(
        read_only=True, allow_null=True, help_text="JSON Schema of what an approver may edit"
    )
    can_answer = serializers.BooleanField(read_only=True, help_text="Whether you are asked")

    class Meta:
        model = Approval
        fields = [
            "id", "execution", "workflow", "node_id", "iteration", "status", "title", "instructions",
            "approvers", "quorum", "form", "payload", "can_answer", "requested_at", "responded_at",
            "deadline_at", "on_deadline", "escalated_at", "decided_by", "comment",
        ]  # fmt: skip
        read_only_fields = fields


class VoteSerializer(serializers.ModelSerializer[ApprovalVote]):
    """One person's word."""

    user = PersonSerializer(read_only=True)

    class Meta:
        model = ApprovalVote
        fields = ["user", "approves", "comment", "created_at"]


class TallySerializer(serializers.Serializer[Any]):
    needed = serializers.IntegerField(help_text="Approving people that decide")
    approving = serializers.IntegerField()
    rejecting = serializers.IntegerField()
    open = serializers.IntegerField(help_text="People who are asked and have not answered")


class ApprovalDetailSerializer(ApprovalSerializer):
    """With who has answered how, and what is still needed."""

    votes = VoteSerializer(many=True, read_only=True)
    tally = TallySerializer(read_only=True)

    class Meta(ApprovalSerializer.Meta):
        fields = [*ApprovalSerializer.Meta.fields, "escalate_to", "starter_may_approve", "votes", "tally"]
        read_only_fields = fields


class ExecuteSerializer(serializers.Serializer[Any]):
    input = serializers.JSONField(required=False, allow_null=True, default=None)
    version = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)


class RetrySerializer(serializers.Serializer[Any]):
    """``from`` is a Python word, so this field is made by hand."""

    version = serializers.ChoiceField(choices=["original", "current"], default="original")

    def get_fields(self) -> dict[str, Any]:
        start = serializers.CharField(
            default="failed", max_length=100, help_text="failed, start, or a node id"
        )
        return {"from": start, **super().get_fields()}


class CancelSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class SignalSerializer(serializers.Serializer[Any]):
    payload = serializers.JSONField(required=False, allow_null=True, default=None)


class AnswerSerializer(serializers.Serializer[Any]):
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=10_000)
    payload = serializers.JSONField(required=False, allow_null=True)


class StateSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField(help_text="The event after which this was the state")
    state = serializers.DictField()
