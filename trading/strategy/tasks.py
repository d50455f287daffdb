"""What the broker carries for strategy sessions."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from trading.strategy.services import ending


@shared_task(name=ending.TASK, ignore_result=True)
def close_session(execution_id: str) -> None:
    """Safe to deliver any number of times."""
    ending.close_session(UUID(execution_id))


@shared_task(name="strategy.close_sessions", ignore_result=True)
def close_sessions() -> None:
    """Those of whose end no message told."""
    ending.close_left()
