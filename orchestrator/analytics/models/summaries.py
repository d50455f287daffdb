"""Sums of the history, so that a chart over millions of runs reads some thousand rows.

Runs, providers and answers are summed by quarters of an hour: every time zone's days are made of whole ones.
What all workflows did together stands under the workflow ``EVERYTHING``, for those who may see everything.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Q

from orchestrator.analytics.domain.durations import DIGITS
from orchestrator.analytics.models.history import OfWorkflowQuerySet

EVERYTHING: Final = UUID(int=0)


def histogram() -> models.DecimalField[Any, Any]:
    """Of durations, as one number (domain/durations.py)."""
    return models.DecimalField(max_digits=DIGITS, decimal_places=0, default=0)


class RunFigures(models.Model):
    """What runs of a workflow add up to. Durations are those of the successful ones."""

    id = models.BigAutoField(primary_key=True)
    workflow_id = models.UUIDField()
    success = models.PositiveIntegerField(default=0)
    failure = models.PositiveIntegerField(default=0)
    timeout = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    duration_ms = models.PositiveBigIntegerField(default=0)
    durations = histogram()
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    tokens = models.PositiveBigIntegerField(default=0)

    objects = OfWorkflowQuerySet.as_manager()

    class Meta:
        abstract = True


class ProviderFigures(models.Model):
    """What calls of one AI provider come to, for runs of a workflow."""

    id = models.BigAutoField(primary_key=True)
    workflow_id = models.UUIDField()
    provider = models.CharField(max_length=40)
    calls = models.PositiveIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)

    objects = OfWorkflowQuerySet.as_manager()

    class Meta:
        abstract = True


class RunSum(RunFigures):
    """Runs of a workflow that finished within a quarter of an hour."""

    quarter = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow_id", "quarter"], name="runsum_once"),
        ]
        indexes = [models.Index(fields=["quarter"], name="runsum_by_time")]

    def __str__(self) -> str:
        return f"{self.workflow_id} {self.quarter:%Y-%m-%d %H:%M}"


class ProviderSum(ProviderFigures):
    """Calls of one AI provider, for the runs of a workflow within a quarter of an hour."""

    quarter = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow_id", "quarter", "provider"], name="providersum_once"),
        ]
        indexes = [models.Index(fields=["quarter"], name="providersum_by_time")]

    def __str__(self) -> str:
        return f"{self.provider} {self.quarter:%Y-%m-%d %H:%M}"


class AnswerSum(models.Model):
    """How long people took to answer the approvals of a workflow, within a quarter of an hour."""

    id = models.BigAutoField(primary_key=True)
    workflow_id = models.UUIDField()
    quarter = models.DateTimeField()
    approver = models.CharField(max_length=150, blank=True)
    """Empty where the deadline answered."""
    approved = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    duration_ms = models.PositiveBigIntegerField(default=0)
    longest_ms = models.PositiveBigIntegerField(default=0)
    durations = histogram()

    objects = OfWorkflowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow_id", "quarter", "approver"], name="answersum_once"),
        ]
        indexes = [models.Index(fields=["quarter"], name="answersum_by_time")]

    def __str__(self) -> str:
        return f"{self.approver} {self.quarter:%Y-%m-%d %H:%M}"


class NodeSum(models.Model):
    """How one node of a workflow did in the runs that finished on a day (UTC), or in a week from Monday on.

    Each run is counted in both, so that a long range reads the weeks in it and the days at its ends.
    """

    id = models.BigAutoField(primary_key=True)
    workflow_id = models.UUIDField()
    days = models.PositiveSmallIntegerField(default=1)
    """1, or 7 for a week."""
    day = models.DateField()
    node_id = models.CharField(max_length=100)
    node_type = models.CharField(max_length=100)
    runs = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    duration_ms = models.PositiveBigIntegerField(default=0)
    longest_ms = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)

    objects = OfWorkflowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workflow_id", "days", "day", "node_id", "node_type"], name="nodesum_once"
            ),
            models.CheckConstraint(
                name="nodesum_day_or_week", condition=Q(days=1) | Q(days=7, day__iso_week_day=1)
            ),
        ]
        indexes = [models.Index(fields=["days", "day"], name="nodesum_by_day")]

    def __str__(self) -> str:
        return f"{self.node_id} {self.day}"


class WorkflowTotal(models.Model):
    """All that a workflow ever did, one row each: its statistics however often it ran."""

    workflow_id = models.UUIDField(primary_key=True, editable=False)
    workflow_name = models.CharField(max_length=200)
    success = models.PositiveBigIntegerField(default=0)
    failure = models.PositiveBigIntegerField(default=0)
    timeout = models.PositiveBigIntegerField(default=0)
    cancelled = models.PositiveBigIntegerField(default=0)
    duration_ms = models.PositiveBigIntegerField(default=0)
    average_ms = models.GeneratedField(
        expression=models.Case(
            models.When(success__gt=0, then=models.F("duration_ms") / models.F("success")), default=None
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    cost = models.DecimalField(max_digits=16, decimal_places=6, default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    last_finished_at = models.DateTimeField()

    objects = OfWorkflowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-average_ms"], name="total_by_duration", condition=Q(average_ms__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.workflow_name


class Position(models.Model):
    """How far the follower has read the events of runs that ended. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    read_until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="position_only_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.read_until:%Y-%m-%d %H:%M:%S}"
