"""The outbox: what people may want to hear of, and the messages that tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField
from orchestrator.core.fields import IdField, JsonField
from orchestrator.executions.models.approval import Approval
from orchestrator.executions.models.execution import Execution
from orchestrator.workflows.models import Workflow

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


class NotificationKind(models.TextChoices):
    FAILURE = "failure", "A run failed"
    SUCCESS = "success", "A run completed"
    APPROVAL = "approval", "An approval waits"
    REMINDER = "reminder", "An approval still waits"
    ESCALATION = "escalation", "An approval was escalated"
    UPDATE = "update", "A workflow changed"
    ALERT = "alert", "A run has something to tell"
    TEST = "test", "A test message"


class NotificationMedium(models.TextChoices):
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"
    PUSH = "push", "Browser"


class NotificationState(models.TextChoices):
    PENDING = "pending", "Waiting to be sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"
    SKIPPED = "skipped", "No longer needed"


class Occasion(models.Model):
    """Something people may want to hear of, written in the commit that caused it.

    The row is deleted in the transaction that makes its notifications, so that the table holds only what
    nobody has looked at yet.
    """

    id = IdField()
    kind = models.CharField(max_length=10, choices=NotificationKind.choices)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+", db_index=False)
    execution = models.ForeignKey(Execution, null=True, on_delete=models.CASCADE, related_name="+")
    approval = models.ForeignKey(Approval, null=True, on_delete=models.CASCADE, related_name="+")
    facts = JsonField(default=dict)
    """What the message says beyond what the rows say, e.g. who was added when it was escalated."""
    created_at = models.DateTimeField(default=utc_now)
    due_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="occasion_kind_known", condition=Q(kind__in=NotificationKind.values)),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="occasion_due"),
            models.Index(fields=["workflow", "kind"], name="occasion_by_workflow"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.workflow_id}"

    @classmethod
    def of_approval(cls, approval: Approval, kind: NotificationKind, at: datetime) -> Occasion:
        """Not saved yet."""
        return cls(
            kind=kind.value,
            workflow_id=approval.workflow_id,
            execution_id=approval.execution_id,
            approval=approval,
            created_at=at,
            due_at=at,
        )


class EndpointKind(models.TextChoices):
    SLACK = "slack", "Slack or compatible"
    WEBHOOK = "webhook", "Webhook with data"


class NotificationEndpointQuerySet(models.QuerySet["NotificationEndpoint"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of workflows the person may edit."""
        return self.filter(workflow__in=Workflow.objects.editable_by(user))


class NotificationEndpoint(models.Model):
    """A chat's or a program's address, under a name that the workflow's settings use.

    The address of a chat's webhook lets anybody write there, so that it is encrypted and never shown again.
    """

    id = IdField()
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=EndpointKind.choices)
    name = models.CharField(max_length=50)
    host = models.CharField(max_length=255)
    """Of the address what may be shown."""
    url = EncryptedField()
    secret = EncryptedField()
    """Signs what is sent, so that a program can tell it from forged messages."""
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=utc_now)

    objects = NotificationEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workflow", "kind", "name"], name="endpoint_name_once"),
            models.CheckConstraint(name="endpoint_kind_known", condition=Q(kind__in=EndpointKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    def opened(self) -> tuple[str, str]:
        """Address and signing secret. Raises CannotDecrypt."""
        return self.url.open(), self.secret.open()


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of workflows the person may edit, since they hold addresses of others, and one's own."""
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        return self.filter(Q(workflow__in=Workflow.objects.editable_by(user)) | Q(recipient=user))

    def due(self, now: datetime) -> Self:
        return self.filter(next_attempt_at__lte=now)


class Notification(models.Model):
    """One message to one address: to be sent, sent, or given up."""

    id = IdField()
    kind = models.CharField(max_length=10, choices=NotificationKind.choices)
    medium = models.CharField(max_length=7, choices=NotificationMedium.choices)
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="+", db_index=False)
    execution = models.ForeignKey(
        Execution, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    approval = models.ForeignKey(Approval, null=True, on_delete=models.CASCADE, related_name="notifications")
    recipient = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254)
    """An e-mail address, the name of an endpoint, or the person's user name where a browser is told."""
    subject = models.CharField(max_length=200)
    facts = JsonField(default=dict)
    count = models.PositiveIntegerField(default=1)
    """How many occasions it tells of; more than one makes it a digest."""
    dedupe_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(
        max_length=7, choices=NotificationState.choices, default=NotificationState.PENDING.value
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, default=utc_now)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=utc_now)
    sent_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notification_kind_known", condition=Q(kind__in=NotificationKind.values)
            ),
            models.CheckConstraint(
                name="notification_medium_known", condition=Q(medium__in=NotificationMedium.values)
            ),
            models.CheckConstraint(
                name="notification_due_while_pending",
                condition=Q(state="pending", next_attempt_at__isnull=False)
                | Q(state__in=["sent", "failed", "skipped"], next_attempt_at__isnull=True),
            ),
            models.CheckConstraint(
                name="notification_sent_has_time",
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(F("workflow"), F("id").desc(), name="notification_by_workflow"),
            models.Index(
                F("execution"),
                F("id").desc(),
                name="notification_by_execution",
                condition=Q(execution__isnull=False),
            ),
            models.Index(
                fields=["next_attempt_at"],
                name="notification_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(fields=["workflow"], name="notification_given_up", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own browsers."""
        return self.filter(user=user) if isinstance(user, User) else self.none()


class PushSubscription(models.Model):
    """A browser that a person lets us tell things, as its push service addresses it."""

    id = IdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    browser = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=utc_now)

    objects = PushSubscriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"browser of {self.user_id}"
