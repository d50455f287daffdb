"""Messages to the web processes, through Redis. Nothing depends on one arriving."""

from __future__ import annotations

from collections.abc import Mapping

import redis.asyncio
import structlog
from django.conf import settings

from orchestrator.core import json

log = structlog.get_logger(__name__)


class Publisher:
    """For one event loop; connects when there is something to say."""

    def __init__(self) -> None:
        self._redis: redis.asyncio.Redis | None = None

    async def publish(self, channel: str, message: Mapping[str, object]) -> None:
        if self._redis is None:
            self._redis = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1)
        try:
            await self._redis.publish(channel, json.dumps(message))
        except (redis.RedisError, OSError) as error:
            log.warning("nudge_not_sent", error=str(error))

    async def close(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()
