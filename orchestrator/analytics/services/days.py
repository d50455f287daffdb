"""Making the sums of days for the time zones that people live in."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction

from orchestrator.accounts.models import User
from orchestrator.analytics.domain.ranges import cuts_in
from orchestrator.analytics.models import DayCut
from orchestrator.analytics.services.recording import take_turns

_RUNS: Final = """
INSERT INTO analytics_runday (workflow_id, cut, day, success, failure, timeout, cancelled, duration_ms,
    durations, cost, tokens)
SELECT workflow_id, %(cut)s, (quarter AT TIME ZONE 'UTC' - %(cut)s * interval '15 minutes')::date AS day,
    sum(success), sum(failure), sum(timeout), sum(cancelled), sum(duration_ms), sum(durations), sum(cost),
    sum(tokens)
FROM analytics_runsum GROUP BY 1, 3
"""
_PROVIDERS: Final = """
INSERT INTO analytics_providerday (workflow_id, cut, day, provider, calls, tokens, cost)
SELECT workflow_id, %(cut)s, (quarter AT TIME ZONE 'UTC' - %(cut)s * interval '15 minutes')::date AS day,
    provider, sum(calls), sum(tokens), sum(cost)
FROM analytics_providersum GROUP BY 1, 3, 4
"""

log = structlog.get_logger(__name__)


def sum_days(*, now: datetime) -> list[int]:
    """Make the sums that the time zones of people ask for and that there are none of yet; their cuts.

    Each cut is a transaction of its own: can be stopped and begun again, and run beside anything.
    """
    return [cut for cut in sorted(cuts_in_use(now=now)) if add_cut(cut)]


def cuts_in_use(*, now: datetime) -> set[int]:
    """Where days begin, in the zones that people have chosen and in the server's own."""
    zones = {settings.TIME_ZONE, *User.objects.order_by().values_list("time_zone", flat=True).distinct()}
    return set().union(*(cuts_in(ZoneInfo(name), now=now) for name in zones))


@transaction.atomic
def add_cut(cut: int) -> bool:
    """Add up the days that begin at this cut, from all quarters there are; False if that was done before.

    Recorders wait meanwhile: what they add later they also add to these days, for they find the cut then.
    """
    take_turns()
    if DayCut.objects.filter(pk=cut).exists():
        return False
    with connection.cursor() as cursor:
        for statement in (_RUNS, _PROVIDERS):
            cursor.execute(statement, {"cut": cut})
    DayCut.objects.create(pk=cut)
    log.info("days_summed", cut=cut)
    return True
