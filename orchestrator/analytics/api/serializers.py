"""Figures as the API shows them."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers

_MONEY: dict[str, Any] = {"max_digits": 16, "decimal_places": 6}


class RunsSerializer(serializers.Serializer[Any]):
    """Runs of a stretch of time. Rates leave cancelled runs out; durations are of successful ones."""

    total = serializers.IntegerField()
    success = serializers.IntegerField()
    failure = serializers.IntegerField()
    timeout = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    average_duration_ms = serializers.FloatField(source="average_ms", allow_null=True)
    p50_duration_ms = serializers.FloatField(source="p50_ms", allow_null=True)
    p95_duration_ms = serializers.FloatField(source="p95_ms", allow_null=True)
    cost = serializers.DecimalField(**_MONEY)
    tokens = serializers.IntegerField()


class BucketSerializer(serializers.Serializer[Any]):
    """A day, or in a range of 24 hours an hour, by the clock of your profile's time zone."""

    begins_at = serializers.DateTimeField(default_timezone=UTC)
    runs = RunsSerializer()


class WorkflowFiguresSerializer(serializers.Serializer[Any]):
    workflow_id = serializers.UUIDField()
    name = serializers.CharField()
    total = serializers.IntegerField()
    success = serializers.IntegerField()
    failed = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    average_duration_ms = serializers.FloatField(source="average_ms", allow_null=True)
    cost = serializers.DecimalField(**_MONEY)


class NodeFiguresSerializer(serializers.Serializer[Any]):
    workflow_id = serializers.UUIDField()
    workflow = serializers.CharField()
    node_id = serializers.CharField()
    node_type = serializers.CharField()
    runs = serializers.IntegerField()
    failures = serializers.IntegerField()
    average_duration_ms = serializers.FloatField(source="average_ms")
    longest_duration_ms = serializers.IntegerField(source="longest_ms")
    cost = serializers.DecimalField(**_MONEY)


class SummarySerializer(serializers.Serializer[Any]):
    """Everything one may see, or one workflow."""

    range_start = serializers.DateTimeField(default_timezone=UTC)
    range_end = serializers.DateTimeField(default_timezone=UTC)
    runs = RunsSerializer()
    before = RunsSerializer(help_text="The stretch of the same length before")
    by_time = BucketSerializer(many=True)
    workflows = WorkflowFiguresSerializer(many=True, help_text="The busiest 50")
    slowest_nodes = NodeFiguresSerializer(many=True)


class WorkflowStatsSerializer(serializers.Serializer[Any]):
    """What a workflow ever did, also where its runs have been cleaned up since."""

    total_executions = serializers.IntegerField()
    successful_executions = serializers.IntegerField()
    failed_executions = serializers.IntegerField()
    cancelled_executions = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    average_duration_ms = serializers.IntegerField(allow_null=True)
    total_cost = serializers.DecimalField(**_MONEY)
    total_tokens = serializers.IntegerField()
    last_finished_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)


class StatsSerializer(serializers.Serializer[Any]):
    """Runs that are there now, and all that there ever were."""

    total = serializers.IntegerField(help_text="Runs that are there")
    by_status = serializers.DictField(child=serializers.IntegerField())
    success_rate = serializers.FloatField(allow_null=True, help_text="Of the latest 1,000 finished, 0 to 1")
    average_duration_ms = serializers.FloatField(allow_null=True, help_text="Of the same, those completed")
    ever = WorkflowStatsSerializer()


class WorkflowAnalyticsSerializer(SummarySerializer):
    ever = WorkflowStatsSerializer()


class CostSerializer(serializers.Serializer[Any]):
    """`provider`, `day` and `workflow` are there as `group_by` asks."""

    provider = serializers.CharField(required=False)
    day = serializers.DateTimeField(default_timezone=UTC, required=False, help_text="When it begins")
    workflow_id = serializers.UUIDField(required=False)
    workflow = serializers.CharField(required=False)
    calls = serializers.IntegerField()
    tokens = serializers.IntegerField()
    cost = serializers.DecimalField(**_MONEY)


class CostsSerializer(serializers.Serializer[Any]):
    range_start = serializers.DateTimeField(default_timezone=UTC)
    range_end = serializers.DateTimeField(default_timezone=UTC)
    results = CostSerializer(many=True)


class AnswersSerializer(serializers.Serializer[Any]):
    """How long one person took to answer; an empty `approver` stands for deadlines that answered."""

    approver = serializers.CharField(allow_blank=True)
    answers = serializers.IntegerField()
    approved = serializers.IntegerField()
    rejected = serializers.IntegerField()
    average_duration_ms = serializers.FloatField(source="average_ms")
    p50_duration_ms = serializers.FloatField(source="p50_ms", allow_null=True)
    longest_duration_ms = serializers.IntegerField(source="longest_ms")


class ApprovalsSerializer(serializers.Serializer[Any]):
    range_start = serializers.DateTimeField(default_timezone=UTC)
    range_end = serializers.DateTimeField(default_timezone=UTC)
    results = AnswersSerializer(many=True)


class SlowRowSerializer(serializers.Serializer[Any]):
    workflow_id = serializers.UUIDField()
    name = serializers.CharField()
    runs = serializers.IntegerField()
    average_duration_ms = serializers.FloatField(source="average_ms")


class SlowSerializer(serializers.Serializer[Any]):
    results = SlowRowSerializer(many=True)
