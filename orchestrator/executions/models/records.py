"""The record of a run: every event, and every attempt at a step."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestrator.core.fields import IdField, JsonField
from orchestrator.executions.models.execution import Execution


class StepStatus(models.TextChoices):
    SUCCESS = "success", "Success"
    ERROR = "error", "Error"
    SKIPPED = "skipped", "Skipped"
    CANCELLED = "cancelled", "Cancelled"


class StepRun(models.Model):
    """One attempt at one firing of a node, written when it is over."""

    id = IdField()
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="steps", db_index=False)
    seq = models.BigIntegerField()
    """The event that recorded it."""
    scope = models.CharField(max_length=500, blank=True)
    node_id = models.CharField(max_length=100)
    node_type = models.CharField(max_length=100)
    iteration = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField()
    status = models.CharField(max_length=9, choices=StepStatus.choices)
    input = JsonField(null=True)
    output = JsonField(null=True)
    error = JsonField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    tokens = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["execution", "scope", "node_id", "iteration", "attempt"], name="step_recorded_once"
            ),
            models.CheckConstraint(name="step_status_known", condition=Q(status__in=StepStatus.values)),
        ]
        indexes = [models.Index(fields=["execution", "seq"], name="step_by_execution")]

    def __str__(self) -> str:
        return f"{self.node_id}#{self.iteration} attempt {self.attempt}"


class EventRow(models.Model):
    """One stored event. Append-only, and partitioned by month so that old ones are dropped whole.

    The run it belongs to is named without a foreign key: summaries outlive events and the other way round.
    """

    pk = models.CompositePrimaryKey("execution_id", "seq", "occurred_at")
    execution_id = models.UUIDField()
    seq = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    type = models.CharField(max_length=32)
    node_id = models.CharField(max_length=100, blank=True)
    data = JsonField(default=dict)
    metadata = JsonField(default=dict)

    class Meta:
        db_table = "executions_event"
        indexes = [
            models.Index(fields=["-occurred_at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"
