"""One row per finished run, for good: it stays when the run, its workflow or its starter are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import JsonField
from orchestrator.workflows.models import Workflow

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Outcome(models.TextChoices):
    SUCCESS = "success", "Success"
    FAILURE = "failure", "Failure"
    TIMEOUT = "timeout", "Timed out"
    CANCELLED = "cancelled", "Cancelled"


class OfWorkflowQuerySet(models.QuerySet[models.Model]):
    """Rows that name a workflow without a foreign key."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of workflows the person may see; those of deleted workflows only admins see."""
        if isinstance(user, User) and user.is_admin:
            return self
        return self.filter(workflow_id__in=Workflow.objects.visible_to(user).values("pk"))


class ExecutionHistory(models.Model):
    """How one run went. Ids are kept without foreign keys, names as they were."""

    execution_id = models.UUIDField(primary_key=True, editable=False)
    workflow_id = models.UUIDField()
    workflow_name = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    user_id = models.UUIDField(null=True)
    user_name = models.CharField(max_length=150, blank=True)
    trigger = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    duration_ms = models.PositiveBigIntegerField()
    status = models.CharField(max_length=9, choices=Outcome.choices)
    error_code = models.CharField(max_length=100, blank=True)
    error_node = models.CharField(max_length=100, blank=True)
    node_metrics = JsonField(default=list)
    """For each node ``{node_id, node_type, duration_ms, cost, success, runs}``, all its firings together."""
    ai_usage = JsonField(default=dict)
    """By provider ``{calls, tokens, cost}``."""
    human_interactions = JsonField(default=list)
    """For each answer ``{node_id, approver, requested_at, responded_at, approved, duration_ms}``."""
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    is_generated = models.BooleanField(default=False)
    """Made up for the demo."""
    recorded_at = models.DateTimeField(default=utc_now)

    objects = OfWorkflowQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "execution history"
        constraints = [
            models.CheckConstraint(name="history_status_known", condition=Q(status__in=Outcome.values)),
        ]
        indexes = [
            models.Index(fields=["workflow_id", "-finished_at"], name="history_by_workflow"),
            models.Index(fields=["-finished_at"], name="history_by_time"),
            models.Index(
                fields=["workflow_id", "-finished_at"],
                name="history_generated",
                condition=Q(is_generated=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} of {self.workflow_name} at {self.finished_at:%Y-%m-%d %H:%M}"
