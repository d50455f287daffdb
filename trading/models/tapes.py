"""Tapes: what markets told, in order, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField
from trading.domain.vocabulary import TapeOrigin, TapeStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class TapeQuerySet(models.QuerySet["Tape"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and those without an owner."""
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        return self.filter(Q(owner=user) | Q(owner__isnull=True))


class Tape(models.Model):
    """Without an owner it was generated, and is for everybody.

    ``first_at`` and ``last_at`` are moments of the market, not of the server. ``heard_at`` is when the
    recorder last heard anything, also where there was nothing to write. ``trouble`` is what is the matter
    with a recording now, ``lag_ms`` how long the oldest message waited that was written last.
    """

    id = IdField()
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="tapes")
    name = models.CharField(max_length=200)
    origin = models.CharField(max_length=10)
    status = models.CharField(max_length=10, default=TapeStatus.RECORDING.value)
    tokens = ArrayField(models.CharField(max_length=100), default=list)
    seed = models.BigIntegerField(null=True, blank=True)
    message_count = models.PositiveBigIntegerField(default=0)
    chunk_count = models.PositiveIntegerField(default=0)
    byte_count = models.PositiveBigIntegerField(default=0)
    gap_count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    lag_ms = models.PositiveIntegerField(null=True, blank=True)
    message_rate = models.FloatField(null=True, blank=True)
    trouble = models.TextField(blank=True)
    error = models.TextField(blank=True)
    idempotency_key = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=utc_now)

    objects = TapeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["owner", "-id"], name="tape_by_owner"),
            models.Index(
                fields=["id"], name="tape_recording", condition=Q(status=TapeStatus.RECORDING.value)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="tape_origin_known", condition=Q(origin__in=[each.value for each in TapeOrigin])
            ),
            models.CheckConstraint(
                name="tape_status_known", condition=Q(status__in=[each.value for each in TapeStatus])
            ),
            models.CheckConstraint(
                name="tape_without_owner_is_generated",
                condition=Q(owner__isnull=False) | Q(origin=TapeOrigin.GENERATED.value),
            ),
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"], name="tape_asked_once", condition=~Q(idempotency_key="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TapeChunk(models.Model):
    """``count`` messages from number ``first`` on, as compressed JSON lines. Never changed once written."""

    id = IdField()
    tape = models.ForeignKey(Tape, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    first = models.PositiveBigIntegerField()
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    data = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tape", "number"], name="tape_chunk_once"),
            models.UniqueConstraint(fields=["tape", "first"], name="tape_chunk_from"),
            models.CheckConstraint(name="tape_chunk_is_some", condition=Q(count__gt=0)),
            models.CheckConstraint(name="tape_chunk_in_order", condition=Q(last_at__gte=F("first_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.tape_id}: {self.number}"
