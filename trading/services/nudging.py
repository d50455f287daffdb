"""Telling the market feed that there is something to look at, which it would find by itself, too."""

from __future__ import annotations

from typing import Final

import redis
import structlog
from django.db import transaction

from orchestrator.core.redis import redis_client

log = structlog.get_logger(__name__)

CHANNEL: Final = "orchestrator:market-feed"


def nudge_feed_on_commit() -> None:
    def send() -> None:
        try:
            redis_client().publish(CHANNEL, b"")
        except redis.RedisError as error:
            log.warning("nudge_not_sent", error=str(error))

    transaction.on_commit(send)
