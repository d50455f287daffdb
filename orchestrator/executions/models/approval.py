"""Approvals: questions that runs ask people, and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from orchestrator.executions.models.execution import Execution

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser


EDITORS = "access:editor"
"""Addresses everybody who may edit the workflow."""


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn: the run no longer needs it"


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of runs the person may see, and those that ask this person."""
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        runs = Execution.objects.visible_to(user)
        return self.filter(Q(execution__in=runs) | Q(approvers__overlap=addresses_of(user)))

    def asking(self, user: User | AnonymousUser) -> Self:
        """Those this person may answer: named by user or by role, and not barred as the starter."""
        if not isinstance(user, User):
            return self.none()
        barred = Q(starter_may_approve=False, execution__started_by=user)
        named = Q(approvers__overlap=addresses_of(user))
        editor = Q(approvers__contains=[EDITORS], execution__in=Execution.objects.steerable_by(user))
        return self.filter(named | editor).exclude(barred)


def addresses_of(user: User) -> list[str]:
    """How an approval may name this person."""
    return [f"user:{user.username}", f"role:{user.role}"]


def is_named(user: User, approvers: Iterable[str]) -> bool:
    """Whether an approval addresses this person by name or role."""
    return not set(addresses_of(user)).isdisjoint(approvers)


class Approval(models.Model):
    """A question a run asks people. The run goes on when enough of them have answered."""

    id = IdField()
    execution = models.ForeignKey(
        Execution, on_delete=models.CASCADE, related_name="approvals", db_index=False
    )
    scope = models.CharField(max_length=500, blank=True)
    node_id = models.CharField(max_length=100)
    iteration = models.PositiveIntegerField()
    status = models.CharField(
        max_length=9, choices=ApprovalStatus.choices, default=ApprovalStatus.PENDING.value
    )
    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    approvers = ArrayField(models.CharField(max_length=160))
    quorum = JsonField(default=str)
    """``"any"``, ``"all"`` or a number of approving people."""
    form = JsonField(null=True)
    """JSON Schema within which an approver may edit ``payload``."""
    payload = JsonField(null=True)
    starter_may_approve = models.BooleanField(default=True)
    requested_at = models.DateTimeField(default=utc_now)
    responded_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    on_deadline = models.CharField(max_length=8, blank=True)
    escalate_to = ArrayField(models.CharField(max_length=160), default=list)
    escalated_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    comment = models.TextField(blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approval_status_known", condition=Q(status__in=ApprovalStatus.values)
            ),
            models.CheckConstraint(
                name="approval_answered_has_time",
                condition=Q(status="pending", responded_at__isnull=True)
                | (~Q(status="pending") & Q(responded_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["execution", "-id"], name="approval_by_execution"),
            GinIndex(fields=["approvers"], name="approval_by_approver"),
            models.Index(fields=["-id"], name="approval_pending", condition=Q(status="pending")),
        ]

    def __str__(self) -> str:
        return self.title

    def asks(self, user: User, *, edits: bool) -> bool:
        """What ``asking`` asks the database, for one approval that is at hand with its execution.

        ``edits``: whether the person may edit the run's workflow.
        """
        barred = not self.starter_may_approve and self.execution.started_by_id == user.pk
        return not barred and (is_named(user, self.approvers) or (edits and EDITORS in self.approvers))


class ApprovalVote(models.Model):
    """One person's word on an approval."""

    id = IdField()
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    approves = models.BooleanField()
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "user"], name="vote_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.approval_id}"
