"""What the broker carries for guided processes: recordings to write down and files of books, by ids."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from process.services import book_files, transcribing


@shared_task(name=transcribing.TASK, ignore_result=True)
def transcribe(recording_id: str) -> None:
    """Safe to deliver any number of times."""
    transcribing.transcribe(UUID(recording_id))


@shared_task(name="process.sweep_transcriptions", ignore_result=True)
def sweep_transcriptions() -> None:
    transcribing.sweep_transcriptions()


@shared_task(name=book_files.TASK, ignore_result=True, time_limit=book_files.LONGEST_SECONDS)
def make_book_file(user_id: str, session_id: str, answers: str) -> None:
    """Safe to deliver any number of times."""
    book_files.make_book_file(UUID(user_id), UUID(session_id), answers)
