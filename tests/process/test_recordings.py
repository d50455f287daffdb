"""Recorded voices: kept encrypted, answers without words, written down by a real protocol's stand-in."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import Settings

from orchestrator.accounts.models import User
from orchestrator.ai.models import AiCall
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, TooLarge
from process.domain.journey import NotActive, SectionLocked
from process.domain.process import Process, Prompt
from process.domain.vocabulary import Behavior, ResponseFormat
from process.models import (
    Answer,
    Disclosure,
    ProcessVersion,
    Recording,
    Session,
    SessionSectionStatus,
    Transcription,
)
from process.queries.recordings import find_recording
from process.services import answering, recordings, sessions, transcribing
from process.services.journeys import answer_value
from tests.ai.wire import KEY
from tests.factories import make_user
from tests.process.making import WEBM, make_node, make_process, make_prompt, make_section
from tests.process.storing import store
from tests.stand_in import Answer as Said
from tests.stand_in import StandIn, stand_in

pytestmark = pytest.mark.django_db


def make_story() -> tuple[Process, Session, User]:
    """A session before one spoken prompt of a section; another section waits for an answer there."""
    spoken = make_prompt("spoken", node="lanes", format=ResponseFormat.VOICE)
    typed = make_prompt("typed", node="lanes")
    first = make_section("origins", spoken, typed)
    later = make_prompt("later", node="lanes", format=ResponseFormat.VOICE)
    second = make_section("work", later, after="origins", minimum=1)
    process = make_process(
        make_node("lanes", behavior=Behavior.ITERATIVE, sections=("origins", "work"), text="Rooms."),
        sections=(first, second),
    )
    version = store(process)
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)
    user = make_user()
    return process, sessions.start_session(user), user


def prompt_of(process: Process, key: str) -> Prompt:
    return next(prompt for prompt in process.prompts.values() if prompt.key == key)


def record(user: User, session: Session, prompt: Prompt, audio: bytes = WEBM, **more: object) -> Recording:
    given = {"duration_seconds": 42.0, **more}
    return recordings.keep_recording(user, session.pk, prompt_id=prompt.id, audio=audio, **given)  # type: ignore[arg-type]


def test_a_recording_without_words_is_an_answer_and_opens_what_waits_for_one() -> None:
    process, session, user = make_story()
    prompt = prompt_of(process, "spoken")
    with pytest.raises(SectionLocked):
        record(user, session, prompt_of(process, "later"))
    record(user, session, prompt)
    answer = Answer.objects.get()
    assert (answer_value(answer), answer.revision) == ("", 0)
    statuses = dict(SessionSectionStatus.objects.values_list("section__section_key", "status"))
    assert statuses == {"origins": "in_progress", "work": "unlocked"}
    words = answering.save_answer(user, session.pk, prompt_id=prompt.id, value="In words.", expect=0)
    assert words is not None
    assert words.revision == 1
    assert SessionSectionStatus.objects.get(section__section_key="origins").prompts_answered == 1


def test_a_voice_is_nowhere_in_the_clear_and_comes_back_as_it_was() -> None:
    process, session, user = make_story()
    prompt = prompt_of(process, "spoken")
    record(user, session, prompt)
    with connection.cursor() as cursor:
        cursor.execute("SELECT audio, octet_length(audio) FROM process_recording")
        [[stored, size]] = cursor.fetchall()
    assert b"voice" not in bytes(stored)
    assert size < len(WEBM) + 100, "no base64"
    assert find_recording(session, prompt.id, with_sound=True).audio.open() == WEBM


def test_another_recording_takes_the_place_of_the_first_and_words_stay() -> None:
    process, session, user = make_story()
    prompt = prompt_of(process, "spoken")
    answering.save_answer(user, session.pk, prompt_id=prompt.id, value="Typed.")
    first = record(user, session, prompt)
    second = record(user, session, prompt, duration_seconds=3.0)
    assert list(Recording.objects.values_list("pk", flat=True)) == [second.pk] != [first.pk]
    recordings.delete_recording(user, session.pk, prompt_id=prompt.id)
    assert answer_value(Answer.objects.get()) == "Typed."


def test_deleting_a_recording_without_words_takes_the_answer_back() -> None:
    process, session, user = make_story()
    record(user, session, prompt_of(process, "spoken"))
    recordings.delete_recording(user, session.pk, prompt_id=prompt_of(process, "spoken").id)
    assert not Answer.objects.exists()
    states = dict(SessionSectionStatus.objects.values_list("section__section_key", "prompts_answered"))
    assert states == {"origins": 0, "work": 0}
    assert SessionSectionStatus.objects.get(section__section_key="work").status == "unlocked", "stays open"


def test_what_is_no_recording_is_refused_and_nothing_changes(settings: Settings) -> None:
    process, session, user = make_story()
    prompt = prompt_of(process, "spoken")
    for bad in (b"", b"<html>" * 50, WEBM.replace(b"A_OPUS", b"V_VP8+")):
        with pytest.raises(InvalidInput, match="no recording"):
            record(user, session, prompt, bad)
    with pytest.raises(InvalidInput, match="at most 15:00"):
        record(user, session, prompt, duration_seconds=2000.0)
    with pytest.raises(InvalidInput, match="not answered by voice"):
        record(user, session, prompt_of(process, "typed"))
    settings.VOICE_MAX_BYTES = 1024
    with pytest.raises(TooLarge, match="larger than"):
        record(user, session, prompt)
    sessions.pause_session(user, session.pk)
    settings.VOICE_MAX_BYTES = 10**6
    with pytest.raises(NotActive):
        record(user, session, prompt)
    assert not Answer.objects.exists()


def test_an_answer_is_taken_back_only_by_who_has_seen_it_and_a_late_tab_is_told() -> None:
    process, session, user = make_story()
    prompt = prompt_of(process, "typed").id

    def say(text: str, expect: int) -> Answer | None:
        return answering.save_answer(user, session.pk, prompt_id=prompt, value=text, expect=expect)

    say("One.", 0)
    say("Two.", 1)
    with pytest.raises(answering.AnswerChanged):
        answering.withdraw_answer(user, session.pk, prompt_id=prompt, expect=1)
    answering.withdraw_answer(user, session.pk, prompt_id=prompt, expect=2)
    answering.withdraw_answer(user, session.pk, prompt_id=prompt, expect=2)
    assert not Answer.objects.exists()
    again = say("Three.", 0)
    assert again is not None
    assert again.revision == 3
    with pytest.raises(answering.AnswerChanged):
        say("Two, longer.", 2)


def heard(text: str = "In a blue house.", seconds: float = 42.0) -> Said:
    return Said(body=json.dumps({"task": "transcribe", "text": text, "duration": seconds}).encode())


@pytest.fixture
def listening(settings: Settings) -> Settings:
    settings.TRANSCRIPTION_PROVIDER, settings.TRANSCRIPTION_MODEL = "groq", "whisper-large-v3"
    return settings


def speak(settings: Settings, server: StandIn) -> None:
    settings.AI_PROVIDERS = {**settings.AI_PROVIDERS, "groq": {"key": KEY, "base_url": server.url}}


def asked(settings: Settings, server: StandIn) -> tuple[User, Session, Prompt, Recording]:
    speak(settings, server)
    process, session, user = make_story()
    prompt = prompt_of(process, "spoken")
    row = record(user, session, prompt)
    transcribing.ask_transcription(user, session.pk, prompt_id=prompt.id)
    return user, session, prompt, row


def test_a_recording_is_written_down_offered_and_never_put_into_the_answer(listening: Settings) -> None:
    with stand_in(lambda _: heard()) as server:
        _, session, prompt, row = asked(listening, server)
        assert transcribing.sweep_transcriptions() == 1
        transcribing.transcribe(row.pk)
        transcribing.transcribe(row.pk)
    [request] = server.received
    assert request.path == "/openai/v1/audio/transcriptions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"].startswith("multipart/form-data")
    for part in (b'name="model"', b"whisper-large-v3", b'filename="recording.webm"', b"audio/webm", WEBM):
        assert part in request.body
    kept = find_recording(session, prompt.id)
    assert (kept.transcription, kept.transcript.open(), kept.due_at) == ("ready", "In a blue house.", None)
    assert answer_value(kept.answer) == "", "the person decides"
    disclosure = Disclosure.objects.get()
    assert (disclosure.purpose, disclosure.provider) == ("transcription", "groq")
    assert disclosure.answer_ids == [kept.answer.pk]
    call = AiCall.objects.get()
    assert (call.status, call.cost, call.is_priced) == ("succeeded", Decimal("0.001295"), True)


def test_words_that_were_taken_or_left_are_not_offered_again(listening: Settings) -> None:
    with stand_in(lambda _: heard()) as server:
        user, session, prompt, row = asked(listening, server)
        transcribing.settle_transcription(user, session.pk, prompt_id=prompt.id)
        assert find_recording(session, prompt.id).transcription == "wanted", "nothing is offered yet"
        transcribing.transcribe(row.pk)
    for _ in range(2):
        transcribing.settle_transcription(user, session.pk, prompt_id=prompt.id)
        kept = find_recording(session, prompt.id)
        assert (kept.transcription, kept.transcript.open()) == ("", "")
    with pytest.raises(NotFound):
        transcribing.settle_transcription(make_user(), session.pk, prompt_id=prompt.id)


def test_without_a_provider_or_a_key_nobody_is_asked(settings: Settings) -> None:
    process, session, user = make_story()
    prompt = prompt_of(process, "spoken")
    record(user, session, prompt)
    with pytest.raises(transcribing.NobodyHears):
        transcribing.ask_transcription(user, session.pk, prompt_id=prompt.id)
    settings.TRANSCRIPTION_PROVIDER = "groq"
    settings.AI_PROVIDERS = {**settings.AI_PROVIDERS, "groq": {"key": "", "base_url": ""}}
    with pytest.raises(transcribing.NobodyHears):
        transcribing.ask_transcription(user, session.pk, prompt_id=prompt.id)


def test_what_is_private_never_leaves_not_even_if_it_becomes_so_on_the_way(listening: Settings) -> None:
    with stand_in(lambda _: heard()) as server:
        user, session, prompt, row = asked(listening, server)
        answering.save_answer(user, session.pk, prompt_id=prompt.id, value="Mine.", private=True)
        transcribing.transcribe(row.pk)
        with pytest.raises(NotAllowed, match="private"):
            transcribing.ask_transcription(user, session.pk, prompt_id=prompt.id)
    assert server.received == []
    assert not Disclosure.objects.exists()
    assert find_recording(session, prompt.id).transcription == Transcription.FAILED


def test_a_pause_that_the_provider_asks_for_is_kept_and_the_next_attempt_works(listening: Settings) -> None:
    busy = Said(429, b'{"error": {"message": "Slow down."}}', {"retry-after": "300"})
    answers = [busy, heard()]
    with stand_in(lambda _: answers.pop(0)) as server:
        _, session, prompt, row = asked(listening, server)
        transcribing.transcribe(row.pk)
        waiting = find_recording(session, prompt.id)
        assert waiting.due_at is not None
        assert waiting.due_at > utc_now() + timedelta(seconds=290)
        assert "Slow down" in waiting.transcription_fault
        transcribing.transcribe(row.pk)
        assert len(server.received) == 1, "it is not due yet"
        Recording.objects.update(due_at=utc_now())
        transcribing.transcribe(row.pk)
    assert find_recording(session, prompt.id).transcription == Transcription.READY
    assert [call.status for call in AiCall.objects.order_by("id")] == ["failed", "succeeded"]


@pytest.mark.parametrize(
    ("said", "words", "ends"),
    [
        (Said(401, b'{"error": {"message": "no"}}'), "did not accept the key", True),
        (Said(404, b'{"error": {"message": "no"}}'), "has no model", True),
        (Said(413, b'{"error": {"message": "no"}}'), "too large", True),
        (Said(400, b'{"error": {"message": "bad file"}}'), "bad file", True),
        (Said(503, b"{}"), "problem of its own", False),
        (Said(200, b"not json"), "", False),
        (Said(200, b"{}", promised=500), "", False),
        (Said(200, b'{"duration": 3}'), "without a text", False),
        (Said(200, b'{"text": "  "}'), "No words", True),
    ],
)
def test_every_way_to_fail_is_told_without_the_key(
    listening: Settings, said: Said, words: str, *, ends: bool
) -> None:
    with stand_in(lambda _: said) as server:
        _, session, prompt, row = asked(listening, server)
        transcribing.transcribe(row.pk)
    kept = find_recording(session, prompt.id)
    assert kept.transcription == (Transcription.FAILED if ends else Transcription.WANTED)
    assert words in kept.transcription_fault
    assert kept.transcription_fault
    assert KEY[-8:] not in kept.transcription_fault


def test_the_last_attempt_ends_it(listening: Settings) -> None:
    with stand_in(lambda _: Said(500)) as server:
        _, session, prompt, row = asked(listening, server)
        for _ in range(transcribing.MOST_ATTEMPTS + 2):
            Recording.objects.filter(due_at__isnull=False).update(due_at=utc_now())
            transcribing.transcribe(row.pk)
    assert len(server.received) == transcribing.MOST_ATTEMPTS
    assert find_recording(session, prompt.id).transcription == Transcription.FAILED


def test_what_comes_back_for_a_recording_that_was_replaced_is_dropped(listening: Settings) -> None:
    again: list[Recording] = []

    def replace(_: object) -> Said:
        return heard()

    with stand_in(replace) as server:
        user, session, prompt, row = asked(listening, server)
        work = transcribing._claim(row.pk)
        assert work is not None
        again.append(record(user, session, prompt))
        transcribing._heard(work.recording, "Of the first one.", work.listener)
    kept = find_recording(session, prompt.id)
    assert (kept.pk, kept.transcription) == (again[0].pk, Transcription.NONE)
