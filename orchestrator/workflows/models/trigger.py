"""Triggers: what starts runs of a workflow without a person at the button, and what came to webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField, Sealed
from orchestrator.core.fields import IdField, JsonField
from orchestrator.workflows.domain.occurrences import MissedPolicy, OverlapPolicy
from orchestrator.workflows.domain.schedules import Schedule, Unit, read_cron, read_interval
from orchestrator.workflows.models.workflow import Workflow

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class TriggerKind(models.TextChoices):
    MANUAL = "manual", "By hand: a button with an input of its own"
    SCHEDULE = "schedule", "Schedule: at times of the clock, or every so often"
    WEBHOOK = "webhook", "Webhook: when another system calls an address"


class Signature(models.TextChoices):
    """How a sender proves that a delivery is its own."""

    NONE = "none", "Only the secret address"
    HMAC = "hmac", "HMAC of the body, as GitHub signs"
    TIMESTAMPED = "timestamped", "HMAC of time and body, as Stripe signs"


UNIT_CHOICES = [(unit.value, unit.value) for unit in Unit]
MISSED_CHOICES = [
    (MissedPolicy.SKIP.value, "Leave them out"),
    (MissedPolicy.RUN_ONCE.value, "Run once for all of them"),
    (MissedPolicy.RUN_ALL.value, "Run each, up to a limit"),
]
OVERLAP_CHOICES = [
    (OverlapPolicy.ALLOW.value, "Start side by side"),
    (OverlapPolicy.SKIP.value, "Leave the new one out"),
    (OverlapPolicy.QUEUE.value, "Start when the earlier run has ended"),
    (OverlapPolicy.CANCEL_PREVIOUS.value, "Cancel the earlier run"),
]


class TriggerQuerySet(models.QuerySet["Trigger"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of workflows the person may see."""
        if isinstance(user, User) and user.is_admin:
            return self
        return self.filter(workflow__in=Workflow.objects.visible_to(user))

    def due(self, now: datetime) -> Self:
        """Schedules whose moment has come, or that have moments queued; the longest overdue first."""
        return self.filter(enabled=True, due_at__lte=now).order_by("due_at")


