"""Sums of whole days, so that a chart over months reads a row for each workflow and day.

The days of a time zone are stretches of 24 hours that begin at some quarter of an hour of the UTC day, its
*cut*: 23:00 and 22:00 for Paris, 18:30 for Kolkata. There are sums for the cuts of ``DayCut`` only, and for
these all of them: they are written in the transaction that writes the quarters. Days on which the clock is
changed are longer or shorter, and are added up from quarters.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestrator.analytics.models.summaries import ProviderFigures, RunFigures


class DayCut(models.Model):
    """There are sums of the days that begin here. Its row is made in the transaction that makes the sums."""

    cut = models.PositiveSmallIntegerField(primary_key=True)
    """Quarters of an hour since midnight UTC."""

    class Meta:
        constraints = [models.CheckConstraint(name="daycut_within_a_day", condition=Q(cut__lt=96))]

    def __str__(self) -> str:
        hours, quarters = divmod(self.cut, 4)
        return f"{hours:02}:{quarters * 15:02}"


class RunDay(RunFigures):
    """Runs of a workflow that finished within the 24 hours from a cut on a UTC day."""

    cut = models.PositiveSmallIntegerField()
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow_id", "cut", "day"], name="runday_once"),
        ]
        indexes = [models.Index(fields=["cut", "day"], name="runday_by_time")]

    def __str__(self) -> str:
        return f"{self.workflow_id} {self.day}"


class ProviderDay(ProviderFigures):
    """Calls of one AI provider, for the runs of a workflow within the 24 hours from a cut on a UTC day."""

    cut = models.PositiveSmallIntegerField()
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workflow_id", "cut", "day", "provider"], name="providerday_once"
            ),
        ]
        indexes = [models.Index(fields=["cut", "day"], name="providerday_by_time")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"
