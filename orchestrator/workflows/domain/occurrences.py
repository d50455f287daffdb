"""Which moments of a schedule are due, which were missed, and what becomes of those."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final
from uuid import UUID

from orchestrator.workflows.domain.schedules import Schedule

GRACE: Final = timedelta(seconds=60)
"""What starts later than this was missed rather than late."""
MOST_CAUGHT_UP: Final = 100
MOST_QUEUED: Final = 100
LONGEST_JITTER: Final = 3_600
_MOST_LOOKED_AT: Final = 20_000


class MissedPolicy(StrEnum):
    """What becomes of moments at which nothing could start, because nothing was running."""

    SKIP = "skip"
    RUN_ONCE = "run_once"
    RUN_ALL = "run_all"


class OverlapPolicy(StrEnum):
    """What a moment does while a run that this trigger started earlier is still under way."""

    ALLOW = "allow"
    SKIP = "skip"
    QUEUE = "queue"
    CANCEL_PREVIOUS = "cancel_previous"


@dataclass(frozen=True, slots=True)
class Due:
    """``run`` are the moments to start a run for, in order. ``next_run_at`` is None after the last one."""

    run: tuple[datetime, ...]
    skipped: int
    next_run_at: datetime | None


def find_due(
    schedule: Schedule,
    next_run_at: datetime,
    now: datetime,
    *,
    missed: MissedPolicy,
    catch_up: int = 1,
    jitter_seconds: int = 0,
    seed: UUID | None = None,
) -> Due:
    """What to do at ``now`` for a schedule whose next moment was ``next_run_at``.

    The moment that has just come always runs, however it is late within the grace. Earlier ones are missed:
    none, the last or the last ``catch_up`` of them run. A moment with jitter is due that much later.
    """
    passed, following, uncounted = _passed(schedule, next_run_at, now, jitter_seconds, seed)
    on_time = tuple(moment for moment in passed if now - jittered(moment, jitter_seconds, seed) <= GRACE)
    late = tuple(sorted({*passed} - {*on_time}))  # with much jitter not simply those before them
    if missed is MissedPolicy.RUN_ALL:
        kept = late[-catch_up:] if catch_up else ()
    elif missed is MissedPolicy.RUN_ONCE and not on_time:
        kept = late[-1:]
    else:
        kept = ()
    return Due(tuple(sorted((*kept, *on_time))), len(late) - len(kept) + uncounted, following)


def _passed(
    schedule: Schedule, first: datetime, now: datetime, jitter_seconds: int, seed: UUID | None
) -> tuple[tuple[datetime, ...], datetime | None, int]:
    """Moments from ``first`` up to now, the one after them, and how many at least were left out.

    After a very long pause only the latest are looked at, so that it costs the same however long it was.
    """
    passed: list[datetime] = []
    moment: datetime | None = first
    moments = schedule.after(first)
    while moment is not None and jittered(moment, jitter_seconds, seed) <= now:
        passed.append(moment)
        if len(passed) >= _MOST_LOOKED_AT:
            latest = sorted(islice(schedule.before(now + timedelta(seconds=1)), MOST_CAUGHT_UP))
            left_out = len(passed) - sum(each in latest for each in passed[-MOST_CAUGHT_UP:])
            return tuple(latest), next(iter(schedule.after(now)), None), left_out
        moment = next(moments, None)
    return tuple(passed), moment, 0


def jittered(moment: datetime, jitter_seconds: int, seed: UUID | None) -> datetime:
    """When the moment is due: always the same for one trigger and moment, spread over the seconds."""
    if jitter_seconds <= 0 or seed is None:
        return moment
    drawn = hashlib.sha256(seed.bytes + moment.isoformat().encode()).digest()
    return moment + timedelta(seconds=int.from_bytes(drawn[:8]) % (jitter_seconds + 1))


@dataclass(frozen=True, slots=True)
class Overlap:
    """What to start now, what to keep for later, what to leave out; and whether to end what runs."""

    start: tuple[datetime, ...]
    queue: tuple[datetime, ...]
    dropped: int
    cancel_previous: bool = False


def resolve_overlap(policy: OverlapPolicy, wanted: tuple[datetime, ...], *, running: bool) -> Overlap:
    """``wanted`` are the moments due now, those kept from before first."""
    if policy is OverlapPolicy.ALLOW or not wanted:
        return Overlap(wanted, (), 0)
    if policy is OverlapPolicy.CANCEL_PREVIOUS:
        return Overlap(wanted[-1:], (), len(wanted) - 1, cancel_previous=True)
    if policy is OverlapPolicy.SKIP:
        return Overlap((), (), len(wanted)) if running else Overlap(wanted[:1], (), len(wanted) - 1)
    start, rest = ((), wanted) if running else (wanted[:1], wanted[1:])
    return Overlap(start, rest[:MOST_QUEUED], max(0, len(rest) - MOST_QUEUED))
