"""Executions: one row per run of a workflow."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from orchestrator.executions.domain.status import FINAL, Status
from orchestrator.workflows.models import Workflow, WorkflowVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

STATUS_CHOICES = [(status.value, status.value.replace("_", " ").capitalize()) for status in Status]
_FINAL = [status.value for status in sorted(FINAL)]


class ExecutionQuerySet(models.QuerySet["Execution"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Runs of workflows the person may see."""
        if isinstance(user, User) and user.is_admin:
            return self
        return self.filter(workflow__in=Workflow.objects.visible_to(user))

    def steerable_by(self, user: User | AnonymousUser) -> Self:
        """Runs the person may pause, cancel, retry and signal: those of workflows they may edit."""
        if isinstance(user, User) and user.is_admin:
            return self
        return self.filter(workflow__in=Workflow.objects.editable_by(user))

    def live(self) -> Self:
        return self.exclude(status__in=_FINAL)

    def due(self, now: datetime) -> Self:
        """Runs a worker should take: their moment has come and nobody holds a live lease on them."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.filter(free, wake_at__lte=now)

    def queued(self) -> Self:
        """Runs that wait for their workflow's concurrency limit to admit them."""
        return self.filter(status=Status.PENDING.value, wake_at__isnull=True)


class Execution(models.Model):
    """One run of one version of a workflow."""

    id = IdField()
    workflow = models.ForeignKey(
        Workflow, on_delete=models.CASCADE, related_name="executions", db_index=False
    )
    version = models.ForeignKey(WorkflowVersion, on_delete=models.RESTRICT, related_name="executions")
    status = models.CharField(max_length=9, choices=STATUS_CHOICES, default=Status.PENDING.value)
    input = JsonField(null=True)
    trigger = JsonField(default=dict)
    seed = JsonField(null=True)
    """The state a retry begins with."""

    state = JsonField(null=True)
    state_seq = models.BigIntegerField(default=0)
    """The event up to which ``state`` stands; later ones are folded onto it."""
    last_seq = models.BigIntegerField(default=0)
    trimmed_to = models.BigIntegerField(default=0, db_default=0)
    """The event up to which the record of a run that goes round for long was deleted, steps included."""
    variables = JsonField(default=dict)
    current_node_ids = ArrayField(models.CharField(max_length=300), default=list)
    output = JsonField(null=True)
    error = JsonField(null=True)
    metrics = JsonField(default=dict)

    started_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="executions", db_index=False
    )
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - null is not a key
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="children", db_index=False
    )
    depth = models.PositiveSmallIntegerField(default=0)
    retry_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="retries", db_index=False
    )

    created_at = models.DateTimeField(default=utc_now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    wake_at = models.DateTimeField(null=True)
    """When a worker should look at it next. None: only mail can move it, or nothing can any more."""
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    """Names the claim that took the lease, so that its rows can be read back."""
    fence = models.BigIntegerField(default=0)
    """Rises with every claim; a commit under an older fence writes nothing."""
    recoveries = models.PositiveSmallIntegerField(default=0)
    """Claims in a row that took over a lapsed lease without any progress in between."""
    mail_posted = models.BigIntegerField(default=0)
    mail_taken = models.BigIntegerField(default=0)

    objects = ExecutionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="execution_status_known", condition=Q(status__in=[status.value for status in Status])
            ),
            models.CheckConstraint(
                name="execution_final_is_at_rest",
                condition=~Q(status__in=_FINAL)
                | Q(wake_at__isnull=True, lease_until__isnull=True, finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="execution_lease_has_owner",
                condition=Q(lease_until__isnull=True, lease_owner="")
                | (Q(lease_until__isnull=False) & ~Q(lease_owner="")),
            ),
            models.CheckConstraint(
                name="execution_seq_order", condition=Q(state_seq__lte=F("last_seq"), state_seq__gte=0)
            ),
            models.CheckConstraint(
                name="execution_trimmed_to_snapshot",
                condition=Q(trimmed_to__gte=0, trimmed_to__lte=F("state_seq")),
            ),
            models.UniqueConstraint(
                fields=["workflow", "idempotency_key"],
                name="execution_once_per_key",
                condition=Q(idempotency_key__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["wake_at"], name="execution_due", condition=Q(wake_at__isnull=False)),
            models.Index(fields=["workflow", "-id"], name="execution_by_workflow"),
            models.Index(fields=["workflow", "status", "-id"], name="execution_by_flow_status"),
            models.Index(fields=["status", "-id"], name="execution_by_status"),
            models.Index(fields=["started_by", "-id"], name="execution_by_starter"),
            models.Index(F("trigger__type"), F("id").desc(), name="execution_by_trigger"),
            models.Index(
                F("trigger__id"),
                F("id").desc(),
                name="execution_by_trigger_id",
                condition=Q(trigger__has_key="id"),
            ),
            models.Index(fields=["parent"], name="execution_by_parent", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["retry_of"], name="execution_by_retried", condition=Q(retry_of__isnull=False)
            ),
            models.Index(
                fields=["lease_owner"], name="execution_by_lease", condition=Q(lease_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"execution {self.pk}"

    @property
    def is_final(self) -> bool:
        return self.status in _FINAL

    @property
    def trigger_type(self) -> str:
        """What started it: manual, api, schedule, webhook, parent, retry or command."""
        return str(self.trigger.get("type", "manual"))

    @property
    def duration_ms(self) -> int | None:
        """From the first worker's claim to the end; None until it has ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds() * 1000)
