"""Dropping the events of months that are over for long enough, a month at a time.

Runs, steps and results stay. What goes with the events is the history of runs of that time: they can no
longer be replayed, nor be retried from one of their nodes. A run that is still under way goes on from its
snapshot; a month that holds events which no snapshot has yet is kept, with those after it, until one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from orchestrator.executions.domain.status import LIVE
from orchestrator.executions.services.partitions import (
    LOCK_TIMEOUT_MS,
    event_months,
    make_event_partitions,
    months_from,
    partition_of,
)

_LIVE: Final = [status.value for status in sorted(LIVE)]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OldMonth:
    """A month whose time is over. ``needed_by`` counts runs that have no snapshot of its events yet."""

    partition: str
    needed_by: int


def drop_old_events(*, now: datetime, keep_days: int | None = None, dry_run: bool = False) -> list[OldMonth]:
    """Drop each month that ended ``keep_days`` ago, oldest first; 0 days keeps everything.

    Stops before a month that is still needed. Each is dropped in a transaction of its own, in which
    nobody reads or writes events; it gives up after LOCK_TIMEOUT_MS, to be tried again another day.
    Idempotent. Answers with the months, also those only found to be old in a dry run.
    """
    keep_days = settings.EVENT_RETENTION_DAYS if keep_days is None else keep_days
    if keep_days == 0:
        return []
    make_event_partitions(now=now)  # so that nothing old is left in the default partition
    found = []
    for month in event_months():
        if months_from(month, 2)[1] > now - timedelta(days=keep_days):
            break
        found.append(OldMonth(partition_of(month), _runs_that_need(partition_of(month))))
        if found[-1].needed_by:
            log.warning("old_events_kept", partition=found[-1].partition, needed_by=found[-1].needed_by)
            break
        if not dry_run:
            _drop(found[-1].partition)
    return found


def _runs_that_need(partition: str) -> int:
    """No lock is needed: snapshots only move forward, and what is written now belongs to this month."""
    query = sql.SQL(
        "SELECT count(*) FROM executions_execution AS run WHERE status = ANY(%s) AND state_seq < last_seq AND"
        " EXISTS (SELECT FROM {} AS event WHERE event.execution_id = run.id AND event.seq > run.state_seq)"
    )
    with connection.cursor() as cursor:
        cursor.execute(query.format(sql.Identifier(partition)), [_LIVE])
        return int(cursor.fetchone()[0])


@transaction.atomic
def _drop(partition: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(partition)))
    log.info("old_events_dropped", partition=partition)
