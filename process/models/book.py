"""What a session becomes for others to hold: the title page of its book, and which chapters stand in it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField
from orchestrator.core.fields import IdField
from process.models.session import Session


class SessionBook(models.Model):
    """The title page, in a table of its own: the row of a session, which staff see, holds no content.

    ``chapter_order`` names sections, as far as the person moved any; those in ``left_out`` are no chapters.
    """

    id = IdField()
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="book")
    title = EncryptedField(blank=True, default="")
    author = EncryptedField(blank=True, default="")
    dedication = EncryptedField(blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    chapter_order = ArrayField(models.UUIDField(), default=list, blank=True)
    left_out = ArrayField(models.UUIDField(), default=list, blank=True)
    updated_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_book"

    def __str__(self) -> str:
        return f"book of {self.session_id}"


class SessionPhoto(models.Model):
    """The photo of the title page, encoded anew by the server, as Base64. Apart, for lists do not need it."""

    id = IdField()
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="photo")
    content = EncryptedField()
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        db_table = "process_session_photo"
        constraints = [
            models.CheckConstraint(name="process_photo_type", condition=Q(media_type="image/jpeg")),
        ]

    def __str__(self) -> str:
        return f"photo of {self.session_id}"
