"""Taking executions: leases with rising fences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Value, When

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution

_FIELDS = (
    "id", "workflow_id", "version_id", "input", "trigger", "seed", "state", "state_seq", "last_seq",
    "started_by_id", "parent_id", "retry_of_id", "depth", "created_at", "started_at", "mail_posted",
    "mail_taken", "recoveries", "fence", "lease_until", "workflow__settings", "workflow__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A lease on an execution, with what the engine needs to go on with it."""

    id: UUID
    workflow_id: UUID
    workflow_name: str
    version_id: UUID
    started_by_id: UUID | None
    parent_id: UUID | None
    retry_of_id: UUID | None
    depth: int
    fence: int
    lease_owner: str
    recoveries: int
    created_at: datetime
    started_at: datetime
    input: Json
    trigger: JsonObject
    seed: JsonObject | None
    state: JsonObject | None
    state_seq: int
    last_seq: int
    mail_taken: int
    has_mail: bool
    settings: JsonObject


@transaction.atomic
def claim_due(owner: str, *, limit: int, lease: timedelta, now: datetime) -> list[Claim]:
    """Take up to ``limit`` due executions, the longest due first, skipping those being taken by others.

    Every claim raises the row's fence, so that whoever held the lease before can write no more.
    """
    rows = list(
        Execution.objects.due(now)
        .select_related(None)
        .order_by("wake_at")
        .select_for_update(skip_locked=True, of=("self",))
        .values(*_FIELDS)[:limit]
    )
    if not rows:
        return []
    Execution.objects.filter(pk__in=[row["id"] for row in rows]).update(
        status=Status.RUNNING.value,
        lease_owner=owner,
        lease_until=now + lease,
        fence=F("fence") + 1,
        recoveries=Case(When(lease_until__isnull=False, then=F("recoveries") + 1), default=Value(0)),
        started_at=Case(When(started_at__isnull=True, then=Value(now)), default=F("started_at")),
    )
    return [_claim(row, owner, now) for row in rows]


def renew(owner: str, *, lease: timedelta, now: datetime) -> int:
    """Prolong every lease of a worker; the number of them."""
    return Execution.objects.filter(lease_owner=owner, lease_until__isnull=False).update(
        lease_until=now + lease
    )


def with_mail(owner: str) -> list[UUID]:
    """Executions a worker holds for which mail has come that it has not taken."""
    held = Execution.objects.filter(lease_owner=owner, lease_until__isnull=False)
    return list(held.filter(mail_posted__gt=F("mail_taken")).values_list("id", flat=True))


def give_up(owners: Collection[str], now: datetime) -> int:
    """End the leases of workers that are known to be dead, so that nobody waits for them to lapse."""
    held = Execution.objects.filter(lease_owner__in=owners, lease_until__gt=now)
    return held.update(lease_until=now - timedelta(microseconds=1))


def _claim(row: dict[str, Any], owner: str, now: datetime) -> Claim:
    """The row as it is after the update."""
    lapsed, posted = row.pop("lease_until") is not None, row.pop("mail_posted")
    settings, name = row.pop("workflow__settings"), row.pop("workflow__name")
    row |= {
        "fence": row["fence"] + 1,
        "recoveries": row["recoveries"] + 1 if lapsed else 0,
        "started_at": row["started_at"] or now,
    }
    return Claim(
        **row,
        lease_owner=owner,
        has_mail=posted > row["mail_taken"],
        settings=settings,
        workflow_name=name,
    )
