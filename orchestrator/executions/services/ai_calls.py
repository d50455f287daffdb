"""The upkeep of the ledger of AI calls: settling those whose worker is gone, and deleting old ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from orchestrator.ai.domain.limits import month_of
from orchestrator.ai.models import AiCall, CallStatus
from orchestrator.ai.services.ledger import abandon
from orchestrator.executions.models import Execution

GRACE: Final = timedelta(minutes=1)
"""A worker that lost its lease may just be settling what it had begun."""
LONGEST: Final = timedelta(hours=1)
"""After which no call is under way any more that belongs to no run; each is given up much earlier."""
MOST_AT_ONCE: Final = 1_000
_BATCH: Final = 5_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Lease:
    fence: int
    is_held: bool


def settle_abandoned_calls(*, now: datetime) -> int:
    """Settle calls that nobody will settle, at the most that they can have cost; the number of them.

    A call is abandoned when the lease under which it was made is over: its run was taken over by another
    worker (a higher fence), is held by nobody, or is gone. One outside of any run (a step that was tried) is
    when an hour has passed. Idempotent; a worker that comes back after all puts its calls right.
    """
    reserved = AiCall.objects.filter(status=CallStatus.RESERVED.value, started_at__lt=now - GRACE)
    calls = list(reserved.order_by("started_at")[:MOST_AT_ONCE])
    leases = _leases({call.execution_id for call in calls if call.execution_id is not None})
    settled = 0
    for call in calls:
        if _is_abandoned(call, leases, now) and abandon(call.pk):
            settled += 1
            log.warning("ai_call_abandoned", call=str(call.pk), execution=str(call.execution_id or ""))
    return settled


def delete_old_calls(
    *, now: datetime, keep_days: int | None = None, limit: int | None = None, dry_run: bool = False
) -> int:
    """Delete calls made more than ``keep_days`` ago; 0 days keeps all. The number that went, or would go.

    Those of this month stay, of which budgets are made, and those of runs that have not ended, whose limits
    are sums of them. What people and workflows spent in earlier months stays in the analytics.
    """
    days = settings.AI_CALL_RETENTION_DAYS if keep_days is None else keep_days
    if days == 0:
        return 0
    old = _old(now, days)
    if dry_run:
        return old[:limit].count() if limit is not None else old.count()
    gone = 0
    while limit is None or gone < limit:
        size = _BATCH if limit is None else min(_BATCH, limit - gone)
        found = list(old.order_by("started_at").values_list("pk", flat=True)[:size])
        if not found:
            break
        gone += AiCall.objects.filter(pk__in=found).delete()[0]
    if gone:
        log.info("ai_calls_deleted", calls=gone)
    return gone


def _old(now: datetime, days: int) -> QuerySet[AiCall]:
    alive = Execution.objects.live().filter(pk=OuterRef("execution_id"))
    settled = AiCall.objects.filter(started_at__lt=now - timedelta(days=days), ended_at__isnull=False)
    return settled.exclude(month=month_of(now)).filter(~Exists(alive))


def _leases(runs: set[UUID]) -> dict[UUID, _Lease]:
    rows = Execution.objects.filter(pk__in=runs).values_list("pk", "fence", "lease_until")
    return {pk: _Lease(fence, until is not None) for pk, fence, until in rows}


def _is_abandoned(call: AiCall, leases: dict[UUID, _Lease], now: datetime) -> bool:
    if call.execution_id is None or call.fence is None:
        return call.started_at < now - LONGEST
    lease = leases.get(call.execution_id)
    return lease is None or not lease.is_held or lease.fence != call.fence
