"""A guided process by the API: a whole journey, what is refused, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

import process
from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from process.models import (
    Answer,
    Session,
    SessionGrant,
    SessionProfile,
    SessionProgress,
    SessionScope,
    SessionSectionStatus,
)
from tests.api.conftest import ClientFor
from tests.factories import make_user
from tests.rls.world import rows_of

SHIPPED = Path(process.__file__).parent / "shipped" / "life_story.json"
ROOT = "/api/v1/process/"
NOBODY = "00000000-0000-7000-8000-000000000000"
LIFE = {"has_children": True, "has_relationships": False, "comfortable_discussing_trauma": False}
_IDENTITY = 2  # the session, the person
_SAVEPOINT = 2  # stands for BEGIN and COMMIT


@pytest.fixture
def version(client_for: ClientFor) -> str:
    """The shipped life story, imported and activated by an admin."""
    admin = client_for(make_user("ada", role=Role.ADMIN))
    made = admin.post(f"{ROOT}versions/", json.loads(SHIPPED.read_bytes()))
    assert made.status_code == 201, made.json()
    at = f"{ROOT}versions/{made.json()['id']}/"
    assert admin.get(f"{at}validate/").json() == {"findings": []}
    assert admin.post(f"{at}activate/").json()["is_active"] is True
    return str(made.json()["id"])


@pytest.fixture
def teller() -> User:
    return make_user("grace")


@pytest.fixture
def client(client_for: ClientFor, teller: User) -> APIClient:
    return client_for(teller)


@pytest.fixture
def session(client: APIClient, version: str) -> str:
    """The address of a session that has just been started."""
    made = client.post(f"{ROOT}sessions/", {"title": "For Ida"})
    assert made.status_code == 201, made.json()
    return f"{ROOT}sessions/{made.json()['id']}/"


def screen(client: APIClient, session: str) -> dict[str, Any]:
    answer = client.get(f"{session}current/")
    assert answer.status_code == 200
    return dict(answer.json())


def asked(shown: dict[str, Any], key: str) -> dict[str, Any]:
    return next(dict(prompt) for prompt in shown["prompts"] if prompt["key"] == key)


def say(client: APIClient, session: str, prompt: dict[str, Any], value: object, **more: object) -> Any:
    body = {"prompt": prompt["id"], "value": value, **more}
    return client.post(f"{session}answers/", body)


def go_on(client: APIClient, session: str) -> dict[str, Any]:
    """Answer what has to be answered where the person stands, and advance."""
    shown = screen(client, session)
    for prompt in shown["prompts"]:
        if prompt["required"] and not prompt["answered"]:
            told = say(client, session, prompt, True if prompt["format"] == "checkbox" else "So it was.")
            assert told.status_code == 200, told.json()
    answer = client.post(f"{session}advance/", {"revision": screen(client, session)["revision"]})
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def to_sections(client: APIClient, session: str) -> dict[str, Any]:
    assert go_on(client, session)["node"]["key"] == "scope_choice"
    assert client.put(f"{session}scope/", {"scope_type": "whole_life"}).status_code == 200
    assert go_on(client, session)["node"]["key"] == "profile"
    assert client.put(f"{session}profile/", LIFE).status_code == 200
    assert go_on(client, session)["node"]["key"] == "grounding"
    return go_on(client, session)


def test_a_whole_journey(client: APIClient, session: str) -> None:
    shown = to_sections(client, session)
    assert shown["node"]["key"] == "sections"
    locks = {section["key"]: section["lock"] for section in shown["sections"]}
    assert locks["origins"] is None
    assert locks["love_partnership"] == "Not part of the life you described."
    assert "Origins" in locks["childhood"]
    shown = client.post(f"{session}sections/origins/select/", {"revision": shown["revision"]}).json()
    assert shown["section"] == "origins"
    place = asked(shown, "origins_place")
    told = say(client, session, place, "In a blue house.", private=True, expect=0).json()
    assert (told["revision"], told["private"], told["tier"]) == (1, True, 3)
    place = asked(screen(client, session), "origins_place")
    assert (place["answered"], place["answer"], place["answer_revision"]) == (True, "In a blue house.", 1)
    assert go_on(client, session)["section"] is None
    back = client.post(f"{session}back/", {}).json()
    assert back["node"]["key"] == "grounding"
    for _ in range(20):
        shown = go_on(client, session)
        if shown["status"] == "completed":
            break
    assert (shown["status"], shown["prompts"], shown["missing"]) == ("completed", [], [])
    detail = client.get(session).json()
    assert detail["completed_at"] is not None
    assert detail["path"][:4] == ["trust_setup", "scope_choice", "profile", "grounding"]
    answers = client.get(f"{session}answers/").json()["results"]
    assert detail["progress"]["prompts_answered"] == len(answers) >= 2
    assert "In a blue house." in [answer["value"] for answer in answers]


def test_scope_and_profile_are_read_back(client: APIClient, session: str) -> None:
    assert client.get(f"{session}scope/").json()["scope_type"] is None
    assert set(client.get(f"{session}profile/").json().values()) == {None}
    chapter = {
        "scope_type": "major_chapter",
        "scope_description": "At sea",
        "time_period_start": "1971-04-01",
        "time_period_end": None,
    }
    client.put(f"{session}scope/", chapter)
    client.put(f"{session}profile/", LIFE)
    assert client.get(f"{session}scope/").json() == chapter
    assert LIFE.items() <= client.get(f"{session}profile/").json().items()


def test_pause_resume_abandon_and_delete(client: APIClient, session: str) -> None:
    assert client.post(f"{session}pause/").json()["status"] == "paused"
    assert client.post(f"{session}advance/", {}).json()["code"] == "session_not_active"
    assert client.post(f"{session}resume/").json()["status"] == "active"
    assert client.post(f"{session}abandon/").json()["status"] == "abandoned"
    assert [row["status"] for row in client.get(f"{ROOT}sessions/").json()["results"]] == ["abandoned"]
    assert client.get(f"{ROOT}sessions/?status=active").json()["results"] == []
    assert client.delete(session).status_code == 204
    assert client.get(session).status_code == 404
    assert not Session.objects.exists()


def kept() -> list[set[str]]:
    """All that a step could change, as it is stored."""
    tables = (Answer, Session, SessionProgress, SessionProfile, SessionScope, SessionSectionStatus)
    return [rows_of(table._meta.db_table) for table in tables]


REFUSED: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "unknown prompt": ("post", "answers/", {"prompt": NOBODY, "value": "x"}, 404, "no such prompt"),
    "no id of a prompt": ("post", "answers/", {"prompt": "x", "value": "x"}, 400, "Some fields"),
    "over length": ("post", "answers/", {"prompt": "call_me", "value": "x" * 81}, 400, "81 characters"),
    "not offered": ("post", "answers/", {"prompt": "consent", "value": "maybe"}, 400, "true or false"),
    "not asked yet": ("post", "answers/", {"prompt": "later", "value": "x"}, 409, "not yet"),
    "locked section": ("post", "answers/", {"prompt": "locked", "value": "x"}, 409, "not open yet"),
    "selecting it": ("post", "sections/childhood/select/", {}, 409, "present phase"),
    "unknown section": ("post", "sections/nowhere/select/", {}, 404, "no such section"),
    "open prompts": ("post", "advance/", {}, 409, "This still needs an answer"),
    "past revision": ("post", "advance/", {"revision": 0}, 409, "moved on"),
    "before the start": ("post", "back/", {}, 409, "the beginning"),
    "what cannot be skipped": ("post", "skip/", {}, 409, "cannot be skipped"),
    "unknown scope": ("put", "scope/", {"scope_type": "everything"}, 400, "Some fields"),
    "an end before the start": (
        "put",
        "scope/",
        {"scope_type": "unsure", "time_period_start": "1990-01-01", "time_period_end": "1989-12-31"},
        400,
        "before the beginning",
    ),
    "unknown flag": ("put", "profile/", {"has_wings": True}, 400, "profile is not right"),
    "no yes and no no": ("put", "profile/", {"has_children": "three"}, 400, "profile is not right"),
    "a list as profile": ("put", "profile/", [], 400, "A profile is an object"),  # type: ignore[dict-item]
}


@pytest.mark.parametrize(("method", "path", "body", "status", "detail"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_told_and_changes_nothing(
    client: APIClient, session: str, version: str, method: str, path: str, body: Any, status: int, detail: str
) -> None:
    prompts = {prompt["prompt_key"]: prompt["id"] for prompt in _rows(client, f"prompts/?version={version}")}
    names = {"later": prompts["born"], "locked": prompts["childhood_first"], **prompts}
    if isinstance(body, dict) and "prompt" in body:
        body = {**body, "prompt": names.get(body["prompt"], body["prompt"])}
    before = kept()
    answer = getattr(client, method)(f"{session}{path}", body)
    assert answer.status_code == status, answer.json()
    assert answer["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]
    assert kept() == before


def _rows(client: APIClient, path: str) -> Iterator[dict[str, Any]]:
    url: str | None = f"{ROOT}{path}"
    while url:
        page = client.get(url).json()
        yield from page["results"]
        url = page["next"]


def test_a_second_tab_is_told(client: APIClient, session: str) -> None:
    prompt = asked(screen(client, session), "call_me")
    assert say(client, session, prompt, "Grace", expect=0).status_code == 200
    told = say(client, session, prompt, "Amazing Grace", expect=0)
    assert (told.status_code, told.json()["code"]) == (409, "answer_changed")
    assert (told.json()["value"], told.json()["revision"]) == ("Grace", 1)
    assert say(client, session, prompt, "").json()["value"] == "Grace", "a blank deletes nothing"
    blank = say(client, session, asked(screen(client, session), "why"), "  ").json()
    assert (blank["value"], blank["revision"]) == (None, 0)


@pytest.mark.parametrize("path", ["", "current/", "answers/", "scope/", "profile/", "sections/"])
def test_neither_strangers_nor_admins_read_what_somebody_says(
    client: APIClient, client_for: ClientFor, session: str, path: str
) -> None:
    say(client, session, asked(screen(client, session), "call_me"), "Grace")
    for other in (make_user("bob"), make_user("eve", role=Role.ADMIN, is_staff=True, is_superuser=True)):
        answer = client_for(other).get(f"{session}{path}")
        assert answer.status_code == 404
        assert "Grace" not in answer.content.decode()
        assert client_for(other).get(f"{ROOT}sessions/").json()["results"] == []
    assert client.get(f"{session}{path}").status_code == 200, "the control"


def test_somebody_who_was_lent_a_session_reads_and_does_not_write(
    client: APIClient, client_for: ClientFor, session: str, teller: User
) -> None:
    reader, prompt = make_user("bob"), asked(screen(client, session), "call_me")
    say(client, session, prompt, "Grace")
    SessionGrant.objects.create(session=Session.objects.get(), user=reader, granted_by=teller)
    other = client_for(reader)
    assert other.get(f"{session}answers/").json()["results"][0]["value"] == "Grace"
    before = kept()
    assert say(other, session, prompt, "Bob").status_code == 403
    assert other.post(f"{session}advance/", {}).status_code == 403
    assert other.delete(session).status_code == 403
    assert kept() == before


def test_only_staff_author_and_try_what_is_not_active(
    client: APIClient, client_for: ClientFor, version: str
) -> None:
    admin = client_for(make_user("eve", role=Role.ADMIN))
    clone = admin.post(f"{ROOT}versions/{version}/clone/", {"name": "Mine"})
    assert (clone.status_code, clone.json()["cloned_from"]) == (201, version)
    assert client.post(f"{ROOT}sessions/", {"version": clone.json()["id"]}).status_code == 403
    assert admin.post(f"{ROOT}sessions/", {"version": clone.json()["id"]}).status_code == 201
    ids = (version, clone.json()["id"])
    one, other = (admin.get(f"{ROOT}versions/{each}/export/").json() for each in ids)
    assert {**one, "name": "Mine"} == other
    faulty = admin.post(f"{ROOT}versions/", {"format": "another/1", "name": "x"})
    assert (faulty.status_code, faulty.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(
    ("path", "number"), [("nodes/", 10), ("edges/", 11), ("sections/", 12), ("prompts/", 90)]
)
def test_definitions_are_listed_by_version(client: APIClient, version: str, path: str, number: int) -> None:
    assert len(list(_rows(client, f"{path}?version={version}"))) >= number
    assert list(_rows(client, f"{path}?version={NOBODY}")) == []


def test_a_step_asks_the_database_a_fixed_number_of_times(
    client: APIClient, session: str, django_assert_num_queries: Any
) -> None:
    prompt = asked(screen(client, session), "call_me")
    # the session with all that is one row; progress, sections, answers
    with django_assert_num_queries(_IDENTITY + 4):
        screen(client, session)
    # the lock; progress, sections, answers; this answer, the session, the node's progress
    with django_assert_num_queries(_IDENTITY + _SAVEPOINT + 7):
        assert say(client, session, prompt, "Grace").status_code == 200
    say(client, session, asked(screen(client, session), "consent"), True)
    # the lock and the journey; session, progress read and written; and the next screen
    with django_assert_num_queries(_IDENTITY + _SAVEPOINT + 4 + 3 + 4):
        assert client.post(f"{session}advance/", {}).status_code == 200
