"""Who may help with the writing of a session, and what was asked of them. No word of it is in clear."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField
from orchestrator.core.fields import IdField
from process.domain.vocabulary import Help, Made
from process.models.output import Synthesis
from process.models.prompts import ProcessSection
from process.models.session import Answer, Session


class Assistance(models.Model):
    """The person's choice: ``off``, ``offline`` rules, or a provider. Without a row it is the rules."""

    id = IdField()
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="assistance")
    provider = models.CharField(max_length=40)
    chosen_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_assistance"

    def __str__(self) -> str:
        return self.provider


class HelpRequest(models.Model):
    """Something that the person had made of their answers, and the run that makes it.

    Handlers find what they work on by the run's id alone: a run that nobody asked for here does nothing.
    """

    id = IdField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="help_requests")
    kind = models.CharField(max_length=20)
    section = models.ForeignKey(
        ProcessSection, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.ForeignKey(Answer, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=40)
    feedback = EncryptedField(blank=True, default="")
    previous = models.ForeignKey(
        Synthesis, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    execution_id = models.UUIDField(unique=True)
    outcome = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField(default=utc_now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "process_help_request"
        ordering = ["-id"]
        indexes = [models.Index(fields=["session", "kind", "-id"], name="process_help_session")]
        constraints = [
            models.CheckConstraint(
                name="process_help_kind", condition=Q(kind__in=[each.value for each in Help])
            ),
            models.CheckConstraint(
                name="process_help_outcome",
                condition=Q(finished_at__isnull=True, outcome="")
                | Q(finished_at__isnull=False, outcome__in=[each.value for each in Made]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.provider}"
