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
from orchestrator.workflows.models import Workflow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

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
        flows = Workflow.objects.visible_to(user)
        return self.filter(Q(workflow__in=flows) | Q(approvers__overlap=addresses_of(user)))

    def asking(self, user: User | AnonymousUser) -> Self:
        """Those this person may answer: named by user or by role, and not barred as the starter."""
        if not isinstance(user, User):
            return self.none()
        barred = Q(starter_may_approve=False, execution__started_by=user)
        named = Q(approvers__overlap=addresses_of(user))
        editor = Q(approvers__contains=[EDITORS], execution__in=Execution.objects.steerable_by(user))
        return self.filter(named | editor).exclude(barred)

    def open_to(self, user: User | AnonymousUser) -> Self:
        """Those this person can answer now: asked, undecided, and not yet answered by them."""
        if not isinstance(user, User):
            return self.none()
        voted = ApprovalVote.objects.filter(user=user, approval=models.OuterRef("pk"))
        return self.pending().asking(user).exclude(models.Exists(voted))

    def pending(self) -> Self:
        return self.filter(status=ApprovalStatus.PENDING.value)

    def overdue(self, now: datetime) -> Self:
        """Undecided after a deadline: it has just passed, or the run is paused."""
        return self.pending().filter(deadline_at__lt=now)


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
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+", db_index=False)
    """That of the execution, so that lists need not join their way there."""
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
    reminders = JsonField(default=dict)
    """``{"halfway": …, "before_seconds": […]}``, see ``domain.reminders``."""
    remind_at = models.DateTimeField(null=True)
    """When those who have not answered are reminded next."""
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    comment = models.TextField(blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approval_status_known", condition=Q(status__in=ApprovalStatus.values)
            ),
            models.CheckConstraint(
                name="approval_reminds_while_pending",
                condition=Q(status="pending") | Q(remind_at__isnull=True),
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
            models.Index(fields=["workflow", "-id"], name="approval_by_workflow"),
            models.Index(fields=["-id"], name="approval_pending", condition=Q(status="pending")),
            models.Index(
                fields=["remind_at"], name="approval_to_remind", condition=Q(remind_at__isnull=False)
            ),
            GinIndex(fields=["approvers"], name="approval_asks", condition=Q(status="pending")),
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
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    approves = models.BooleanField()
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "user"], name="vote_once_per_person"),
        ]
        indexes = [models.Index(fields=["user", "approval"], name="vote_by_person")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.approval_id}"


class ApprovalLink(models.Model):
    """A person's way to one approval without logging in, sent to them by mail.

    Its secret is not stored: the address is signed (``services.links``). One per person, however many
    mails carry it, and it opens once.
    """

    id = IdField()
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=utc_now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "user"], name="link_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"link of {self.user_id} to {self.approval_id}"
