"""What is made of answers: drafts and chapters, archetypes, and the record of what was sent to a provider."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedBytesField, EncryptedField
from orchestrator.core.fields import IdField, JsonField
from process.domain.vocabulary import Origin, Sent, SynthesisType
from process.models.prompts import ProcessSection
from process.models.session import Answer, Session


class Synthesis(models.Model):
    """One version of a text made of a section's answers; without a section, of the whole session.

    ``content`` is Markdown. ``sources`` has for each of its sentences where it stands and the
    answers that it rests on. Drafts and chapters of a section are numbered together: a chapter is a
    draft that was approved, and there is one at a time.
    """

    id = IdField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="syntheses")
    section = models.ForeignKey(
        ProcessSection, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    synthesis_type = models.CharField(max_length=50)
    title = models.CharField(max_length=200, blank=True)
    content = EncryptedField()
    sources = JsonField(default=list, blank=True)
    origin = models.CharField(max_length=10, default=Origin.AI.value)
    is_provisional = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    user_approved = models.BooleanField(null=True)
    user_feedback = EncryptedField(blank=True, default="")
    execution_id = models.UUIDField(null=True, blank=True)
    generated_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_synthesis"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "section", "synthesis_type", "version"],
                name="process_synthesis_version_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="process_synthesis_type",
                condition=Q(synthesis_type__in=[each.value for each in SynthesisType]),
            ),
            models.UniqueConstraint(
                fields=["execution_id"],
                name="process_synthesis_once_per_run",
                condition=Q(execution_id__isnull=False),
            ),
            models.CheckConstraint(
                name="process_synthesis_origin", condition=Q(origin__in=[each.value for each in Origin])
            ),
            models.CheckConstraint(
                name="process_approved_is_final", condition=~Q(user_approved=True, is_provisional=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.synthesis_type} {self.version}"


class Archetype(models.Model):
    """A pattern seen in a story. Shown once ``revealed_to_user``; the person has the last word."""

    id = IdField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="archetypes")
    archetype_type = models.CharField(max_length=100)
    origin = models.CharField(max_length=10, default=Origin.AI.value)
    confidence_score = models.DecimalField(max_digits=3, decimal_places=2)
    themes = EncryptedField(default="[]")
    narrative_shape = EncryptedField(blank=True, default="")
    evidence = EncryptedField(default="[]")
    revealed_to_user = models.BooleanField(default=False)
    user_confirmed = models.BooleanField(null=True)
    user_reframed = EncryptedField(blank=True, default="")
    execution_id = models.UUIDField(null=True, blank=True)
    inferred_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_archetype"
        ordering = ["-confidence_score", "id"]
        constraints = [
            models.CheckConstraint(
                name="process_archetype_confidence",
                condition=Q(confidence_score__gte=0) & Q(confidence_score__lte=1),
            ),
            models.UniqueConstraint(fields=["session", "archetype_type"], name="process_archetype_once"),
        ]

    def __str__(self) -> str:
        return self.archetype_type


class Disclosure(models.Model):
    """One call of a provider with a person's words: which answers it was given, and the very text sent.

    Stored before the call is made, so that nothing is sent of which there is no record.
    """

    id = IdField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="disclosures")
    purpose = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=100)
    answer_ids = ArrayField(models.UUIDField(), default=list)
    text = EncryptedField()
    outcome = models.CharField(max_length=10, default=Sent.BEGUN.value)
    execution_id = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_disclosure"
        ordering = ["-id"]
        indexes = [models.Index(fields=["session", "-id"], name="process_disclosure_session")]
        constraints = [
            models.CheckConstraint(
                name="process_disclosure_outcome", condition=Q(outcome__in=[each.value for each in Sent])
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.provider}"


class FollowUp(models.Model):
    """A further question that an answer gave rise to, and what the person said to it."""

    id = IdField()
    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="follow_up")
    question = EncryptedField()
    reply = EncryptedField(blank=True, default="")
    revision = models.PositiveIntegerField(default=0)
    """Rises with each change of the reply, so that a second tab cannot overwrite what it has not seen."""
    origin = models.CharField(max_length=10, default=Origin.AI.value)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    execution_id = models.UUIDField(null=True, blank=True)
    asked_at = models.DateTimeField(default=utc_now)
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "process_follow_up"

    def __str__(self) -> str:
        return f"follow-up of {self.answer_id}"


class Transcription(models.TextChoices):
    """What has become of the wish to have a recording written down."""

    NONE = "", "Not asked for"
    WANTED = "wanted", "Under way"
    READY = "ready", "Ready to look over"
    FAILED = "failed", "Did not work"


class Recording(models.Model):
    """A voice recorded in the browser, encrypted; its words are the answer's, typed or transcribed.

    ``transcript`` is what a provider heard, offered to the person, who alone makes it the answer. While one
    is wanted, ``due_at`` is when a worker may take it (again): the row, not a message, says what is to do.
    """

    id = IdField()
    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="recording")
    audio = EncryptedBytesField()
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField(default=0)
    duration_seconds = models.FloatField(default=0)
    transcription = models.CharField(max_length=10, blank=True, default=Transcription.NONE.value)
    transcript = EncryptedField(blank=True, default="")
    transcription_fault = models.CharField(max_length=300, blank=True)
    transcribed_by = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_recording"
        constraints = [
            models.CheckConstraint(
                name="process_recording_transcription",
                condition=Q(transcription__in=Transcription.values),
            ),
            models.CheckConstraint(
                name="process_recording_due_while_wanted",
                condition=Q(transcription="wanted", due_at__isnull=False)
                | (~Q(transcription="wanted") & Q(due_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="process_recording_due", condition=Q(transcription="wanted")
            ),
        ]

    def __str__(self) -> str:
        return f"recording of {self.answer_id}"
