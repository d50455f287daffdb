"""Test sessions: what an algorithm saw in some candles, and what people say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from workspaces.domain.vocabulary import SessionStatus, Verdict
from workspaces.models.candles import CandleSet
from workspaces.models.coding import AlgorithmVersion, ClaudeExecution
from workspaces.models.workspace import PatternWorkspace

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_VERDICTS = [each.value for each in Verdict]
_OF_DETECTIONS = [each.value for each in Verdict if each is not Verdict.MISSED]


class PatternSessionQuerySet(models.QuerySet["PatternSession"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(workspace__in=PatternWorkspace.objects.visible_to(user).values("pk"))


class PatternSession(models.Model):
    """Some candles, ``first_bar`` to ``last_bar`` included, as one version with these parameters saw them."""

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="sessions")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pattern_sessions")
    candles = models.ForeignKey(CandleSet, on_delete=models.PROTECT, related_name="sessions")
    first_bar = models.PositiveIntegerField(default=0)
    last_bar = models.PositiveIntegerField()
    parameters = JsonField(default=dict)
    algorithm = models.ForeignKey(
        AlgorithmVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    version = models.CharField(max_length=20, default="0.0.0")
    status = models.CharField(max_length=10, default=SessionStatus.OPEN.value)
    detection_count = models.PositiveIntegerField(default=0)
    reviewed_count = models.PositiveIntegerField(default=0)
    right_count = models.PositiveIntegerField(default=0)
    missed_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=utc_now)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = PatternSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="pattern_session_newest")]
        constraints = [
            models.CheckConstraint(
                name="pattern_session_status",
                condition=Q(status="open", completed_at__isnull=True)
                | Q(status="completed", completed_at__isnull=False),
            ),
            models.CheckConstraint(name="pattern_session_range", condition=Q(last_bar__gte=F("first_bar"))),
            models.CheckConstraint(
                name="pattern_session_counts",
                condition=Q(right_count__lte=F("reviewed_count"))
                & Q(reviewed_count__lte=F("detection_count")),
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    @property
    def success_rate(self) -> float | None:
        """The share of reviewed detections that were right; None before the first."""
        return self.right_count / self.reviewed_count if self.reviewed_count else None


class SessionDetection(models.Model):
    """What was seen, in the order in which it was known. ``verdict`` is empty until it is reviewed."""

    id = IdField()
    session = models.ForeignKey(PatternSession, on_delete=models.CASCADE, related_name="detections")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    direction = models.CharField(max_length=10)
    bar = models.PositiveIntegerField()
    price = models.FloatField()
    confirmed_at = models.PositiveIntegerField()
    reason = models.TextField()
    top = models.FloatField(null=True, blank=True)
    bottom = models.FloatField(null=True, blank=True)
    origin = models.PositiveIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=10, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="session_detection_once"),
            models.CheckConstraint(
                name="session_detection_verdict", condition=Q(verdict__in=["", *_OF_DETECTIONS])
            ),
            models.CheckConstraint(name="session_detection_causal", condition=Q(bar__lte=F("confirmed_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at bar {self.bar}"


class FeedbackItem(models.Model):
    """A correction. In the cart until it is sent with a batch to a coding run.

    ``bar`` and ``price`` are where the pattern is, as the person sees it; for ``wrong`` where it is not.
    """

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="feedback_items")
    session = models.ForeignKey(PatternSession, on_delete=models.CASCADE, related_name="feedback_items")
    detection = models.OneToOneField(
        SessionDetection, null=True, blank=True, on_delete=models.CASCADE, related_name="feedback"
    )
    verdict = models.CharField(max_length=10)
    kind = models.CharField(max_length=40)
    direction = models.CharField(max_length=10)
    bar = models.PositiveIntegerField()
    price = models.FloatField(null=True, blank=True)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=utc_now)
    sent_to_claude_at = models.DateTimeField(null=True, blank=True)
    execution = models.ForeignKey(
        ClaudeExecution, null=True, blank=True, on_delete=models.SET_NULL, related_name="feedback_items"
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["workspace", "id"],
                name="feedback_in_cart",
                condition=Q(sent_to_claude_at__isnull=True),
            ),
            models.Index(fields=["session", "id"], name="feedback_of_session"),
        ]
        constraints = [
            models.CheckConstraint(name="feedback_verdict", condition=Q(verdict__in=_VERDICTS)),
            models.CheckConstraint(
                name="feedback_missed_has_no_detection",
                condition=Q(verdict="missed", detection__isnull=True)
                | (~Q(verdict="missed") & Q(detection__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} at bar {self.bar}"


class RegressionCase(models.Model):
    """A correction that every later version is held to. ``at`` is the bar's time, in seconds since 1970."""

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="cases")
    feedback = models.OneToOneField(FeedbackItem, on_delete=models.CASCADE, related_name="case")
    candles = models.ForeignKey(CandleSet, on_delete=models.PROTECT, related_name="cases")
    first_bar = models.PositiveIntegerField()
    last_bar = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10)
    kind = models.CharField(max_length=40)
    direction = models.CharField(max_length=10)
    at = models.BigIntegerField()
    price = models.FloatField(null=True, blank=True)
    accepted_by_run = models.ForeignKey(
        ClaudeExecution, null=True, blank=True, on_delete=models.SET_NULL, related_name="accepted_cases"
    )
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["workspace", "id"], name="case_of_workspace")]
        constraints = [models.CheckConstraint(name="case_verdict", condition=Q(verdict__in=_VERDICTS))]

    def __str__(self) -> str:
        return f"{self.verdict} {self.kind}"
