"""Nudges for the live feed: "these executions, of these workflows, have new events". What happened stands
in the event table.

One short message per tenth of a blink for all runs of a worker together, so that a thousand runs a
second cost the workers a handful of messages.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

import redis.asyncio
import structlog
from django.conf import settings

from orchestrator.core import json
from orchestrator.executions.runtime.handlers import Handlers

CHANNEL: Final = "orchestrator:feed"
_PAUSE_SECONDS: Final = 0.02

log = structlog.get_logger(__name__)


class Nudger:
    """Collects executions that were written and tells them on, from the handlers' event loop."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._changed: dict[UUID, UUID] = {}
        self._sending = False
        self._redis: redis.asyncio.Redis | None = None

    def tell(self, execution_id: UUID, workflow_id: UUID) -> None:
        """From the engine's thread. The message is sent a little later, together with others."""
        self._changed[execution_id] = workflow_id
        if not self._sending:
            self._sending = True
            self._handlers.spawn(self._send())

    async def close(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()

    async def _send(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)
        self._sending = False
        changed, self._changed = self._changed, {}
        if self._redis is None:
            self._redis = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1)
        message = json.dumps({str(run): str(workflow) for run, workflow in changed.items()})
        try:
            await self._redis.publish(CHANNEL, message)
        except (redis.RedisError, OSError) as error:
            log.warning("nudge_not_sent", error=str(error))
