"""How the platform is doing, over everybody: for the operations page, the metrics and the probes.

Reads only. Whoever calls it in a web process does so as the server; see core/rls.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import redis
from django.conf import settings
from django.db import connection
from django.db.models import Count, Min

from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.core.redis import redis_client
from orchestrator.executions.domain.status import LIVE
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.presence import EngineSeen, engines_seen, swept_at
from orchestrator.executions.services.partitions import months_from, partition_of

SWEEP_WITHIN_SECONDS: Final = 10
QUEUES: Final = ("engine", "celery")
RECENT: Final = timedelta(hours=1)
_LIVE: Final = [status.value for status in sorted(LIVE)]


@dataclass(frozen=True, slots=True)
class Load:
    """What stands in the table of runs. ``oldest_due_seconds``: how long the oldest has been kept waiting."""

    live: dict[str, int]
    recent: dict[str, int]
    due: int
    oldest_due_seconds: float
    queued: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What Redis knows; ``reachable`` False is all that is known while it is away."""

    reachable: bool
    engines: list[EngineSeen]
    swept_at: datetime | None
    queues: dict[str, int]
    version: str = ""


@dataclass(frozen=True, slots=True)
class Partition:
    """A month of events. ``drops_at`` None: never, or the partition for what belongs to no month."""

    name: str
    month: datetime | None
    bytes: int
    rows: int
    drops_at: datetime | None


@dataclass(frozen=True, slots=True)
class Database:
    version: str
    bytes: int
    connections: int
    max_connections: int
    oldest_transaction_seconds: float


def load(*, now: datetime) -> Load:
    """Live runs by status, runs begun lately by status, and those that wait for a worker. Four queries."""
    live = Execution.objects.filter(status__in=_LIVE).order_by().values_list("status")
    recent = Execution.objects.filter(pk__gte=id_at(now - RECENT)).order_by().values_list("status")
    due = Execution.objects.due(now).aggregate(runs=Count("id"), oldest=Min("wake_at"))
    waited = (now - due["oldest"]).total_seconds() if due["oldest"] else 0.0
    return Load(
        live=dict.fromkeys(_LIVE, 0) | dict(live.annotate(runs=Count("id"))),
        recent=dict(recent.annotate(runs=Count("id"))),
        due=due["runs"],
        oldest_due_seconds=max(0.0, waited),
        queued=Execution.objects.queued().count(),
    )


def signs(*, now: datetime) -> Signs:
    """Engines, the sweep and the queues. Never fails."""
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            for queue in QUEUES:
                pipe.llen(queue)
            pipe.info("server")
            *depths, server = pipe.execute()
        queues = dict(zip(QUEUES, depths, strict=True))
        return Signs(True, engines_seen(now=now), swept_at(), queues, str(server["redis_version"]))
    except redis.RedisError:
        return Signs(False, [], None, {})


def partitions() -> list[Partition]:
    """The event table's months, newest first, and its default partition where that holds rows. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS)
        found = cursor.fetchall()
    return [_partition(*row) for row in found if not row[0].endswith("_default") or row[2]]


def database() -> Database:
    """Size, version and connections of the database. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        version, size, used, most, oldest = cursor.fetchone()
    return Database(version, size, used, most, float(oldest or 0))


def _partition(name: str, size: int, rows: int) -> Partition:
    digits = name[-8:]  # …_y2026m11
    if not digits.startswith("y"):
        return Partition(name, None, size, rows, None)
    month = months_from(utc_now().replace(year=int(digits[1:5]), month=int(digits[6:8]), day=1), 1)[0]
    keep = settings.EVENT_RETENTION_DAYS
    ends = months_from(month, 2)[1]
    assert partition_of(month) == name, "partitions are named after their month"
    return Partition(name, month, size, rows, ends + timedelta(days=keep) if keep else None)


_PARTITIONS: Final = """
SELECT child.relname, pg_total_relation_size(child.oid), greatest(child.reltuples, 0)::bigint
FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
WHERE inhparent = to_regclass('executions_event')
ORDER BY child.relname DESC
"""
_DATABASE: Final = """
SELECT current_setting('server_version'), pg_database_size(current_database()),
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::int,
    (SELECT extract(epoch FROM max(now() - xact_start)) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid())
"""
