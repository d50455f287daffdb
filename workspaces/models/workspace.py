"""A workspace: one pattern type with all that is tried, said and built about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from workspaces.domain.vocabulary import Access, Target, WorkspaceStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class WorkspaceQuerySet(models.QuerySet["PatternWorkspace"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those that the person made or was let into; all of them for an admin, who verifies."""
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        let_in = WorkspaceMember.objects.filter(user=user).values("workspace")
        return self.filter(Q(created_by=user) | Q(pk__in=let_in))


class PatternWorkspace(models.Model):
    """``attachments`` are addresses of files that the server keeps. Counters are kept by the services."""

    id = IdField()
    pattern_type = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=50, blank=True)
    status = models.CharField(max_length=20, default=WorkspaceStatus.SOON.value)
    version = models.CharField(max_length=20, default="0.0.0")
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)
    implemented_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    description = models.TextField(blank=True)
    user_reasoning = models.TextField(blank=True)
    identification_steps = JsonField(default=list, blank=True)
    attachments = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    session_count = models.PositiveIntegerField(default=0)
    feedback_count = models.PositiveIntegerField(default=0)
    success_rate = models.FloatField(null=True, blank=True)
    last_tested_at = models.DateTimeField(null=True, blank=True)
    deploy_target = models.CharField(max_length=10, default=Target.LOCAL.value)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="created_workspaces")
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="approved_workspaces"
    )
    verified_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="verified_workspaces"
    )

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status"], name="workspace_status"),
            models.Index(fields=["-updated_at", "-id"], name="workspace_by_update"),
        ]
        constraints = [
            models.CheckConstraint(
                name="workspace_status_known",
                condition=Q(status__in=[each.value for each in WorkspaceStatus]),
            ),
            models.CheckConstraint(
                name="workspace_target_known", condition=Q(deploy_target__in=[each.value for each in Target])
            ),
            models.CheckConstraint(
                name="workspace_rate_is_a_share",
                condition=Q(success_rate__isnull=True) | Q(success_rate__range=(0, 1)),
            ),
            models.CheckConstraint(
                name="workspace_verified_has_been_approved",
                condition=~Q(status="verified") | Q(approved_at__isnull=False, verified_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkspaceMember(models.Model):
    """Somebody who was let into a workspace."""

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="workspace_memberships")
    access = models.CharField(max_length=10, default=Access.VIEWER.value)
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="workspace_member_once"),
            models.CheckConstraint(
                name="workspace_member_access", condition=Q(access__in=[each.value for each in Access])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.access}"
