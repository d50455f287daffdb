"""What was taken over from an older product: by which identity, and what has no place here any more."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from workspaces.models.workspace import PatternWorkspace

KINDS = ("candles", "sessions", "feedback", "implementation_sessions")


class ImportedRecord(models.Model):
    """A record that was taken over, by what it was called where it came from: it is so once.

    ``object_id`` is what it became, which may be gone since; ``checksum`` tells whether it reads otherwise
    now than it did then.
    """

    id = IdField()
    workspace = models.ForeignKey(PatternWorkspace, on_delete=models.CASCADE, related_name="imported")
    source = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    legacy_id = models.CharField(max_length=200)
    object_id = models.UUIDField()
    checksum = models.CharField(max_length=64)
    imported_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "legacy_id"], name="imported_once"),
            models.CheckConstraint(name="imported_kind_known", condition=Q(kind__in=KINDS)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.legacy_id} of {self.source}"


class ImplementationSession(models.Model):
    """A record of an older product, kept as it was. Deprecated: nothing new is written here."""

    id = IdField()
    workspace = models.ForeignKey(
        PatternWorkspace, on_delete=models.CASCADE, related_name="implementation_sessions"
    )
    source = models.CharField(max_length=100, default="", blank=True)
    legacy_id = models.CharField(max_length=200)
    data = JsonField(default=dict)
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        verbose_name = "implementation session (deprecated)"
        verbose_name_plural = "implementation sessions (deprecated)"
        constraints = [
            models.UniqueConstraint(fields=["source", "legacy_id"], name="implementation_session_once")
        ]

    def __str__(self) -> str:
        return self.legacy_id
