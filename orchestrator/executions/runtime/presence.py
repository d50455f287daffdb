"""Signs of life: which engines are about and how they do, and when the sweep last ran, told over Redis.

Only something to show. Nothing that the engine does depends on it, and an emptied Redis costs one beat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import redis
import structlog

from orchestrator.core import json
from orchestrator.core.redis import redis_client
from orchestrator.executions.runtime.latency import commits

BEAT_SECONDS: Final = 5.0
SEEN_WITHIN: Final = timedelta(seconds=15)
_KEY: Final = "orchestrator:engines"
_FIGURES: Final = "orchestrator:engine-figures"
_SWEPT: Final = "orchestrator:swept-at"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EngineSeen:
    """An engine and what it said of itself. ``commits`` counts by the bounds in ``latency``."""

    owner: str
    seen_at: datetime
    runs: int
    commits: list[int]
    commit_seconds: float


def announce(owner: str, *, now: datetime, runs: int = 0) -> None:
    """Say that this engine is about and how it does. Never fails."""
    figures = {"runs": runs, "commits": commits.counts, "commit_seconds": commits.seconds}
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            pipe.zadd(_KEY, {owner: now.timestamp()})
            pipe.zremrangebyscore(_KEY, "-inf", (now - SEEN_WITHIN).timestamp())
            pipe.pexpire(_KEY, SEEN_WITHIN)
            pipe.hset(_FIGURES, owner, json.dumps(figures))
            pipe.expire(_FIGURES, 3_600)
            pipe.execute()
    except redis.RedisError as error:
        log.debug("presence_not_announced", error=str(error))


def take_leave(owner: str) -> None:
    """Say that this engine ends. Never fails: it is forgotten anyway."""
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            pipe.zrem(_KEY, owner)
            pipe.hdel(_FIGURES, owner)
            pipe.execute()
    except redis.RedisError as error:
        log.debug("presence_not_withdrawn", error=str(error))


def engines_about(*, now: datetime) -> int:
    """How many engines were heard of within SEEN_WITHIN. Raises redis.RedisError."""
    return int(redis_client().zcount(_KEY, (now - SEEN_WITHIN).timestamp(), "+inf"))


def engines_seen(*, now: datetime) -> list[EngineSeen]:
    """The engines that were heard of within SEEN_WITHIN, by name. Raises redis.RedisError."""
    since = (now - SEEN_WITHIN).timestamp()
    with redis_client().pipeline(transaction=False) as pipe:
        pipe.zrangebyscore(_KEY, since, "+inf", withscores=True)
        pipe.hgetall(_FIGURES)
        seen, figures = pipe.execute()
    return sorted((_engine(owner, at, figures.get(owner)) for owner, at in seen), key=lambda each: each.owner)


def note_sweep(*, now: datetime) -> None:
    """Say that the sweep has just run. Never fails."""
    try:
        redis_client().set(_SWEPT, now.timestamp())
    except redis.RedisError as error:
        log.debug("sweep_not_noted", error=str(error))


def swept_at() -> datetime | None:
    """When the sweep last ran; None if nobody remembers. Raises redis.RedisError."""
    found = redis_client().get(_SWEPT)
    return datetime.fromtimestamp(float(found), UTC) if found is not None else None


def _engine(owner: bytes, at: float, figures: bytes | None) -> EngineSeen:
    told: dict[str, Any] = json.loads(figures) if figures else {}
    return EngineSeen(
        owner=owner.decode(),
        seen_at=datetime.fromtimestamp(at, UTC),
        runs=told.get("runs", 0),
        commits=told.get("commits", []),
        commit_seconds=told.get("commit_seconds", 0.0),
    )
