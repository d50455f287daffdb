"""Deleting runs that ended long ago, with what belongs to them, a few at a time.

A run goes together with the runs that it started, once all of them have ended. What analytics keep of it,
its audit trail and its events stay; a retry of it only loses the link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotAllowed
from orchestrator.core.ids import id_at
from orchestrator.core.rls import as_server
from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution

LEAST_DAYS: Final = 1
BY_HAND: Final = 5_000
BATCH: Final = 100
"""Runs deleted in one transaction, besides those that they started."""
_FAILED: Final = (Status.FAILED.value, Status.TIMED_OUT.value)
_OTHERS: Final = (Status.COMPLETED.value, Status.CANCELLED.value)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``kept`` were old enough and started runs that have not ended."""

    runs: int = 0
    children: int = 0
    kept: int = 0

    def __add__(self, other: Cleaned) -> Cleaned:
        return Cleaned(self.runs + other.runs, self.children + other.children, self.kept + other.kept)


def clean_executions(
    *,
    now: datetime,
    keep_days: int | None = None,
    keep_failed_days: int | None = None,
    limit: int | None = None,
    dry_run: bool = False,
) -> Cleaned:
    """Delete runs that ended more than ``keep_days`` ago, failed ones after ``keep_failed_days``.

    0 days keeps that kind for good. Each batch is a transaction of its own and passes over rows that
    somebody else has locked, so that it may run beside anything, also beside itself. ``limit`` bounds how
    many runs are looked at.
    """
    old = _old(
        now,
        settings.EXECUTION_RETENTION_DAYS if keep_days is None else keep_days,
        settings.FAILED_EXECUTION_RETENTION_DAYS if keep_failed_days is None else keep_failed_days,
    )
    total, seen, last = Cleaned(), 0, UUID(int=0)
    while limit is None or seen < limit:
        size = BATCH if limit is None else min(BATCH, limit - seen)
        taken, cleaned = _clean(old.filter(pk__gt=last), size, dry_run=dry_run)
        if not taken:
            break
        total, seen, last = total + cleaned, seen + len(taken), taken[-1]
    if total.runs and not dry_run:
        log.info("executions_cleaned", runs=total.runs, children=total.children)
    return total


def clean_by_hand(
    user: User, *, now: datetime, days: int, failed_days: int, dry_run: bool = False
) -> Cleaned:
    """The same, asked for by an admin, at most ``BY_HAND`` runs at a time. Raises NotAllowed, InvalidInput.

    With ``dry_run`` it is only counted what would go.
    """
    if not user.is_admin:
        raise NotAllowed("Only administrators delete old runs for everybody.")
    faults = {
        name: [f"At least {LEAST_DAYS} days."]
        for name, value in (("days", days), ("failed_days", failed_days))
        if value < LEAST_DAYS
    }
    if faults:
        raise InvalidInput(f"Runs are kept for {LEAST_DAYS} days at least.", fields=faults)
    with as_server("an administrator has old runs of everybody deleted, and is shown none of them"):
        cleaned = clean_executions(
            now=now, keep_days=days, keep_failed_days=failed_days, limit=BY_HAND, dry_run=dry_run
        )
        if not dry_run:
            told = {"runs": cleaned.runs, "children": cleaned.children, "days": days}
            record_audit(user, "executions.cleaned", user, after=told)
    return cleaned


def _old(now: datetime, keep_days: int, keep_failed_days: int) -> QuerySet[Execution]:
    """Runs that nobody's run started, oldest first. Ids carry the time, so the key leads to old ones."""
    kinds = Q(pk__in=[])
    bounds = []
    for days, statuses in ((keep_days, _OTHERS), (keep_failed_days, _FAILED)):
        if days:
            bounds.append(now - timedelta(days=days))
            kinds |= Q(status__in=statuses, finished_at__lt=bounds[-1])
    if not bounds:
        return Execution.objects.none()
    began = Execution.objects.filter(pk__lt=id_at(max(bounds)), parent__isnull=True)
    return began.filter(kinds).order_by("pk")


@transaction.atomic
def _clean(old: QuerySet[Execution], size: int, *, dry_run: bool) -> tuple[list[UUID], Cleaned]:
    rows = old if dry_run else old.select_for_update(skip_locked=True, of=("self",))
    taken = list(rows.values_list("pk", flat=True)[:size])
    families = {pk: [pk] for pk in taken}
    alive = _add_children(families, {pk: pk for pk in taken})
    doomed = [pk for root, family in families.items() if root not in alive for pk in family]
    if not dry_run:
        Execution.objects.filter(pk__in=doomed).only("pk").delete()
    runs = len(taken) - len(alive)
    return taken, Cleaned(runs, len(doomed) - runs, len(alive))


def _add_children(families: dict[UUID, list[UUID]], roots: dict[UUID, UUID]) -> set[UUID]:
    """Complete each family, level by level; the answer names the roots of those with a live run."""
    alive: set[UUID] = set()
    parents = roots
    while parents:
        level: dict[UUID, UUID] = {}
        for child in Execution.objects.filter(parent__in=parents).only("pk", "parent_id", "finished_at"):
            root = level[child.pk] = parents[child.parent_id]
            families[root].append(child.pk)
            if child.finished_at is None:
                alive.add(root)
        parents = level
    return alive
