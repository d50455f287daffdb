"""Which engines are about, for the readiness probe: each says so in Redis every few seconds.

Only something to show. Nothing that the engine does depends on it, and an emptied Redis costs one beat.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import redis
import structlog

from orchestrator.core.redis import redis_client

BEAT_SECONDS: Final = 5.0
SEEN_WITHIN: Final = timedelta(seconds=15)
_KEY: Final = "orchestrator:engines"

log = structlog.get_logger(__name__)


def announce(owner: str, *, now: datetime) -> None:
    """Say that this engine is about. Never fails."""
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            pipe.zadd(_KEY, {owner: now.timestamp()})
            pipe.zremrangebyscore(_KEY, "-inf", (now - SEEN_WITHIN).timestamp())
            pipe.pexpire(_KEY, SEEN_WITHIN)
            pipe.execute()
    except redis.RedisError as error:
        log.debug("presence_not_announced", error=str(error))


def take_leave(owner: str) -> None:
    """Say that this engine ends. Never fails: it is forgotten anyway."""
    try:
        redis_client().zrem(_KEY, owner)
    except redis.RedisError as error:
        log.debug("presence_not_withdrawn", error=str(error))


def engines_about(*, now: datetime) -> int:
    """How many engines were heard of within SEEN_WITHIN. Raises redis.RedisError."""
    return int(redis_client().zcount(_KEY, (now - SEEN_WITHIN).timestamp(), "+inf"))
