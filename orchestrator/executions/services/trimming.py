"""Keeping the record of runs that go round for months within bounds: of theirs, the newest part is kept.

A run that follows a stream does the same steps again and again. Its state does not grow; its events and
steps would. What is older than its last snapshot is needed by nobody to go on with it: only the replay of
the run's beginning goes, as it does when a month of events is dropped.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db.models import F, Min
from django.db.models.functions import Least

from orchestrator.executions.models import EventRow, Execution, StepRun

KEPT: Final = 50_000
"""Events of a run, the newest; with them go the steps that they recorded."""
LEAST_AGE: Final = timedelta(days=1)
"""Runs that began later are left alone: they end by themselves, or have not done much yet."""
BATCH: Final = 5_000
"""Events deleted in one statement."""
_SLACK: Final = 5_000

log = structlog.get_logger(__name__)


def trim_histories(*, now: datetime, keep: int = KEPT) -> int:
    """Delete what is older than the newest ``keep`` events of each run that goes round; of how many runs.

    May be killed at any time and run beside anything: what is to go is stored before it goes, and the next
    time finishes it.
    """
    rows = Execution.objects.live().filter(created_at__lt=now - LEAST_AGE, state__has_key="steps_before")
    long = list(
        rows.filter(last_seq__gt=F("trimmed_to") + keep + min(keep, _SLACK)).values_list("pk", flat=True)
    )
    Execution.objects.filter(pk__in=long).update(trimmed_to=Least("state_seq", F("last_seq") - keep))
    begun = rows.filter(trimmed_to__gt=0).values_list("pk", "trimmed_to")
    for execution_id, trimmed_to in begun:
        _delete(execution_id, trimmed_to)
    if long:
        log.info("histories_trimmed", runs=len(long))
    return len(long)


def _delete(execution_id: UUID, up_to: int) -> None:
    events = EventRow.objects.filter(execution_id=execution_id, seq__lte=up_to)
    steps = StepRun.objects.filter(execution=execution_id, seq__lte=up_to)
    for rows in (steps, events):
        while (first := rows.aggregate(first=Min("seq"))["first"]) is not None:
            rows.filter(seq__lt=first + BATCH).delete()