class Trigger(models.Model):
    """Something that starts runs of a workflow, on behalf of the person in ``run_as``."""

    id = IdField()
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="triggers", db_index=False)
    kind = models.CharField(max_length=8, choices=TriggerKind.choices)
    name = models.CharField(max_length=100)
    enabled = models.BooleanField(default=True)
    version_number = models.PositiveIntegerField(null=True, blank=True)
    """The published version its runs use; None: the current one at the time."""
    input = JsonField(null=True)
    """What its runs get: constants, and expressions over ``trigger``."""
    run_as = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="triggers")

    cron = models.CharField(max_length=100, blank=True)
    every = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=7, blank=True)
    anchor_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    jitter_seconds = models.PositiveIntegerField(default=0)
    missed = models.CharField(max_length=8, choices=MISSED_CHOICES, default=MissedPolicy.RUN_ONCE.value)
    catch_up = models.PositiveSmallIntegerField(default=10)
    overlap = models.CharField(max_length=15, choices=OVERLAP_CHOICES, default=OverlapPolicy.ALLOW.value)
    next_run_at = models.DateTimeField(null=True, blank=True)
    """The next moment of the schedule; with jitter the run starts a little later, at ``due_at``."""
    due_at = models.DateTimeField(null=True, blank=True)
    queued = ArrayField(models.DateTimeField(), default=list, blank=True)
    """Moments that wait for an earlier run to end."""

    secret = EncryptedField(null=True, blank=True)  # type: ignore[misc]  # its type leaves no room for none
    """The last part of the webhook's address."""
    signature = models.CharField(max_length=11, choices=Signature.choices, default=Signature.NONE.value)
    signature_header = models.CharField(max_length=100, blank=True)
    signing_secret = EncryptedField(null=True, blank=True)  # type: ignore[misc]  # as above
    tolerance_seconds = models.PositiveIntegerField(default=300)
    idempotency_header = models.CharField(max_length=100, blank=True)
    dedupe_seconds = models.PositiveIntegerField(default=0)
    """Within this time an equal body does not start a second run; 0: it does."""
    rate_per_minute = models.PositiveIntegerField(default=120)
    condition = models.CharField(max_length=2_000, blank=True)
    """Whether a delivery starts a run: an expression over ``trigger``; empty: always."""

    last_run_at = models.DateTimeField(null=True, blank=True)
    last_execution_id = models.UUIDField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    started_count = models.PositiveBigIntegerField(default=0)
    skipped_count = models.PositiveBigIntegerField(default=0)
    failed_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    objects = TriggerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="trigger_kind_known", condition=Q(kind__in=TriggerKind.values)),
            models.CheckConstraint(name="trigger_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="trigger_schedule_is_cron_or_interval",
                condition=(~Q(kind="schedule") & Q(cron="", every__isnull=True, due_at__isnull=True))
                | (Q(kind="schedule", every__isnull=True) & ~Q(cron=""))
                | Q(kind="schedule", cron="", every__gt=0, anchor_at__isnull=False),
            ),
            models.CheckConstraint(
                name="trigger_only_webhooks_have_secrets",
                condition=Q(kind="webhook", secret__isnull=False)
                | (~Q(kind="webhook") & Q(secret__isnull=True)),
            ),
            models.CheckConstraint(
                name="trigger_signature_has_secret",
                condition=Q(signature="none") | Q(kind="webhook", signing_secret__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["workflow", "-id"], name="trigger_by_workflow"),
            models.Index(
                fields=["due_at"], name="trigger_due", condition=Q(enabled=True, due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address_secret(self) -> str:
        """Empty for what is no webhook. Raises CannotDecrypt."""
        return _opened(self.secret)

    @property
    def shared_secret(self) -> str:
        """What deliveries are signed with; empty where they are not. Raises CannotDecrypt."""
        return _opened(self.signing_secret)

    @property
    def schedule(self) -> Schedule | None:
        """None for what is no schedule. Raises ScheduleError where the time zone is no longer known."""
        if self.cron:
            return read_cron(self.cron, self.time_zone)
        if self.every is not None and self.anchor_at is not None:
            return read_interval(self.every, self.unit, self.anchor_at, self.time_zone)
        return None


def _opened(value: Sealed | str | None) -> str:
    return value.open() if isinstance(value, Sealed) else value or ""


class DeliveryStatus(models.TextChoices):
    STARTED = "started", "Started"
    DUPLICATE = "duplicate", "Duplicate"
    IGNORED = "ignored", "Ignored"
    REJECTED = "rejected", "Rejected"
    FAILED = "failed", "Failed"


class TriggerDeliveryQuerySet(models.QuerySet["TriggerDelivery"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of workflows the person may edit: bodies hold what other systems sent."""
        if isinstance(user, User) and user.is_admin:
            return self
        return self.filter(trigger__workflow__in=Workflow.objects.editable_by(user))


class TriggerDelivery(models.Model):
    """One call of a webhook: what came and what became of it. Only the latest are kept."""

    id = IdField()
    trigger = models.ForeignKey(Trigger, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    status = models.CharField(max_length=9, choices=DeliveryStatus.choices)
    http_status = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    headers = JsonField(default=dict)
    """Without what could be a secret."""
    query = JsonField(default=dict)
    payload = JsonField(null=True)
    size = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the body."""
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    execution_id = models.UUIDField(null=True, blank=True)
    replay_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replays")
    received_at = models.DateTimeField(default=utc_now)
    duration_ms = models.PositiveIntegerField(default=0)

    objects = TriggerDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "trigger deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_status_known", condition=Q(status__in=DeliveryStatus.values)
            ),
            models.CheckConstraint(
                name="delivery_started_names_run",
                condition=~Q(status__in=["started", "duplicate"]) | Q(execution_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["trigger", "-id"], name="delivery_by_trigger"),
            models.Index(fields=["trigger", "digest", "-id"], name="delivery_by_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.status} at {self.received_at:%Y-%m-%d %H:%M:%S}"
