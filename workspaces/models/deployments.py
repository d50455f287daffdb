"""Deployments of versions, and the accounts that workspaces deploy to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField
from orchestrator.core.fields import IdField
from workspaces.domain.deployments import FINAL
from workspaces.domain.vocabulary import DeployStatus, Target
from workspaces.models.coding import AlgorithmVersion, ClaudeExecution
from workspaces.models.workspace import PatternWorkspace

_OVER = sorted(each.value for each in FINAL)


class VercelConnection(models.Model):
    """The account of Vercel that a workspace deploys to. What is secret is never shown again."""

    id = IdField()
    workspace = models.OneToOneField(PatternWorkspace, on_delete=models.CASCADE, related_name="vercel")
    token = EncryptedField()
    last_four = models.CharField(max_length=4)
    team_id = models.CharField(max_length=100, blank=True)
    webhook_secret = EncryptedField(blank=True, default="")
    has_webhook = models.BooleanField(default=False)
    updated_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=utc_now)

    def __str__(self) -> str:
        return f"Vercel for {self.workspace_id}"


class Deployment(models.Model):
    """One time that a version is taken to its target.

    ``begun_at`` is written before it is handed over, and from then on it is never handed over again: if no
    ``remote_id`` came of it, it is looked for. ``due_at`` is when a worker looks at it next.
    """

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="deployments")
    version = models.ForeignKey(AlgorithmVersion, on_delete=models.CASCADE, related_name="deployments")
    execution = models.ForeignKey(
        ClaudeExecution, null=True, blank=True, on_delete=models.SET_NULL, related_name="deployments"
    )
    retry_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="retries"
    )
    triggered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    target = models.CharField(max_length=10, default=Target.LOCAL.value)
    status = models.CharField(max_length=10, default=DeployStatus.QUEUED.value)
    project = models.CharField(max_length=100, blank=True)
    remote_id = models.CharField(max_length=100, blank=True)
    url = models.URLField(max_length=500, blank=True)
    inspector_url = models.URLField(max_length=500, blank=True)
    logs = models.TextField(blank=True)
    error = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    is_slow = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=utc_now)
    begun_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="deployment_newest"),
            models.Index(fields=["due_at"], name="deployment_due", condition=Q(due_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="deployment_target_known", condition=Q(target__in=[each.value for each in Target])
            ),
            models.CheckConstraint(
                name="deployment_status_known", condition=Q(status__in=[each.value for each in DeployStatus])
            ),
            models.CheckConstraint(
                name="deployment_over_or_due",
                condition=Q(status__in=_OVER, completed_at__isnull=False, due_at__isnull=True)
                | (~Q(status__in=_OVER) & Q(completed_at__isnull=True, due_at__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["remote_id"], name="deployment_remote_once", condition=~Q(remote_id="")
            ),
            models.CheckConstraint(
                name="deployment_begun_before_known", condition=Q(remote_id="") | Q(begun_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"deployment {self.pk}"
