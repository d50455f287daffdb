"""Reminding people of approvals that still wait for them. Run by beat."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from orchestrator.executions.domain.reminders import next_reminder
from orchestrator.executions.models import Approval, NotificationKind, Occasion

_BATCH: Final = 200


@transaction.atomic
def remind_due(*, now: datetime) -> int:
    """Note an occasion for each approval whose reminder is due, and when the next one will be.

    Safe to run by several at once: rows that another holds are passed by.
    """
    rows = Approval.objects.filter(remind_at__lte=now).order_by("remind_at")
    due = list(rows.select_for_update(skip_locked=True)[:_BATCH])
    for approval in due:
        since = approval.escalated_at or approval.requested_at
        approval.remind_at = next_reminder(
            approval.reminders, since=since, deadline=approval.deadline_at, after=now
        )
    Approval.objects.bulk_update(due, ["remind_at"])
    Occasion.objects.bulk_create(
        Occasion.of_approval(approval, NotificationKind.REMINDER, now) for approval in due
    )
    return len(due)
