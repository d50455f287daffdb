"""Deleting notifications that were sent, given up or skipped long ago. Those of a run go with the run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orchestrator.core.ids import id_at
from orchestrator.executions.models import Notification, NotificationState

KEPT: Final = timedelta(days=90)
_BATCH: Final = 5_000


def forget_old_notifications(*, now: datetime, limit: int = 20 * _BATCH) -> int:
    """How many went. The rest of them waits for the next day, so that no task lasts long."""
    old = Notification.objects.filter(pk__lt=id_at(now - KEPT)).exclude(state=NotificationState.PENDING.value)
    gone = 0
    while gone < limit:
        found = list(old.order_by("pk").values_list("pk", flat=True)[:_BATCH])
        if not found:
            break
        gone += Notification.objects.filter(pk__in=found).delete()[0]
    return gone
