"""Tasks as hints: whatever a worker is told by them, a sweep finds as well."""

from __future__ import annotations

import structlog
from kombu.exceptions import OperationalError as BrokerError

from orchestrator.celery import app

log = structlog.get_logger(__name__)


def send_hint(task: str, *arguments: str, unsent: str, **named: str) -> None:
    """Let a worker look. Never fails: without a broker it is logged as ``unsent``, with what is ``named``."""
    try:
        app.send_task(task, args=list(arguments), retry=False)
    except (BrokerError, OSError) as error:
        log.warning(unsent, error=str(error), **named)
