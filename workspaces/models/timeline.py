"""The timeline of a workspace, and the files in it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from workspaces.domain.vocabulary import AuthorType, MessageStatus, MessageType
from workspaces.models.coding import ClaudeExecution
from workspaces.models.sessions import FeedbackItem, PatternSession
from workspaces.models.workspace import PatternWorkspace


class WorkspaceMessage(models.Model):
    """An entry of the timeline. One about what is under way changes in place: ``status`` and ``progress``."""

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="messages")
    type = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="workspace_messages"
    )
    author_type = models.CharField(max_length=10, default=AuthorType.USER.value)
    title = models.CharField(max_length=300, blank=True)
    content = models.TextField(blank=True)
    data = JsonField(null=True, blank=True)
    attachments = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    session = models.ForeignKey(
        PatternSession, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    feedback = models.ForeignKey(
        FeedbackItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    execution = models.ForeignKey(
        ClaudeExecution, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    status = models.CharField(max_length=20, blank=True)
    progress = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="message_by_time"),
            models.Index(fields=["workspace", "-id"], name="message_newest"),
            models.Index(fields=["workspace", "type", "-id"], name="message_by_type"),
            models.Index(fields=["workspace", "-updated_at"], name="message_changed"),
            models.Index(fields=["type"], name="message_type"),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_type_known", condition=Q(type__in=[each.value for each in MessageType])
            ),
            models.CheckConstraint(
                name="message_author_known",
                condition=Q(author_type__in=[each.value for each in AuthorType]),
            ),
            models.CheckConstraint(
                name="message_status_known",
                condition=Q(status__in=["", *(each.value for each in MessageStatus)]),
            ),
            models.CheckConstraint(
                name="message_progress", condition=Q(progress__isnull=True) | Q(progress__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.type


class Attachment(models.Model):
    """A file in a timeline. ``path`` lies below the folder of files that the server keeps."""

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="files")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    path = models.CharField(max_length=300, unique=True)
    created_at = models.DateTimeField(default=utc_now)

    def __str__(self) -> str:
        return self.name
