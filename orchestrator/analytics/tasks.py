"""What beat starts: following the runs that end, and looking for those that were missed."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from orchestrator.analytics.services.days import sum_days
from orchestrator.analytics.services.following import AT_ONCE, follow, record_missing
from orchestrator.core.clock import utc_now

_MOST_ROUNDS = 10


@shared_task(name="analytics.follow_runs", ignore_result=True)
def follow_runs() -> None:
    """Goes on while there is a lot to catch up with, for some rounds; the next beat does the rest."""
    for _ in range(_MOST_ROUNDS):
        if follow(now=utc_now()) < AT_ONCE:
            return


@shared_task(name="analytics.record_missing_runs", ignore_result=True)
def record_missing_runs() -> None:
    record_missing(since=utc_now() - timedelta(days=2))


@shared_task(name="analytics.sum_days", ignore_result=True)
def sum_new_days() -> None:
    sum_days(now=utc_now())
