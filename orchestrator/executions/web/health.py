"""What a supervisor, a load balancer or a person asks to know whether this server is well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

import redis
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from orchestrator.config import serves_web
from orchestrator.core.clock import utc_now
from orchestrator.core.redis import redis_client
from orchestrator.executions.runtime.presence import SEEN_WITHIN, engines_about, swept_at
from orchestrator.executions.services.vitals import SWEEP_WITHIN_SECONDS


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to one question. One that is not required is told and does not make the server unready."""

    ok: bool
    detail: str
    required: bool = True


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a sick database does not get servers restarted."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 if requests can be served, else 503; each check by name. Tells no addresses and no versions."""
    checks = {name: check() for name, check in _CHECKS.items()}
    well = all(check.ok for check in checks.values() if check.required)
    body = {
        "status": "ok" if well else "unavailable",
        "checks": {name: asdict(check) for name, check in checks.items()},
    }
    return JsonResponse(body, status=200 if well else 503)


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_security_active(to_regclass('accounts_apikey')::oid)")
            [is_bound] = cursor.fetchone()
    except Error:
        return Check(False, "The database cannot be reached.")
    if serves_web() and is_bound is False:
        return Check(False, "The web process is not bound by row-level security: see WEB_DATABASE_URL.")
    return Check(True, "The database answers.")


def _migrations() -> Check:
    try:
        migrated = _is_migrated()
    except (Error, _NotMigrated):
        migrated = False
    return Check(migrated, "Every migration is applied." if migrated else "Migrations are missing.")


class _NotMigrated(Exception):
    """Raised so that only the good answer is remembered."""


@cache
def _is_migrated() -> bool:
    """Once true, true for the life of the process: a server is restarted to be upgraded."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _NotMigrated
    return True


def _redis() -> Check:
    try:
        redis_client().ping()
    except redis.RedisError:
        return Check(False, "Redis cannot be reached.")
    return Check(True, "Redis answers.")


def _engine() -> Check:
    """Not required: runs are accepted without a worker, and go on when one comes."""
    seconds = round(SEEN_WITHIN.total_seconds())
    try:
        engines = engines_about(now=utc_now())
    except redis.RedisError:
        return Check(False, "Not known without Redis.", required=False)
    if not engines:
        return Check(False, f"No engine worker was seen in the last {seconds} s: runs wait.", required=False)
    return Check(True, f"Engine workers seen in the last {seconds} s: {engines}.", required=False)


def _sweep() -> Check:
    """Not required: without the sweep workers look by themselves, and what fell through waits."""
    try:
        at = swept_at()
    except redis.RedisError:
        return Check(False, "Not known without Redis.", required=False)
    if at is None:
        return Check(False, "No sweep was seen: is beat running, and a task worker?", required=False)
    age = max(0, round((utc_now() - at).total_seconds()))
    well = age <= SWEEP_WITHIN_SECONDS
    late = "" if well else " Is beat running, and a task worker?"
    return Check(well, f"The last sweep was {age} s ago.{late}", required=False)


_CHECKS: Final[dict[str, Callable[[], Check]]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "engine": _engine,
    "sweep": _sweep,
}
