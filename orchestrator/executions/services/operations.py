"""What the operations page shows: the platform's vital signs, and in plain words what is wrong with them."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal

import django

from orchestrator.core.rls import as_server
from orchestrator.executions.models import Notification
from orchestrator.executions.models.notification import NotificationState
from orchestrator.executions.services.vitals import (
    SWEEP_WITHIN_SECONDS,
    Database,
    Load,
    Partition,
    Signs,
    database,
    load,
    partitions,
    signs,
)

LONG_WAIT_SECONDS: Final = 10
DEEP_QUEUE: Final = 1_000
LONG_TRANSACTION_SECONDS: Final = 600
GIVEN_UP_SHOWN: Final = 10
GIVEN_UP_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and what to do about it."""

    tone: Literal["bad", "waiting"]
    title: str
    advice: str


@dataclass(frozen=True, slots=True)
class Operations:
    load: Load
    signs: Signs
    database: Database
    partitions: list[Partition]
    given_up: list[Notification]
    sweep_age_seconds: float | None
    versions: dict[str, str]
    findings: list[Finding]


def operations(*, now: datetime) -> Operations:
    """Everything, over everybody, in a fixed number of queries. For staff only."""
    with as_server("the operations page is about the platform, and shows no content of anybody"):
        found_load, found_database, months = load(now=now), database(), partitions()
        failed = Notification.objects.filter(
            state=NotificationState.FAILED.value, created_at__gte=now - GIVEN_UP_WITHIN
        )
        given_up = list(failed.select_related("workflow").order_by("-id")[:GIVEN_UP_SHOWN])
    found_signs = signs(now=now)
    age = (now - found_signs.swept_at).total_seconds() if found_signs.swept_at else None
    return Operations(
        load=found_load,
        signs=found_signs,
        database=found_database,
        partitions=months,
        given_up=given_up,
        sweep_age_seconds=None if age is None else max(0.0, age),
        versions=_versions(found_database, found_signs),
        findings=[
            *_of_redis(found_signs, age),
            *_of_runs(found_load, found_signs),
            *_of_database(found_database, months, now),
            *_of_notifications(given_up),
        ],
    )


def _of_redis(found: Signs, sweep_age: float | None) -> list[Finding]:
    if not found.reachable:
        return [
            Finding(
                "bad",
                "Redis cannot be reached",
                "Start it, or look at REDIS_URL. Runs go on meanwhile, more slowly; nothing is lost. "
                "Workers, queues and the sweep cannot be shown without it.",
            )
        ]
    findings = []
    if not found.engines:
        findings.append(
            Finding(
                "bad",
                "No engine worker is about",
                "Runs start and then wait. Start one: celery -A orchestrator worker --pool solo -Q engine.",
            )
        )
    if sweep_age is None or sweep_age > SWEEP_WITHIN_SECONDS:
        since = "has not run" if sweep_age is None else f"last ran {round(sweep_age)} s ago"
        findings.append(
            Finding(
                "bad",
                f"The sweep {since}",
                "It should run every second. Start beat (celery -A orchestrator beat) and a task worker "
                "(celery -A orchestrator worker --pool prefork -Q celery), or look why theirs ended.",
            )
        )
    findings += [
        Finding(
            "waiting",
            f"{depth} messages wait in the queue {queue}",
            "Its workers do not keep up or are gone. Add workers, or look at their log lines.",
        )
        for queue, depth in found.queues.items()
        if depth > DEEP_QUEUE
    ]
    return findings


def _of_runs(found: Load, seen: Signs) -> list[Finding]:
    if found.due and found.oldest_due_seconds > LONG_WAIT_SECONDS and seen.engines:
        return [
            Finding(
                "waiting",
                f"{found.due} runs wait for a worker, the oldest for {round(found.oldest_due_seconds)} s",
                "More are due than the workers take. Add engine workers, up to about one per core of "
                "PostgreSQL, or start fewer runs at once.",
            )
        ]
    return []


def _of_database(found: Database, months: list[Partition], now: datetime) -> list[Finding]:
    findings = []
    if found.connections > 0.9 * found.max_connections:
        findings.append(
            Finding(
                "bad",
                f"{found.connections} of {found.max_connections} connections are in use",
                "New ones will be refused soon. Set DATABASE_POOL, or raise max_connections.",
            )
        )
    if found.oldest_transaction_seconds > LONG_TRANSACTION_SECONDS:
        minutes = round(found.oldest_transaction_seconds / 60)
        findings.append(
            Finding(
                "waiting",
                f"A transaction has been open for {minutes} minutes",
                "It keeps PostgreSQL from cleaning up. Look for it in pg_stat_activity.",
            )
        )
    if not any(each.month is not None and each.month > now for each in months):
        findings.append(
            Finding(
                "waiting",
                "There is no event partition for next month",
                "Events will land in the default partition. Run manage.py migrate, and look why the "
                "nightly task does not run.",
            )
        )
    strayed = next((each for each in months if each.month is None), None)
    if strayed is not None:
        findings.append(
            Finding(
                "waiting",
                "The default event partition holds rows",
                "They are moved into a month of their own by the next nightly task.",
            )
        )
    return findings


def _of_notifications(given_up: list[Notification]) -> list[Finding]:
    if not given_up:
        return []
    some = f"{len(given_up)}{' or more' if len(given_up) == GIVEN_UP_SHOWN else ''}"
    return [
        Finding(
            "waiting",
            f"{some} notifications were given up within a week",
            "Their errors stand below. Look at EMAIL_URL, or at the address of the webhook.",
        )
    ]


def _versions(found: Database, seen: Signs) -> dict[str, str]:
    return {
        "Orchestrator": _own_version(),
        "PostgreSQL": found.version,
        "Redis": seen.version or "not known",
        "Django": django.get_version(),
        "Python": platform.python_version(),
    }


def _own_version() -> str:
    try:
        return version("orchestrator")
    except PackageNotFoundError:
        return "from a checkout"
