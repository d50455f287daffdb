"""Waiting for whichever comes first: a while has passed, or Redis says that there is something to look at."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import redis
import redis.asyncio
import structlog
from django.conf import settings

from trading.services.nudging import CHANNEL

log = structlog.get_logger(__name__)

_HEED_SECONDS: Final = 30.0
_RETRY_SECONDS: Final = 2.0


class Nudges:
    """Without Redis a while simply passes."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()

    async def listen(self) -> None:
        """Until it is cancelled."""
        task = asyncio.current_task()
        while task is None or not task.cancelling():  # redis-py may swallow it
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL, health_check_interval=15)
            try:
                async with client.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self.wake()  # whatever happened while nobody listened
                    while task is None or not task.cancelling():
                        message = await pubsub.get_message(
                            ignore_subscribe_messages=True, timeout=_HEED_SECONDS
                        )
                        if message is not None:
                            self.wake()
            except (redis.RedisError, OSError) as error:
                log.warning("nudges_not_heard", error=str(error))
                await asyncio.sleep(_RETRY_SECONDS)
            finally:
                with suppress(redis.RedisError, OSError):
                    await client.aclose()
