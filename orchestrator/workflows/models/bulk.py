"""Bulk jobs: one action on many objects, done in the background, item after item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MAX_ERRORS: Final = 1_000
"""Complaints that are kept of one job, item by item; further ones are only counted."""


class BulkState(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


OPEN_STATES: Final = [BulkState.QUEUED.value, BulkState.RUNNING.value]


class BulkJobQuerySet(models.QuerySet["BulkJob"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """A person's own; an admin sees everybody's."""
        if not isinstance(user, User):
            return self.none()
        return self if user.is_admin else self.filter(owner=user)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


class BulkJob(models.Model):
    """One action on many objects of a person. The row says how far it has come; a message only hints.

    Either ``ids`` lists the objects, or ``filters`` finds them, in the order of their ids up to
    ``last_id``, so that what is made meanwhile is left out.
    """

    id = IdField()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bulk_jobs", db_index=False)
    subject = models.CharField(max_length=30)
    """What it is about: ``workflows``, ``executions``."""
    action = models.CharField(max_length=30)
    parameters = JsonField(default=dict)
    ids = JsonField(null=True)
    filters = JsonField(null=True)
    last_id = models.UUIDField(null=True)
    state = models.CharField(max_length=9, choices=BulkState.choices, default=BulkState.QUEUED.value)
    reason = models.CharField(max_length=300, blank=True)
    """Why it failed as a whole."""
    total = models.PositiveIntegerField(null=True)
    """None until it was counted."""
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    position = models.UUIDField(null=True)
    """The id up to which all is dealt with."""
    cancel_requested = models.BooleanField(default=False)
    fence = models.BigIntegerField(default=0)
    """Rises with every claim; an item under an older fence changes nothing."""
    lease_until = models.DateTimeField(null=True)
    origin = JsonField(default=dict)
    """The request that asked for it, for the audit rows."""
    created_at = models.DateTimeField(default=utc_now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="bulk_state_known", condition=Q(state__in=BulkState.values)),
            models.CheckConstraint(
                name="bulk_has_one_selection",
                condition=Q(ids__isnull=True, filters__isnull=False)
                | Q(ids__isnull=False, filters__isnull=True),
            ),
            models.CheckConstraint(
                name="bulk_final_is_at_rest",
                condition=Q(state__in=OPEN_STATES, finished_at__isnull=True)
                | (~Q(state__in=OPEN_STATES) & Q(finished_at__isnull=False, lease_until__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="bulk_by_owner"),
            models.Index(fields=["id"], name="bulk_open", condition=Q(state__in=OPEN_STATES)),
        ]

    def __str__(self) -> str:
        return f"{self.action} of {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def handled(self) -> int:
        return self.done + self.failed


class BulkJobErrorQuerySet(models.QuerySet["BulkJobError"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(job__in=BulkJob.objects.visible_to(user))


class BulkJobError(models.Model):
    """Why the action could not be done to one of the objects."""

    id = IdField()
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="errors")
    object_id = models.UUIDField()
    label = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=50)
    message = models.CharField(max_length=500)

    objects = BulkJobErrorQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "object_id"], name="bulk_error_once")]

    def __str__(self) -> str:
        return f"{self.label}: {self.message}"
