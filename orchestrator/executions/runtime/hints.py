"""Hints: "some execution is due". The only thing the engine uses the broker for.

A message costs more than a short run does, so hints are coalesced: one is sent only if none is on its
way. The flag that says so is cleared by the worker *before* it looks for due rows; whoever commits a
row after that sends a new hint, whoever committed before is found by that look. A hint that is lost
with its flag costs the flag's time to live, then the sweep's second.
"""

from __future__ import annotations

from typing import Final

import redis
import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from orchestrator.celery import app
from orchestrator.core.redis import redis_client

TASK: Final = "executions.wake_engine"
_FLAG: Final = "orchestrator:hint"
_FLAG_MS: Final = 1_000

log = structlog.get_logger(__name__)


def hint_on_commit() -> None:
    """Hint once the surrounding transaction is committed."""
    transaction.on_commit(send_hint)


def send_hint(*, force: bool = False) -> None:
    """Wake a worker unless a hint is under way. Never fails: without a broker, workers look by themselves."""
    try:
        if force or redis_client().set(_FLAG, 1, nx=True, px=_FLAG_MS):
            app.send_task(TASK, retry=False)
    except (redis.RedisError, OperationalError, OSError) as error:
        log.warning("hint_not_sent", error=str(error))


def hint_arrived() -> None:
    """Let the next hint through. To be called before looking for due rows."""
    try:
        redis_client().delete(_FLAG)
    except redis.RedisError as error:
        log.warning("hint_flag_not_cleared", error=str(error))
