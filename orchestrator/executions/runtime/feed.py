"""Nudges for the live feed: "these executions, of these workflows, have new events". What happened stands
in the event table.

The first one is told at once, those in the blink after it together, so that a thousand runs a second cost
the workers some tens of messages.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final
from uuid import UUID

import redis
import structlog
from django.db import transaction

from orchestrator.core import json
from orchestrator.core.redis import redis_client
from orchestrator.executions.runtime.handlers import Handlers
from orchestrator.executions.runtime.publishing import Publisher

CHANNEL: Final = "orchestrator:feed"
_PAUSE_SECONDS: Final = 0.02

log = structlog.get_logger(__name__)


class Nudger:
    """Collects executions that were written and tells them on, from the handlers' event loop."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._changed: dict[UUID, UUID] = {}
        self._sending = False
        self._sent_at = 0.0
        self._publisher = Publisher()

    def tell(self, execution_id: UUID, workflow_id: UUID) -> None:
        """From the engine's thread. Within a blink of the last message it waits, together with others."""
        self._changed[execution_id] = workflow_id
        if not self._sending:
            self._sending = True
            self._handlers.spawn(self._send())

    async def close(self) -> None:
        await self._publisher.close()

    async def _send(self) -> None:
        await asyncio.sleep(max(0.0, self._sent_at + _PAUSE_SECONDS - time.monotonic()))
        self._sending, self._sent_at = False, time.monotonic()
        changed, self._changed = self._changed, {}
        await self._publisher.publish(CHANNEL, {str(run): str(workflow) for run, workflow in changed.items()})


def nudge_on_commit(execution_id: UUID, workflow_id: UUID) -> None:
    """Something about a run changed that is no event of it, e.g. one vote of several: pages look again."""

    def send() -> None:
        try:
            redis_client().publish(CHANNEL, json.dumps({str(execution_id): str(workflow_id)}))
        except redis.RedisError as error:
            log.warning("nudge_not_sent", error=str(error))

    transaction.on_commit(send)
