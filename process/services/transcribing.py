"""Having a recording written down by a provider: only when its person asks, and only what is not private.

The row says that it is wanted and when a worker may take it; a message is no more than a hint, and the
sweep finds what no hint led to. The person is offered the words; nothing here changes an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.ai.domain.calls import CallFailed
from orchestrator.ai.services.speech import TIMEOUT_SECONDS, Listener, listener_for, write_down
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotAllowed, WrongState
from orchestrator.core.hinting import send_hint
from process.domain import steps
from process.domain.audio import file_name, in_minutes, longest_seconds
from process.domain.vocabulary import Tier
from process.models import Disclosure, Recording, Session, Transcription
from process.queries.recordings import find_recording
from process.services.journeys import lock_session

TASK: Final = "process.transcribe"
PURPOSE: Final = "transcription"
MOST_ATTEMPTS: Final = 5
_LEASE: Final = timedelta(seconds=TIMEOUT_SECONDS + 60)
_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_LONGEST_ASKED: Final = 86_400.0
_AT_A_TIME: Final = 50


class NobodyHears(WrongState):
    """No provider writes recordings down here, or not for this person."""

    code = "no_transcription"


@transaction.atomic
def ask_transcription(user: User, session_id: UUID, *, prompt_id: UUID) -> Recording:
    """The person wants this recording written down, and agrees that a provider is given it.

    Raises NotFound, NotActive, NobodyHears, and NotAllowed for what is private.
    """
    place = lock_session(user, session_id)
    steps.require_active(place.journey)
    row = find_recording(place.session, prompt_id)
    if row.answer.tier >= Tier.PRIVATE:
        raise NotAllowed("This answer is private: its recording is given to nobody. Type the words yourself.")
    if listener_for(user.pk) is None:
        raise NobodyHears("Nobody writes recordings down here. Type what you want to have in words.")
    if row.transcription == Transcription.WANTED:
        return row
    row.transcription, row.transcription_fault = Transcription.WANTED.value, ""
    row.attempts, row.due_at = 0, utc_now()
    row.save(update_fields=["transcription", "transcription_fault", "attempts", "due_at"])
    transaction.on_commit(lambda: hint(row.pk))
    return row


@transaction.atomic
def settle_transcription(user: User, session_id: UUID, *, prompt_id: UUID) -> None:
    """The person has taken the words, or left them: they are not offered again. Nothing, if none are offered.

    Raises NotFound.
    """
    place = lock_session(user, session_id)
    row = find_recording(place.session, prompt_id)
    if row.transcription == Transcription.READY:
        row.transcription, row.transcript = Transcription.NONE.value, ""
        row.save(update_fields=["transcription", "transcript"])


def hint(recording_id: UUID) -> None:
    """Let a worker look at it. Never fails: the sweep finds what nobody looked at."""
    send_hint(TASK, str(recording_id), unsent="transcription_hint_not_sent", recording=str(recording_id))


def sweep_transcriptions() -> int:
    """Hint at what is due; how many there were."""
    due = Recording.objects.filter(transcription=Transcription.WANTED, due_at__lte=utc_now())
    found = list(due.order_by("due_at").values_list("pk", flat=True)[:_AT_A_TIME])
    for recording_id in found:
        hint(recording_id)
    return len(found)


@dataclass(frozen=True, slots=True)
class _Work:
    recording: Recording
    sound: bytes
    listener: Listener


def transcribe(recording_id: UUID) -> None:
    """Send one that is due and keep what comes of it. Safe to deliver any number of times."""
    work = _claim(recording_id)
    if work is None:
        return
    row = work.recording
    try:
        words = write_down(
            work.listener,
            work.sound,
            name=file_name(row.media_type),
            media_type=row.media_type,
            longest_seconds=longest_seconds(row.size_bytes, row.duration_seconds),
        )
    except CallFailed as fault:
        _failed(row, fault)
    else:
        _heard(row, words, work.listener)


def _claim(recording_id: UUID) -> _Work | None:
    """Take it for as long as a call may last, and record what is sent; None if it is not to be sent."""
    with transaction.atomic():
        row = _locked(recording_id)
        if row is None or row.due_at is None or row.due_at > utc_now():
            return None
        answer = row.answer
        if answer.tier >= Tier.PRIVATE:
            _end(row, fault="The answer was marked as private, so its recording was not sent.")
            return None
        listener = listener_for(answer.session.user_id)
        if listener is None:
            _end(row, fault="Nobody writes recordings down here any more.")
            return None
        if row.attempts >= MOST_ATTEMPTS:
            _end(row, fault="Every attempt was broken off. Try it again later.")
            return None
        row.attempts, row.due_at = row.attempts + 1, utc_now() + _LEASE
        row.save(update_fields=["attempts", "due_at"])
        Disclosure.objects.create(
            session=answer.session,
            purpose=PURPOSE,
            provider=listener.provider,
            model=listener.model,
            answer_ids=[answer.pk],
            text=f"Your recording of {in_minutes(row.duration_seconds)} minutes ({row.media_type}).",
        )
    stored = Recording.objects.only("audio").get(pk=recording_id)
    return _Work(row, stored.audio.open(), listener)


def _heard(row: Recording, words: str, listener: Listener) -> None:
    with transaction.atomic():
        current = _mine(row)
        if current is None:
            return
        if not words:
            _end(current, fault="No words could be made out.")
            return
        current.transcript = words
        current.transcribed_by = f"{listener.provider} {listener.model}"[:40]
        current.transcription, current.due_at = Transcription.READY.value, None
        current.save(update_fields=["transcript", "transcribed_by", "transcription", "due_at"])


def _failed(row: Recording, fault: CallFailed) -> None:
    with transaction.atomic():
        current = _mine(row)
        if current is None:
            return
        if not fault.retryable or current.attempts >= MOST_ATTEMPTS:
            _end(current, fault=fault.message)
            return
        pause = min(_PAUSE * 2**current.attempts, _LONGEST_PAUSE)
        if fault.retry_after is not None:
            pause = max(pause, timedelta(seconds=min(fault.retry_after, _LONGEST_ASKED)))
        current.transcription_fault = fault.message[:300]
        current.due_at = utc_now() + pause
        current.save(update_fields=["transcription_fault", "due_at"])


def _mine(row: Recording) -> Recording | None:
    """The row, locked, if it is still wanted and nobody took it since: each attempt has its number."""
    current = _locked(row.pk)
    return current if current is not None and current.attempts == row.attempts else None


def _locked(recording_id: UUID) -> Recording | None:
    """The recording under its session's lock, if it is wanted; None too if it is gone meanwhile."""
    sessions = Session.objects.select_for_update(of=("self",))
    if sessions.filter(answers__recording=recording_id).first() is None:
        return None
    rows = Recording.objects.defer("audio").select_related("answer__session").select_for_update(of=("self",))
    return rows.filter(pk=recording_id, transcription=Transcription.WANTED).first()


def _end(row: Recording, *, fault: str) -> None:
    row.transcription, row.transcription_fault = Transcription.FAILED.value, fault[:300]
    row.due_at = None
    row.save(update_fields=["transcription", "transcription_fault", "due_at"])
