"""Coding runs and the versions of an algorithm that they made."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from workspaces.domain.vocabulary import (
    MOST_RETRIES,
    UNDER_WAY,
    Backend,
    DeployStatus,
    Phase,
    RunStatus,
)
from workspaces.models.workspace import PatternWorkspace


class ClaudeExecution(models.Model):
    """One time that corrections are worked into the algorithm.

    ``run_id`` is the execution of the engine that does it. ``phases`` has for each phase when it began and
    ended; ``checkpoints`` are where it can go on after an interruption, the last one counts.
    """

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="executions")
    triggered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="claude_executions")
    triggered_at = models.DateTimeField(default=utc_now)
    backend = models.CharField(max_length=10, default=Backend.TUNER.value)
    run_id = models.UUIDField(null=True, blank=True, unique=True)
    model = models.CharField(max_length=200, blank=True)
    """Of the backend that asks one."""
    turns = models.PositiveIntegerField(default=0)
    input_tokens = models.PositiveBigIntegerField(default=0)
    output_tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=Decimal(0))
    """US dollars, as the ledger of AI calls booked them."""
    log = JsonField(default=list, blank=True)
    """What the agent said, did and was refused: brief, and the latest."""
    idempotency_key = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 - null is no key
    status = models.CharField(max_length=10, default=RunStatus.PENDING.value)
    phase = models.CharField(max_length=20, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    feedback_ids = ArrayField(models.UUIDField(), default=list)
    prompt_file = models.CharField(max_length=300, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    files_changed = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    base_commit = models.CharField(max_length=64, blank=True)
    commit_hash = models.CharField(max_length=64, blank=True)
    commit_message = models.TextField(blank=True)
    diff = models.TextField(blank=True)
    score_before = JsonField(null=True, blank=True)
    score_after = JsonField(null=True, blank=True)
    deploy_started_at = models.DateTimeField(null=True, blank=True)
    deploy_completed_at = models.DateTimeField(null=True, blank=True)
    deploy_url = models.URLField(max_length=500, blank=True)
    deploy_status = models.CharField(max_length=10, blank=True)
    deploy_logs = models.TextField(blank=True)
    retry_count = models.PositiveSmallIntegerField(default=0)
    max_retries = models.PositiveSmallIntegerField(default=MOST_RETRIES)
    retry_reason = models.TextField(blank=True)
    parent_execution = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="retries"
    )
    phases = JsonField(default=dict, blank=True)
    checkpoints = JsonField(default=list, blank=True)
    error = models.TextField(blank=True)
    errored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "triggered_at"], name="claude_by_workspace"),
            models.Index(fields=["workspace", "-id"], name="claude_newest"),
            models.Index(fields=["status"], name="claude_status"),
            models.Index(fields=["phase"], name="claude_phase"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                name="claude_one_under_way",
                condition=Q(status__in=sorted(each.value for each in UNDER_WAY)),
            ),
            models.UniqueConstraint(
                fields=["workspace", "idempotency_key"],
                name="claude_key_once",
                condition=Q(idempotency_key__isnull=False),
            ),
            models.CheckConstraint(
                name="claude_status_known", condition=Q(status__in=[each.value for each in RunStatus])
            ),
            models.CheckConstraint(
                name="claude_phase_known", condition=Q(phase__in=["", *(each.value for each in Phase)])
            ),
            models.CheckConstraint(name="claude_progress", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="claude_retries",
                condition=Q(retry_count__lte=F("max_retries")) & Q(max_retries__lte=MOST_RETRIES),
            ),
            models.CheckConstraint(
                name="claude_deploy_known",
                condition=Q(deploy_status__in=["", *(each.value for each in DeployStatus)]),
            ),
        ]

    def __str__(self) -> str:
        return f"coding run {self.pk}"


class AlgorithmVersion(models.Model):
    """A version of a workspace's algorithm: a commit of its repository. New sessions use the current one."""

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="versions")
    number = models.CharField(max_length=20)
    commit_hash = models.CharField(max_length=64)
    parameters = JsonField(default=dict)
    execution = models.ForeignKey(
        ClaudeExecution, null=True, blank=True, on_delete=models.SET_NULL, related_name="versions"
    )
    is_current = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="algorithm_version_once"),
            models.UniqueConstraint(
                fields=["workspace"], name="algorithm_one_current", condition=Q(is_current=True)
            ),
        ]

    def __str__(self) -> str:
        return self.number
