"""Voices by the API: kept, served in parts to their person alone, written down; and answers taken back."""

from __future__ import annotations

from uuid import UUID

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from orchestrator.accounts.models import User
from process.domain.vocabulary import ResponseFormat
from process.models import Answer, ProcessVersion, Recording, SessionGrant
from process.services import sessions
from process.services.recordings import keep_recording
from tests.api.conftest import ClientFor
from tests.factories import make_user
from tests.process.making import WEBM, make_node, make_process, make_prompt
from tests.process.storing import store


@pytest.fixture
def teller() -> User:
    return make_user("grace")


@pytest.fixture
def client(client_for: ClientFor, teller: User) -> APIClient:
    return client_for(teller)


@pytest.fixture
def spoken(teller: User) -> str:
    """The address of an answer by voice."""
    prompt = make_prompt("told", format=ResponseFormat.VOICE)
    version = store(make_process(make_node("talk", prompts=(prompt,))))
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)
    session = sessions.start_session(teller)
    return f"/api/v1/process/sessions/{session.pk}/answers/{prompt.id}/"


def record(teller: User, spoken: str) -> None:
    session, _, prompt = spoken.removeprefix("/api/v1/process/sessions/").strip("/").split("/")
    keep_recording(teller, UUID(session), prompt_id=UUID(prompt), audio=WEBM, duration_seconds=4.2)


def test_a_recording_is_kept_described_and_deleted(client: APIClient, spoken: str) -> None:
    assert client.get(f"{spoken}recording/").status_code == 404
    address = f"{spoken}recording/?duration=4.2&private=true"
    assert client.put(address, WEBM, content_type="audio/webm;codecs=opus").status_code == 200
    told = client.get(f"{spoken}recording/").json()
    assert (told["media_type"], told["size_bytes"], told["duration_seconds"]) == (
        "audio/webm",
        len(WEBM),
        4.2,
    )
    assert (told["transcription"], told["answer_revision"]) == ("none", 0)
    assert Answer.objects.get().tier == 3
    assert client.delete(f"{spoken}recording/").status_code == 204
    assert not Recording.objects.exists()
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("", 200, WEBM, None),
        ("bytes=0-", 206, WEBM, f"bytes 0-{len(WEBM) - 1}/{len(WEBM)}"),
        ("bytes=4-9", 206, WEBM[4:10], f"bytes 4-9/{len(WEBM)}"),
        ("bytes=-5", 206, WEBM[-5:], f"bytes {len(WEBM) - 5}-{len(WEBM) - 1}/{len(WEBM)}"),
        ("bytes=10-99999999", 206, WEBM[10:], f"bytes 10-{len(WEBM) - 1}/{len(WEBM)}"),
        ("bytes=9-4", 416, b"", f"bytes */{len(WEBM)}"),
        ("bytes=99999999-", 416, b"", f"bytes */{len(WEBM)}"),
        ("bytes=0-1,4-5", 200, WEBM, None),
        ("nonsense", 200, WEBM, None),
    ],
    ids=["all", "open", "part", "end", "past the end", "backwards", "beyond", "several", "nonsense"],
)
def test_its_sound_is_served_in_parts_and_kept_nowhere(
    client: APIClient, teller: User, spoken: str, asked: str, status: int, part: bytes, told: str | None
) -> None:
    record(teller, spoken)
    answer = client.get(f"{spoken}recording/sound/", headers={"range": asked} if asked else {})
    assert (answer.status_code, answer.content, answer.get("content-range")) == (status, part, told)
    assert answer["cache-control"] == "no-store"
    assert answer["x-content-type-options"] == "nosniff"


def test_its_sound_is_for_its_person_alone(
    client: APIClient, client_for: ClientFor, spoken: str, teller: User
) -> None:
    record(teller, spoken)
    assert client.get(f"{spoken}recording/sound/").status_code == 200
    reader = make_user("reader")
    SessionGrant.objects.create(session=Answer.objects.get().session, user=reader, granted_by=teller)
    for other in (reader, make_user("eve")):
        assert client_for(other).get(f"{spoken}recording/sound/").status_code == 404


@pytest.mark.parametrize(
    ("audio", "query", "status", "detail"),
    [
        (b"<script>", "duration=1", 400, "no recording"),
        (b"", "duration=1", 400, "no recording"),
        (WEBM, "duration=-1", 400, "Some fields"),
        (WEBM, "duration=9999", 400, "at most 15:00"),
        (WEBM * 200, "duration=1", 413, "larger than 1 MB"),
    ],
    ids=["a page", "nothing", "less than nothing", "too long", "too large"],
)
def test_what_is_no_recording_is_told_and_changes_nothing(
    client: APIClient, settings: Settings, spoken: str, audio: bytes, query: str, status: int, detail: str
) -> None:
    settings.VOICE_MAX_BYTES = 1024 * 1024
    answer = client.put(f"{spoken}recording/?{query}", audio, content_type="audio/webm")
    assert (answer.status_code, answer["content-type"]) == (status, "application/problem+json")
    assert detail in answer.json()["detail"]
    assert not Answer.objects.exists()


def test_nobody_writes_it_down_unless_the_server_has_somebody(
    client: APIClient, teller: User, spoken: str
) -> None:
    record(teller, spoken)
    told = client.post(f"{spoken}recording/transcription/")
    assert (told.status_code, told.json()["code"]) == (409, "no_transcription")


def test_an_answer_is_taken_back_by_who_has_seen_it(client: APIClient, spoken: str) -> None:
    session, _, rest = spoken.partition("answers/")
    client.post(f"{session}answers/", {"prompt": rest.strip("/"), "value": "Words."})
    late = client.delete(f"{spoken}?expect=0")
    assert (late.status_code, late.json()["code"], late.json()["value"]) == (409, "answer_changed", "Words.")
    assert client.delete(f"{spoken}?expect=1").status_code == 204
    assert client.delete(f"{spoken}?expect=1").status_code == 204, "a second time does nothing"
    assert not Answer.objects.exists()


@pytest.mark.parametrize("verb", ["pause", "resume", "abandon"])
def test_a_second_tab_neither_pauses_nor_ends_what_went_on(client: APIClient, spoken: str, verb: str) -> None:
    session = spoken.partition("answers/")[0]
    seen = client.get(session).json()["revision"]
    if verb == "resume":
        client.post(f"{session}pause/", {"revision": seen})
    else:
        client.put(f"{session}scope/", {"scope_type": "unsure"})
    told = client.post(f"{session}{verb}/", {"revision": seen})
    assert (told.status_code, told.json()["code"]) == (409, "moved_on")
    now = client.get(session).json()["revision"]
    assert client.post(f"{session}{verb}/", {"revision": now}).status_code == 200
    if verb != "abandon":
        again = client.post(f"{session}{verb}/", {"revision": now})
        assert again.status_code == 200, "what is so already surprises nobody"
