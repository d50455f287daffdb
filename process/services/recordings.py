"""Keeping what people say into their microphone: recorded in the browser, encrypted, the person's alone."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound, TooLarge
from process.domain import steps
from process.domain.answers import is_blank
from process.domain.audio import in_minutes, media_type_of
from process.domain.process import Process, Prompt
from process.domain.vocabulary import ResponseFormat, Tier
from process.models import Answer, Recording
from process.queries.recordings import find_recording
from process.services.answering import take_back
from process.services.journeys import Place, answer_value, lock_session, store_journey

_LOOKED_AT = 4_096


@transaction.atomic
def keep_recording(
    user: User,
    session_id: UUID,
    *,
    prompt_id: UUID,
    audio: bytes,
    duration_seconds: float,
    private: bool | None = None,
) -> Recording:
    """Keep a recording in place of the one before. Without words it is an answer, too.

    Words that were typed stay as they are. Raises NotFound, InvalidInput, TooLarge, NotActive, NotAsked and
    SectionLocked.
    """
    place = lock_session(user, session_id)
    media_type = _checked(audio, duration_seconds)
    prompt = _spoken_prompt(place.process, prompt_id)
    known = place.answer_to(prompt_id)
    answer = _answer(place, prompt, known, private)
    Recording.objects.filter(answer=answer).delete()
    return Recording.objects.create(
        answer=answer,
        audio=audio,
        media_type=media_type,
        size_bytes=len(audio),
        duration_seconds=duration_seconds,
    )


@transaction.atomic
def delete_recording(user: User, session_id: UUID, *, prompt_id: UUID) -> None:
    """Words that belong to it stay; without any, the answer is taken back. Raises NotFound, NotActive."""
    place = lock_session(user, session_id)
    prompt = _spoken_prompt(place.process, prompt_id)
    row = find_recording(place.session, prompt_id)
    if is_blank(answer_value(row.answer)):
        take_back(place, prompt, row.answer)
        return
    steps.require_active(place.journey)
    row.delete()


def _checked(audio: bytes, duration_seconds: float) -> str:
    """Its media type by its content."""
    limit = settings.VOICE_MAX_BYTES
    if len(audio) > limit:
        raise TooLarge(f"The recording is larger than {limit / 1024 / 1024:g} MB. Tell it in two parts.")
    if not 0 <= duration_seconds <= settings.VOICE_MAX_SECONDS + 5:  # the last part comes a little late
        message = f"A recording lasts at most {in_minutes(settings.VOICE_MAX_SECONDS)} minutes."
        raise InvalidInput(message, fields={"duration": [message]})
    media_type = media_type_of(audio[:_LOOKED_AT])
    if media_type is None:
        message = "This is no recording that a browser makes (WebM, Ogg, MP4, WAV, MP3, FLAC)."
        raise InvalidInput(message, fields={"audio": [message]})
    return media_type


def _spoken_prompt(process: Process, prompt_id: UUID) -> Prompt:
    prompt = process.prompts.get(prompt_id)
    if prompt is None:
        raise NotFound("This process has no such prompt.")
    if prompt.format is not ResponseFormat.VOICE:
        raise InvalidInput("This prompt is not answered by voice.")
    return prompt


def _answer(place: Place, prompt: Prompt, known: Answer | None, private: bool | None) -> Answer:
    """The answer that the recording belongs to; new ones have no words yet, and so no revision."""
    if known:
        place.journey = replace(place.journey, answered=place.journey.answered | {prompt.id})
    words = answer_value(known) if known else ""
    journey = steps.answer(place.process, place.journey, prompt, words)
    answer = known or Answer(session=place.session, prompt_id=prompt.id, content='""', revision=0)
    if private is not None:
        answer.is_private = private
    answer.tier = Tier.PRIVATE if answer.is_private else prompt.tier
    answer.save()
    store_journey(place, journey, moved=False)
    return answer
