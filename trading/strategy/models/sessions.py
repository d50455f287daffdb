"""Strategic workflow sessions, their steps, what they recommend, and the log of all that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from orchestrator.executions.models import Execution
from trading.strategy.domain.vocabulary import (
    Outcome,
    RecommendationStatus,
    SessionStatus,
    StepStatus,
)
from trading.strategy.models.corporations import Corporation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SessionQuerySet(models.QuerySet["StrategicSession"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Of the corporations that the person sees."""
        return self.filter(corporation__in=Corporation.objects.visible_to(user))


class StrategicSession(models.Model):
    """``strategic_workflows``. ``initiator`` is a person's name, or ``agent:`` and what it is called.

    ``execution`` is the run that works on it; an imported session has none and stays as it is.
    ``last_seq`` is the number of its newest log entry.
    """

    id = IdField()
    corporation = models.ForeignKey(Corporation, on_delete=models.CASCADE, related_name="sessions")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    initiator = models.CharField(max_length=150)
    title = models.CharField(max_length=200)
    objective = models.TextField(blank=True)
    status = models.CharField(max_length=10, default=SessionStatus.ACTIVE.value)
    current_step = models.PositiveIntegerField(default=0)
    execution = models.OneToOneField(
        Execution, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    imported_id = models.CharField(max_length=100, blank=True)
    """The session id that an imported document came with."""
    idempotency_key = models.CharField(max_length=100, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["corporation", "status", "-id"], name="session_on_board")]
        constraints = [
            models.CheckConstraint(
                name="strategic_session_status_known",
                condition=Q(status__in=[each.value for each in SessionStatus]),
            ),
            models.CheckConstraint(name="strategic_session_initiated", condition=~Q(initiator="")),
            models.UniqueConstraint(
                fields=["corporation", "imported_id"],
                name="strategic_session_imported_once",
                condition=~Q(imported_id=""),
            ),
            models.UniqueConstraint(
                fields=["created_by", "idempotency_key"],
                name="strategic_session_asked_once",
                condition=~Q(idempotency_key=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_run(self) -> bool:
        """By its id: the run itself may be hidden from who looks."""
        return self.execution_id is not None


class StrategicStep(models.Model):
    """One step: what it was given, what came of it, and what a person said of that.

    ``started_at`` of a step that is pending is when it was laid out. ``input`` names the snapshots and the
    earlier steps it was given. ``remark`` is what a person asked it to mind when it was done again.
    """

    id = IdField()
    session = models.ForeignKey(StrategicSession, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    node_id = models.CharField(max_length=200, blank=True)
    iteration = models.PositiveIntegerField(default=1)
    step_type = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=15, default=StepStatus.PENDING.value)
    input = JsonField(default=dict)
    output = JsonField(null=True, blank=True)
    confidence_score = models.FloatField(null=True, blank=True)
    error = JsonField(null=True, blank=True)
    """``{code, message, at}`` of the last failure, while it stands."""
    rounds = models.PositiveIntegerField(default=0)
    remark = models.TextField(blank=True)
    edited = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(default=utc_now)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"],
                name="step_in_its_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["session", "node_id", "iteration"], name="step_of_node_once", condition=~Q(node_id="")
            ),
            models.CheckConstraint(
                name="strategic_step_status_known",
                condition=Q(status__in=[each.value for each in StepStatus]),
            ),
            models.CheckConstraint(
                name="strategic_step_confidence",
                condition=Q(confidence_score__isnull=True)
                | Q(confidence_score__gte=0, confidence_score__lte=1),
            ),
            models.CheckConstraint(
                name="strategic_step_ends_after_it_starts",
                condition=Q(completed_at__isnull=True) | Q(completed_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="strategic_step_reviewed_at_a_time",
                condition=Q(reviewed_by__isnull=True) | Q(reviewed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.title}"

    @property
    def awaits_review(self) -> bool:
        """It has an answer that nobody accepted yet."""
        return self.status == StepStatus.IN_PROGRESS and self.output is not None


class Recommendation(models.Model):
    """What a step advises, on what it rests, and what became of it.

    ``citations``: ``{kind, snapshot, as_of, fact}``, each of data that the step was given.
    """

    id = IdField()
    step = models.ForeignKey(StrategicStep, on_delete=models.CASCADE, related_name="recommendations")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    detail = models.TextField(blank=True)
    confidence_score = models.FloatField(null=True, blank=True)
    citations = JsonField(default=list)
    more = JsonField(default=dict)
    """The whole of it as an imported document told it."""
    status = models.CharField(max_length=10, default=RecommendationStatus.PROPOSED.value)
    outcome = models.CharField(max_length=10, blank=True)
    note = models.TextField(blank=True)
    judged_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="recommendation_once"),
            models.CheckConstraint(
                name="recommendation_status_known",
                condition=Q(status__in=[each.value for each in RecommendationStatus]),
            ),
            models.CheckConstraint(
                name="recommendation_outcome_known",
                condition=Q(outcome="") | Q(outcome__in=[each.value for each in Outcome]),
            ),
            models.CheckConstraint(
                name="recommendation_confidence",
                condition=Q(confidence_score__isnull=True)
                | Q(confidence_score__gte=0, confidence_score__lte=1),
            ),
            models.CheckConstraint(
                name="recommendation_judged_when_done",
                condition=Q(outcome="") | Q(done_at__isnull=False, judged_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WorkflowLog(models.Model):
    """``workflow_logs``: everything that happened in a session, in order, never changed."""

    id = IdField()
    session = models.ForeignKey(StrategicSession, on_delete=models.CASCADE, related_name="log")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(default=utc_now)
    event = models.CharField(max_length=60)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    step_position = models.PositiveIntegerField(null=True, blank=True)
    details = JsonField(default=dict)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["session", "seq"], name="log_in_order")]

    def __str__(self) -> str:
        return f"{self.seq}: {self.event}"
