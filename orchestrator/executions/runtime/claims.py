"""Taking executions: leases with rising fences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce

from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject
from orchestrator.core.prepared import Prepared
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution


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

    @property
    def request_id(self) -> str:
        """Of the request that started the run, or the run that started this one; empty without any."""
        origin = self.trigger.get("origin")
        return str(origin.get("request_id", "")) if isinstance(origin, dict) else ""

    @property
    def named(self) -> dict[str, str]:
        """As log lines name the run."""
        asked = {"request_id": self.request_id} if self.request_id else {}
        return {"execution": str(self.id), **asked}


BATCH: Final = 50
"""Runs taken with one claim, and so stored with one commit."""

_PLAIN = (
    "id", "workflow_id", "workflow__name", "version_id", "started_by_id", "parent_id", "retry_of_id", "depth",
    "fence", "recoveries", "created_at", "started_at", "state_seq", "last_seq", "mail_taken", "mail_posted",
)  # fmt: skip
_JSON = ("input", "trigger", "seed", "state", "workflow__settings")


def _take(
    owner: str, claim: UUID, now: datetime, until: datetime
) -> tuple[QuerySet[Execution], dict[str, Any]]:
    due = Execution.objects.due(now).order_by("wake_at").select_for_update(skip_locked=True)
    changes = {
        "status": Status.RUNNING.value,
        "lease_owner": owner,
        "lease_until": until,
        "claim": claim,
        "fence": F("fence") + 1,
        "recoveries": Case(When(lease_until__isnull=False, then=F("recoveries") + 1), default=Value(0)),
        "started_at": Coalesce(F("started_at"), now),
    }
    return Execution.objects.filter(pk__any_of=ArraySubquery(due.values("pk")[:BATCH])), changes


def _read(owner: str, claim: UUID) -> QuerySet[Any]:
    mine = Execution.objects.filter(lease_owner=owner, lease_until__isnull=False, claim=claim)
    return mine.order_by("id").values_list(*_PLAIN, *_JSON)


_TAKE: Final = Prepared(_take, {"owner": str, "claim": UUID, "now": datetime, "until": datetime})
_READ: Final = Prepared(_read, {"owner": str, "claim": UUID})


def claim_due(owner: str, *, lease: timedelta, now: datetime) -> list[Claim]:
    """Take the executions that are due, the longest due first, skipping those being taken by others.

    One UPDATE takes the leases of up to BATCH rows and raises their fences, so that whoever held a lease
    before can write no more.
    """
    claim = uuid4()
    if not _TAKE.execute(owner=owner, claim=claim, now=now, until=now + lease):
        return []
    return [_claim(row, owner) for row in _READ.fetch(owner=owner, claim=claim)]


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


def _claim(row: tuple[Any, ...], owner: str) -> Claim:
    plain = dict(zip(_PLAIN, row, strict=False))
    documents: list[Any] = [None if text is None else json.loads(text) for text in row[len(_PLAIN) :]]
    posted, name = plain.pop("mail_posted"), plain.pop("workflow__name")
    given, trigger, seed, state, settings = documents
    return Claim(
        **plain,
        workflow_name=name,
        lease_owner=owner,
        has_mail=posted > plain["mail_taken"],
        input=given,
        trigger=trigger,
        seed=seed,
        state=state,
        settings=settings,
    )
