"""How often something may be done: counted in Redis, in windows of fixed length."""

from __future__ import annotations

import redis
import structlog

from orchestrator.core.redis import redis_client
from orchestrator.rate import Rate

_PREFIX = "orchestrator:rate"

log = structlog.get_logger(__name__)


def seconds_to_wait(what: str, who: str, rate: Rate | None) -> int:
    """Count one use. 0 if it is within the rate, else the seconds until the window ends.

    One round trip. Without Redis nothing is counted and everything is allowed.
    """
    if rate is None:
        return 0
    key = f"{_PREFIX}:{what}:{who}"
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            pipe.set(key, 0, nx=True, ex=rate.seconds)
            pipe.incr(key)
            pipe.ttl(key)
            _, used, left = pipe.execute()
    except redis.RedisError as error:
        log.warning("rate_not_counted", error=str(error))
        return 0
    return max(1, int(left)) if used > rate.limit else 0
