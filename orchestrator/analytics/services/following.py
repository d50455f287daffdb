"""Following the runs that end. The engine knows nothing of it: its events are read after they are committed.

The event of a run's end has an index by time. An event may be committed a little after the moment it bears,
so the last minutes are always read again; what is recorded already is left out by its key. What is missed
all the same (a commit that took longer, a follower that was off for months) ``record_missing`` finds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from orchestrator.analytics.models import ExecutionHistory, Position
from orchestrator.analytics.services.recording import BATCH, in_batches, record_runs
from orchestrator.core.ids import id_at
from orchestrator.executions.domain.status import FINAL
from orchestrator.executions.models import EventRow, Execution

ENDED: Final = "execution_ended"
LATEST_COMMIT: Final = timedelta(minutes=2)
AT_ONCE: Final = 2_000
_BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
_FINAL: Final = [status.value for status in FINAL]


def follow(*, now: datetime) -> int:
    """Record runs that have ended since the last time, at most some thousand; the number recorded."""
    position, _ = Position.objects.get_or_create(pk=1, defaults={"read_until": _BEGINNING})
    recorded = ExecutionHistory.objects.filter(pk=OuterRef("execution_id"))
    ended = (
        EventRow.objects.filter(type=ENDED, occurred_at__gt=position.read_until - LATEST_COMMIT)
        .filter(~Exists(recorded))
        .order_by("occurred_at")
        .values_list("execution_id", "occurred_at")
    )
    found = list(ended[:AT_ONCE])
    added = sum(record_runs(batch) for batch in in_batches(each for each, _ in found))
    reached = found[-1][1] if len(found) == AT_ONCE else now
    Position.objects.filter(pk=1, read_until__lt=reached).update(read_until=reached)
    return added


def record_missing(*, since: datetime | None = None) -> int:
    """Record every ended run that is not recorded, from those that were made at ``since`` on.

    Walks through all runs by their ids, a thousand at a time; can be stopped and begun again.
    """
    recorded = ExecutionHistory.objects.filter(pk=OuterRef("pk"))
    added, after = 0, id_at(since or _BEGINNING)
    while True:
        page = list(
            Execution.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:1_000]
        )
        if not page:
            return added
        missing = Execution.objects.filter(pk__gt=after, pk__lte=page[-1], status__in=_FINAL)
        ids: list[UUID] = list(missing.filter(~Exists(recorded)).values_list("pk", flat=True))
        for begin in range(0, len(ids), BATCH):
            with transaction.atomic():
                added += record_runs(ids[begin : begin + BATCH])
        after = page[-1]
