"""What strategies tell people, and who has read it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField
from trading.models.runs import StrategyRun


class Alert(models.Model):
    """Something that a strategy wants people to know."""

    id = IdField()
    run = models.ForeignKey(StrategyRun, on_delete=models.CASCADE, related_name="alerts")
    reference = models.CharField(max_length=200)
    level = models.CharField(max_length=10, default="info")
    text = models.TextField()
    happened_at = models.DateTimeField()
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["run", "-id"], name="alert_by_run")]
        constraints = [
            models.UniqueConstraint(fields=["run", "reference"], name="alert_once"),
            models.CheckConstraint(
                name="alert_level_known", condition=Q(level__in=["info", "warning", "critical"])
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AlertRead(models.Model):
    """A person has read an alert."""

    id = IdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="reads")
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "alert"], name="alert_read_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.alert_id}"


class AlertsRead(models.Model):
    """A person has read all alerts up to one, whose id is ``until``: ids rise with time."""

    id = IdField()
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    until = models.UUIDField()
    updated_at = models.DateTimeField(default=utc_now)

    def __str__(self) -> str:
        return f"{self.user_id} up to {self.until}"
