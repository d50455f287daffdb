"""One reader of nudges per web process, for all of its open sockets.

A nudge says which executions have new events. It is only a reason to look: what is sent to a client is
read from the event table from the client's own cursor on, so a lost nudge delays and loses nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from typing import Final, Protocol

import redis.asyncio
import structlog
from django.conf import settings

from orchestrator.core import json
from orchestrator.executions.runtime.feed import CHANNEL

RETRY_SECONDS: Final = 1.0
EVERYTHING: Final = "*"

log = structlog.get_logger(__name__)


class Listener(Protocol):
    def nudge(self, execution_ids: set[str]) -> None:
        """Some of these have changed. Called on the event loop; must not block."""


class Hub:
    """Listeners by execution id; ``EVERYTHING`` for those that follow all they may see."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None

    def join(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].add(listener)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.get_running_loop().create_task(self._read())

    def leave(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].discard(listener)
        if not self._listeners[topic]:
            del self._listeners[topic]
        if not self._listeners and self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def _read(self) -> None:
        while True:
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL, health_check_interval=15)
            try:
                async with client.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self._tell_all()  # whatever happened while nobody listened
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            self._tell(set(json.loads(message["data"])))
            except (redis.RedisError, OSError) as error:
                log.warning("feed_reader_interrupted", error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                with contextlib.suppress(redis.RedisError, OSError):
                    await client.aclose()

    def _tell(self, changed: set[str]) -> None:
        for execution_id in changed & self._listeners.keys():
            for listener in list(self._listeners[execution_id]):
                listener.nudge({execution_id})
        for listener in list(self._listeners.get(EVERYTHING, ())):
            listener.nudge(changed)

    def _tell_all(self) -> None:
        for topic, listeners in list(self._listeners.items()):
            for listener in list(listeners):
                listener.nudge({topic} - {EVERYTHING})


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
