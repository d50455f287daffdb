"""What the broker carries for corporation strategy: sessions that end, data, characters to be forgotten."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from trading.strategy.services import characters, ending, refreshing


@shared_task(name=ending.TASK, ignore_result=True)
def close_session(execution_id: str) -> None:
    """Safe to deliver any number of times."""
    ending.close_session(UUID(execution_id))


@shared_task(name="strategy.close_sessions", ignore_result=True)
def close_sessions() -> None:
    """Those of whose end no message told."""
    ending.close_left()


@shared_task(name=refreshing.TASK, ignore_result=True)
def refresh_corporation(corporation_id: str) -> None:
    """Safe to deliver any number of times."""
    refreshing.refresh_corporation(UUID(corporation_id))


@shared_task(name=characters.TASK, ignore_result=True)
def disconnect_character(character_id: str) -> None:
    """Safe to deliver any number of times; the sweep tries again what EVE could not be told."""
    characters.forget_character(UUID(character_id))


@shared_task(name="strategy.sweep_characters", ignore_result=True)
def sweep_characters() -> None:
    characters.forget_leaving()
