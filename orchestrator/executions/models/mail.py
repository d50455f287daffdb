"""Mail for runs; see runtime/mail.py for how it is posted and taken."""

from __future__ import annotations

from django.db import models

from orchestrator.core.clock import utc_now
from orchestrator.core.fields import JsonField
from orchestrator.executions.models.execution import Execution


class Mail(models.Model):
    """Something that came for a run: a signal, an answer, a child's end, a wish to pause or cancel.

    Taken in by the worker that holds the run, in order, and deleted by the commit that records it.
    """

    id = models.BigAutoField(primary_key=True)
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="mail", db_index=False)
    kind = models.CharField(max_length=16)
    data = JsonField(default=dict)
    metadata = JsonField(default=dict)
    posted_at = models.DateTimeField(default=utc_now)

    class Meta:
        verbose_name_plural = "mail"
        indexes = [models.Index(fields=["execution", "id"], name="mail_by_execution")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.execution_id}"
