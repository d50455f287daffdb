"""Candles that sessions look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField
from workspaces.models.workspace import PatternWorkspace

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CandleQuerySet(models.QuerySet["CandleSet"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, the ones made up for everybody, and those of sessions that they see."""
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        seen = PatternWorkspace.objects.visible_to(user).values("sessions__candles")
        return self.filter(Q(owner=user) | Q(owner__isnull=True) | Q(pk__in=seen))


class CandleSet(models.Model):
    """A series of bars. ``data`` is a compressed NumPy archive of its six columns; it never changes.

    Without an owner it is made up and for everybody.
    """

    id = IdField()
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="candle_sets"
    )
    name = models.CharField(max_length=200)
    is_generated = models.BooleanField(default=False)
    count = models.PositiveIntegerField()
    step_seconds = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    notices = ArrayField(models.TextField(), default=list, blank=True)
    data = models.BinaryField()
    created_at = models.DateTimeField(default=utc_now)

    objects = CandleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "-id"], name="candles_by_owner")]
        constraints = [models.CheckConstraint(name="candles_are_some", condition=Q(count__gt=0))]

    def __str__(self) -> str:
        return self.name
