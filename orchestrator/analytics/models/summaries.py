"""Sums of the history, so that a chart over millions of runs reads some thousand rows.

Runs, providers and answers are summed by quarters of an hour: every time zone's days are made of whole ones.
What all workflows did together stands under the workflow ``EVERYTHING``, for those who may see everything.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.analytics.models.history import OfWorkflowQuerySet

EVERYTHING: Final = UUID(int=0)


class RunSum(models.Model):
    """Runs of a workflow that finished within a quarter of an hour."""

    id = models.BigAutoField(primary_key=True)
    workflow_id = models.UUIDField()
    quarter = models.DateTimeField()
    success = models.PositiveIntegerField(default=0)
    failure = models.PositiveIntegerField(default=0)
    timeout = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    duration_ms = models.PositiveBigIntegerField(default=0)
    """Of the successful ones."""
    durations = ArrayField(models.PositiveIntegerField(), default=list)
    """Histogram of the successful ones' durations (domain/durations.py)."""
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    tokens = models.PositiveBigIntegerField(default=0)

    objects = OfWorkflowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow_id", "quarter"], name="runsum_once"),
        ]
        indexes = [models.Index(fields=["quarter"], name="runsum_by_time")]

    def __str__(self) -> str:
        return f"{self.workflow_id} {self.quarter:%Y-%m-%d %H:%M}"


class ProviderSum(models.Model):
    """What calls of one AI provider came to, for the runs of a workflow within a quarter of an hour."""

    id = models.BigAutoField(primary_key=True)
    workflow_id = models.UUIDField()
    quarter = models.DateTimeField()
    provider = models.CharField(max_length=40)
    calls = models.PositiveIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)

    objects = OfWorkflowQuerySet.as_manager()

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
    durations = ArrayField(models.PositiveIntegerField(), default=list)

    objects = OfWorkflowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow_id", "quarter", "approver"], name="answersum_once"),
        ]
        indexes = [models.Index(fields=["quarter"], name="answersum_by_time")]

    def __str__(self) -> str:
        return f"{self.approver} {self.quarter:%Y-%m-%d %H:%M}"


class NodeSum(models.Model):
    """How one node of a workflow did in the runs that finished on a day (UTC)."""

    id = models.BigAutoField(primary_key=True)
    workflow_id = models.UUIDField()
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
                fields=["workflow_id", "day", "node_id", "node_type"], name="nodesum_once"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="nodesum_by_day")]

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
