"""Tells open sockets that a log-in has ended. Only a nudge: they look by themselves every minute."""

from __future__ import annotations

from typing import Final

import redis
import structlog
from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.redis import redis_client

CHANNEL: Final = "orchestrator:logged-out"
"""Carries the ids of people of whom a log-in ended."""

log = structlog.get_logger(__name__)


def tell_sockets(user: User) -> None:
    """Once this is committed, let the person's open sockets look whether their log-in is good still."""
    transaction.on_commit(lambda: _publish(str(user.pk)))


def _publish(user_id: str) -> None:
    try:
        redis_client().publish(CHANNEL, user_id)
    except redis.RedisError as error:
        log.warning("sockets_not_told", error=str(error))
