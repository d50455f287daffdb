"""Which moments run: on time, late, missed, while another run is under way."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.workflows.domain.occurrences import (
    GRACE,
    MOST_QUEUED,
    MissedPolicy,
    OverlapPolicy,
    find_due,
    jittered,
    resolve_overlap,
)
from orchestrator.workflows.domain.schedules import Cron, Interval, Unit

ANCHOR = datetime(2026, 3, 28, tzinfo=UTC)
POLICIES = st.sampled_from(MissedPolicy)
DELAYS = st.timedeltas(timedelta(), timedelta(days=4))
HOURLY = Interval(1, Unit.HOURS, ANCHOR, ZoneInfo("UTC"))


@given(st.integers(1, 200), DELAYS, POLICIES, st.integers(1, 100), st.integers(0, 600), st.uuids())
@example(1, timedelta(minutes=12), MissedPolicy.RUN_ALL, 100, 600, UUID(int=3))
def test_every_moment_runs_or_is_counted_as_left_out_and_none_is_both(
    minutes: int, delay: timedelta, missed: MissedPolicy, catch_up: int, jitter: int, seed: UUID
) -> None:
    schedule = Interval(minutes, Unit.MINUTES, ANCHOR, ZoneInfo("UTC"))
    now = ANCHOR + delay
    due = find_due(schedule, ANCHOR, now, missed=missed, catch_up=catch_up, jitter_seconds=jitter, seed=seed)
    assert due.next_run_at is not None
    passed = (due.next_run_at - ANCHOR) // timedelta(minutes=minutes)
    assert len(due.run) + due.skipped == passed
    assert list(due.run) == sorted(set(due.run))
    assert jittered(due.next_run_at, jitter, seed) > now
    late = [moment for moment in due.run if now - jittered(moment, jitter, seed) > GRACE]
    most = {MissedPolicy.SKIP: 0, MissedPolicy.RUN_ONCE: 1, MissedPolicy.RUN_ALL: catch_up}[missed]
    assert len(late) <= most


@given(DELAYS, POLICIES)
def test_looking_often_runs_each_moment_once_whatever_the_policy(
    delay: timedelta, missed: MissedPolicy
) -> None:
    moment = ANCHOR
    ran: list[datetime] = []
    for step in range(0, int(delay.total_seconds()) + 1, 50):
        due = find_due(HOURLY, moment, ANCHOR + timedelta(seconds=step), missed=missed)
        assert due.next_run_at is not None
        ran += due.run
        moment = due.next_run_at
    hours = int(delay.total_seconds() // 50 * 50 // 3600)
    assert ran == [ANCHOR + timedelta(hours=hour) for hour in range(hours + 1)]


@given(st.uuids(), st.integers(1, 3600))
def test_jitter_is_the_same_for_a_moment_and_within_its_bounds(seed: object, seconds: int) -> None:
    due = jittered(ANCHOR, seconds, seed)  # type: ignore[arg-type]  # a UUID
    assert due == jittered(ANCHOR, seconds, seed)  # type: ignore[arg-type]
    assert ANCHOR <= due <= ANCHOR + timedelta(seconds=seconds)


def test_ten_years_of_missed_minutes_cost_no_more_than_a_moment() -> None:
    schedule = Cron("* * * * *", ZoneInfo("Europe/Paris"))
    minute = ANCHOR + timedelta(days=3650)
    now = minute + timedelta(seconds=30)
    began = time.monotonic()
    due = find_due(schedule, ANCHOR, now, missed=MissedPolicy.RUN_ALL, catch_up=10)
    assert time.monotonic() - began < 5
    assert due.run[-1] == minute
    assert len(due.run) == 11, "the moment of now, and ten that were missed"
    assert due.next_run_at == minute + timedelta(minutes=1)
    assert due.skipped >= 10_000


MOMENTS = st.lists(st.integers(0, 10_000), max_size=150, unique=True).map(
    lambda hours: tuple(ANCHOR + timedelta(hours=hour) for hour in sorted(hours))
)


@given(st.sampled_from(OverlapPolicy), MOMENTS, st.booleans())
def test_every_moment_starts_waits_or_is_dropped(
    policy: OverlapPolicy, wanted: tuple[datetime, ...], running: bool
) -> None:
    found = resolve_overlap(policy, wanted, running=running)
    assert len(found.start) + len(found.queue) + found.dropped == len(wanted)
    assert len(found.queue) <= MOST_QUEUED
    if policy is OverlapPolicy.ALLOW:
        assert found.start == wanted
    else:
        assert len(found.start) <= 1
    if running and policy in (OverlapPolicy.SKIP, OverlapPolicy.QUEUE):
        assert not found.start
    assert found.cancel_previous == (policy is OverlapPolicy.CANCEL_PREVIOUS and bool(wanted))
    if policy is OverlapPolicy.QUEUE:
        assert (*found.start, *found.queue) == wanted[: len(found.start) + len(found.queue)]
