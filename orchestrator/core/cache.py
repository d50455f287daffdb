"""Django's cache on Redis, for what can be computed again: without Redis there is simply nothing in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import redis
import structlog
from django.core.cache.backends.redis import RedisCache

Value = TypeVar("Value")

REST_SECONDS: Final = 5.0
"""How long a cache that failed is not asked again, so that no request waits for it twice."""

log = structlog.get_logger(__name__)


class ForgivingRedisCache(RedisCache):
    """Never fails: a cache that cannot be reached holds nothing and keeps nothing."""

    _rests_until = 0.0

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).set(*args, **kwargs), None)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(ForgivingRedisCache, self).add(*args, **kwargs), False)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(ForgivingRedisCache, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(ForgivingRedisCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return self._try(lambda: super(ForgivingRedisCache, self).get_many(*args, **kwargs), {})

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return self._try(lambda: super(ForgivingRedisCache, self).set_many(*args, **kwargs), [])

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).delete_many(*args, **kwargs), None)

    def _try(self, ask: Callable[[], Value], nothing: Value) -> Value:
        if time.monotonic() < ForgivingRedisCache._rests_until:
            return nothing
        try:
            return ask()
        except (redis.RedisError, OSError) as error:
            ForgivingRedisCache._rests_until = time.monotonic() + REST_SECONDS
            log.warning("cache_away", error=str(error))
            return nothing
