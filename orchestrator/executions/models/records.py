"""The record of a run: every event, and every attempt at a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.fields import IdField, JsonField
from orchestrator.executions.models.execution import Execution
from orchestrator.workflows.models import Workflow

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

COMMON_EVENTS: Final = ("step_started", "step_succeeded", "item_started", "item_finished")
"""Types that are met at every turn: looking for them needs no index, and theirs would be written most."""


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
    duration_ms = models.PositiveBigIntegerField()
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    tokens = models.PositiveIntegerField(default=0)
    usage = JsonField(null=True)
    """Of steps that called an AI provider: ``provider``, ``model``, ``ai_calls``, ``tokens``, ``cost``."""

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


class EventQuerySet(models.QuerySet["EventRow"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Events of workflows the person may see, also of runs that were cleaned up since."""
        if isinstance(user, User) and user.is_admin:
            return self
        return self.filter(workflow_id__in=Workflow.objects.visible_to(user).values("pk"))


class EventRow(models.Model):
    """One stored event. Append-only, and partitioned by month so that old ones are dropped whole.

    Run and workflow are named without foreign keys: summaries outlive events and the other way round.
    """

    pk = models.CompositePrimaryKey("execution_id", "seq", "occurred_at")
    execution_id = models.UUIDField()
    workflow_id = models.UUIDField()
    user_id = models.UUIDField(null=True)
    """Who caused it, where a person did."""
    seq = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    type = models.CharField(max_length=32)
    node_id = models.CharField(max_length=100, blank=True)
    data = JsonField(default=dict)
    metadata = JsonField(default=dict)
    """From where, for what people did: user_id, session_id, ip_address, user_agent, request_id."""

    objects = EventQuerySet.as_manager()

    class Meta:
        db_table = "executions_event"
        indexes = [
            models.Index(fields=["-occurred_at"], name="event_by_time"),
            models.Index(fields=["workflow_id", "-occurred_at"], name="event_by_workflow"),
            models.Index(
                fields=["type", "-occurred_at"], name="event_by_type", condition=~Q(type__in=COMMON_EVENTS)
            ),
            models.Index(
                fields=["workflow_id", "type", "-occurred_at"],
                name="event_by_flow_type",
                condition=~Q(type__in=COMMON_EVENTS),
            ),
            models.Index(
                fields=["user_id", "-occurred_at"],
                name="event_by_person",
                condition=Q(user_id__isnull=False),
            ),
            models.Index(
                fields=["workflow_id", "-occurred_at"], name="event_of_ai", condition=Q(data__has_key="usage")
            ),
            models.Index(fields=["-occurred_at"], name="event_ai", condition=Q(data__has_key="usage")),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"
