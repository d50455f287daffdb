"""The monthly partitions of the event table: made ahead, so that an old month can be dropped whole.

There is a default partition, so that inserting never fails: a month that nobody made lands there, and is
moved into a partition of its own the next time. Made after every ``migrate``, and daily by beat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import structlog
from django.db import connection, transaction
from psycopg import sql

from orchestrator.executions.models import EventRow

MONTHS_AHEAD: Final = 2
"""Beat may be down for this long before the default partition is needed."""
LOCK_TIMEOUT_MS: Final = 5_000
_TABLE: Final = EventRow._meta.db_table
_DEFAULT: Final = f"{_TABLE}_default"
_NAMED: Final = re.compile(rf"{_TABLE}_y(\d{{4}})m(\d{{2}})")
_ONE_AT_A_TIME: Final = 0x0E7E_0001

log = structlog.get_logger(__name__)


def make_event_partitions(*, now: datetime) -> list[str]:
    """Make this month's partition, the next ones, and those of rows that are in the default one.

    The names of those it made, oldest first. Each is made in a transaction of its own, during which no
    event can be written; it gives up after LOCK_TIMEOUT_MS, to be tried again another day. Idempotent,
    also when several do it at once.
    """
    if not _table_exists():
        return []
    made = [name for month in sorted(_wanted(now)) if (name := _make(month)) is not None]
    if made:
        log.info("event_partitions_made", partitions=made)
    return made


def partition_of(month: datetime) -> str:
    return f"{_TABLE}_y{month.year:04}m{month.month:02}"


def months_from(now: datetime, count: int) -> list[datetime]:
    """The first moments, in UTC, of the month of ``now`` and of the following ones."""
    first = now.astimezone(UTC)
    index = first.year * 12 + first.month - 1
    return [datetime(each // 12, each % 12 + 1, 1, tzinfo=UTC) for each in range(index, index + count)]


def event_months() -> list[datetime]:
    """The first moments of the months that have a partition, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid"
            " WHERE inhparent = to_regclass(%s)",
            [_TABLE],
        )
        found = [_NAMED.fullmatch(name) for (name,) in cursor.fetchall()]
    return sorted(datetime(int(name[1]), int(name[2]), 1, tzinfo=UTC) for name in found if name)


def _wanted(now: datetime) -> Iterable[datetime]:
    strayed = sql.SQL("SELECT DISTINCT date_trunc('month', occurred_at, 'UTC') FROM {}")
    with connection.cursor() as cursor:
        cursor.execute(strayed.format(sql.Identifier(_DEFAULT)))
        found = {row[0].astimezone(UTC) for row in cursor.fetchall()}
    return {*months_from(now, 1 + MONTHS_AHEAD), *found}


@transaction.atomic
def _make(month: datetime) -> str | None:
    """Beside the table first, filled from the default partition, and attached as the last step.

    ``CREATE TABLE … PARTITION OF`` would stop readers too, and fails once the default has rows for it.
    """
    name = partition_of(month)
    start, end = months_from(month, 2)
    words = {
        "table": sql.Identifier(_TABLE),
        "default": sql.Identifier(_DEFAULT),
        "partition": sql.Identifier(name),
        "start": sql.Literal(start.isoformat()),
        "end": sql.Literal(end.isoformat()),
        "timeout": sql.Literal(LOCK_TIMEOUT_MS),
        "key": sql.Literal(_ONE_AT_A_TIME),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(_LOCK).format(**words))
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone()[0]:
            return None
        cursor.execute(sql.SQL(_MAKE).format(**words))
    return name


_LOCK: Final = """
SET LOCAL lock_timeout = {timeout};
SELECT pg_advisory_xact_lock({key});
"""
_MAKE: Final = """
LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE {partition} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
WITH strayed AS (
    DELETE FROM {default} WHERE occurred_at >= {start} AND occurred_at < {end} RETURNING *
)
INSERT INTO {partition} SELECT * FROM strayed;
ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES FROM ({start}) TO ({end});
"""


def _table_exists() -> bool:
    """False while migrations are applied only in part, or taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_DEFAULT])
        return bool(cursor.fetchone()[0])
