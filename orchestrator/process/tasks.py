"""What the broker carries for guided processes: recordings to write down, by their ids."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from orchestrator.process.services import transcribing


@shared_task(name=transcribing.TASK, ignore_result=True)
def transcribe(recording_id: str) -> None:
    """Safe to deliver any number of times."""
    transcribing.transcribe(UUID(recording_id))


@shared_task(name="process.sweep_transcriptions", ignore_result=True)
def sweep_transcriptions() -> None:
    transcribing.sweep_transcriptions()
