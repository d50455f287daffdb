"""A person's journey through a version: where they stand, what they chose, and what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField, opened
from orchestrator.core.fields import IdField, JsonField
from orchestrator.core.json import Json
from process.domain.vocabulary import (
    NodeStatus,
    ScopeType,
    SectionStatus,
    SessionStatus,
)
from process.models.definition import ProcessNode, ProcessVersion
from process.models.prompts import ProcessPrompt, ProcessSection

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def _in(column: str, kind: type[SessionStatus | NodeStatus | SectionStatus | ScopeType]) -> Q:
    return Q(**{f"{column}__in": [each.value for each in kind]})


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """A person's own. Not even an admin sees others': a life story is nobody else's business."""
        return self.filter(user=user) if isinstance(user, User) else self.none()

    def readable_by(self, user: User | AnonymousUser) -> Self:
        """Their own, and those whose owners let them read."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(Q(user=user) | Q(pk__in=SessionGrant.objects.filter(user=user).values("session")))


class Session(models.Model):
    """One journey. Its row is locked by every step.

    ``path`` are the nodes visited, ``position`` the one of them that is shown. ``revision`` rises with every
    step, so that a second tab that still shows the step before can be told. ``withdrawn_revision`` is the
    highest revision of an answer that was taken back: later answers count on from there, so that a tab
    which still shows what was taken back cannot take a new answer for it.
    """

    id = IdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="process_sessions")
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="sessions")
    current_node = models.ForeignKey(ProcessNode, on_delete=models.PROTECT, related_name="+")
    current_section = models.ForeignKey(
        ProcessSection, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    path = ArrayField(models.UUIDField(), default=list)
    position = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=50, default=SessionStatus.ACTIVE.value)
    revision = models.PositiveIntegerField(default=1)
    withdrawn_revision = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=utc_now)
    last_activity_at = models.DateTimeField(default=utc_now)
    completed_at = models.DateTimeField(null=True, blank=True)
    metadata = JsonField(default=dict, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        db_table = "process_session"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "status", "-id"], name="process_session_status"),
            models.Index(fields=["user", "-id"], name="process_session_user"),
            models.Index(fields=["process_version", "current_node"], name="process_session_place"),
            models.Index(fields=["process_version", "started_at"], name="process_session_started"),
        ]
        constraints = [
            models.CheckConstraint(name="process_session_status", condition=_in("status", SessionStatus)),
            models.CheckConstraint(
                name="process_session_completed",
                condition=Q(status="completed", completed_at__isnull=False)
                | (~Q(status="completed") & Q(completed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"  # not the title: the admin shows this to staff

    @property
    def title(self) -> str:
        """What the person called it, empty for nothing. A query unless ``book`` was selected along."""
        book = getattr(self, "book", None)
        return opened(book.title) if book else ""


class SessionScope(models.Model):
    """What the person chose to tell of."""

    id = IdField()
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="scope")
    scope_type = models.CharField(max_length=50)
    scope_description = EncryptedField(blank=True, default="")
    time_period_start = models.DateField(null=True, blank=True)
    time_period_end = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_scope"
        constraints = [
            models.CheckConstraint(name="process_scope_type", condition=_in("scope_type", ScopeType)),
            models.CheckConstraint(
                name="process_scope_period",
                condition=Q(time_period_start__isnull=True)
                | Q(time_period_end__isnull=True)
                | Q(time_period_end__gte=F("time_period_start")),
            ),
        ]

    def __str__(self) -> str:
        return self.scope_type


class SessionProfile(models.Model):
    """What the person's life is made of, as far as it changes what is asked, and what to leave out."""

    id = IdField()
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="profile")
    has_relationships = models.BooleanField(null=True)
    has_children = models.BooleanField(null=True)
    has_multiple_careers = models.BooleanField(null=True)
    has_lived_multiple_places = models.BooleanField(null=True)
    has_military_service = models.BooleanField(null=True)
    faith_important = models.BooleanField(null=True)
    comfortable_discussing_romance = models.BooleanField(default=True)
    comfortable_discussing_trauma = models.BooleanField(default=True)
    prefers_some_private = models.BooleanField(default=False)
    additional_flags = JsonField(default=dict, blank=True)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_profile"

    def __str__(self) -> str:
        return f"profile of {self.session_id}"


class SessionProgress(models.Model):
    """How far a session is with one node. ``node_data`` holds no content."""

    id = IdField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="progress")
    process_node = models.ForeignKey(ProcessNode, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=50, default=NodeStatus.PENDING.value)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    prompts_completed = models.PositiveIntegerField(default=0)
    prompts_total = models.PositiveIntegerField(null=True, blank=True)
    node_data = JsonField(default=dict, blank=True)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_progress"
        constraints = [
            models.UniqueConstraint(fields=["session", "process_node"], name="process_progress_once"),
            models.CheckConstraint(name="process_progress_status", condition=_in("status", NodeStatus)),
        ]

    def __str__(self) -> str:
        return f"{self.process_node_id}: {self.status}"


class SessionSectionStatus(models.Model):
    """How far a session is with one section."""

    id = IdField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="section_statuses")
    section = models.ForeignKey(ProcessSection, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=50, default=SectionStatus.LOCKED.value)
    is_selected = models.BooleanField(default=False)
    prompts_answered = models.PositiveIntegerField(default=0)
    unlocked_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_section"
        constraints = [
            models.UniqueConstraint(fields=["session", "section"], name="process_session_section_once"),
            models.CheckConstraint(name="process_section_status", condition=_in("status", SectionStatus)),
        ]

    def __str__(self) -> str:
        return f"{self.section_id}: {self.status}"


class Answer(models.Model):
    """What a person said to a prompt, as encrypted JSON, whatever the prompt.

    ``tier`` is the prompt's, or 3 where the person marked the answer as private. ``revision`` rises with
    each change, so that a second tab cannot overwrite what it has not seen; 0: there is a recording, and no
    words yet (a blank text).
    """

    id = IdField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="answers")
    prompt = models.ForeignKey(ProcessPrompt, on_delete=models.PROTECT, related_name="+")
    content = EncryptedField()
    tier = models.PositiveSmallIntegerField()
    is_private = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_answer"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "prompt"], name="process_answer_once"),
            models.CheckConstraint(name="process_answer_tier", condition=Q(tier__in=[1, 2, 3])),
            models.CheckConstraint(
                name="process_answer_private_is_tier_3", condition=Q(is_private=False) | Q(tier=3)
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.prompt_id}"

    @property
    def value(self) -> Json:
        """What the person said: a text, true or false, or a list of choices."""
        return cast(Json, json.loads(opened(self.content)))


class SessionGrant(models.Model):
    """Leave to read a session, given by the person whose it is."""

    id = IdField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="process_grants")
    granted_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_grant"
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="process_grant_once"),
            models.CheckConstraint(name="process_grant_to_another", condition=~Q(user=F("granted_by"))),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} reads {self.session_id}"
