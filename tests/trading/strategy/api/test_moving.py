"""By API: beginning a session, reviewing its steps, stopping it and going on; each refusal says why."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories import make_user
from tests.trading.strategy.domain.test_documents import VALIDATOR
from tests.trading.strategy.making import make_session
from tests.trading.strategy.sessions.scene import Drain, Scene, make_scene
from tests.workspaces.test_pages import client_of
from trading.strategy.models import StrategicSession

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"
SESSIONS = "/api/v1/strategy/sessions/"


def begun(client: Client, scene: Scene, **other: Any) -> Any:
    body = {"corporation_id": str(scene.corporation.eve_id), "objective": "Where to live?", **other}
    return client.post(SESSIONS, body, content_type=JSON, headers={"Idempotency-Key": "one"})


def post(client: Client, session: str, verb: str, body: Any = None) -> Any:
    return client.post(f"{SESSIONS}{session}/{verb}/", body or {}, content_type=JSON)


def waiting(drain: Drain) -> tuple[Scene, Client, str]:
    """A session whose first step waits."""
    scene = make_scene()
    client = client_of(scene.user)
    made = begun(client, scene)
    drain()
    return scene, client, made.json()["session_id"]


def test_a_session_is_begun_once_for_one_key_and_told_as_a_document(drain: Drain) -> None:
    scene = make_scene()
    client = client_of(scene.user)

    first, second = begun(client, scene, initiator="agent:planner"), begun(client, scene)
    drain()

    assert (first.status_code, second.status_code) == (201, 200)
    assert StrategicSession.objects.count() == 1
    told = client.get(f"{first['Location']}?case=camel").json()
    VALIDATOR.validate(told)
    assert (told["initiator"], told["currentStep"], len(told["steps"])) == ("agent:planner", 0, 7)
    assert 0 <= told["steps"][0]["confidenceScore"] <= 1
    assert told["steps"][0]["recommendations"][0]["citations"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"corporation_id": "Goons"}, "corporation_id"),
        ({"corporation_id": "1"}, "corporation_id"),
        ({"initiator": "somebody else"}, "initiator"),
        ({"provider": "oracle"}, "provider"),
        ({"title": "x" * 201}, "title"),
    ],
)
def test_what_cannot_begin_is_told(body: dict[str, Any], field: str) -> None:
    scene = make_scene()

    refused = begun(client_of(scene.user), scene, **body)

    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert not StrategicSession.objects.exists()


def test_a_step_is_edited_asked_again_and_accepted(drain: Drain) -> None:
    _, client, session = waiting(drain)
    output = client.get(f"{SESSIONS}{session}/").json()["steps"][0]["output"]

    said = {"action": "edit", "output": {**output, "summary": "In my words."}, "confidence_score": 0.9}
    edited = post(client, session, "steps/0/review", said).json()
    assert edited["steps"][0]["output"]["summary"] == "In my words."
    assert edited["steps"][0]["confidence_score"] == 0.9
    again = post(client, session, "steps/0/review", {"action": "again", "remark": "Mind the fuel."}).json()
    assert "output" not in again["steps"][0]
    drain()
    accepted = post(client, session, "steps/0/review", {"action": "accept", "comment": "Good."}).json()
    assert (accepted["steps"][0]["status"], accepted["status"]) == ("completed", "active")
    drain()
    assert post(client, session, "advance").json()["steps"][1]["status"] == "completed"
    events = [each["event"] for each in client.get(f"{SESSIONS}{session}/").json()["session_log"]]
    assert [each for each in events if each.startswith("step_")][:4] == [
        "step_started", "step_answered", "step_edited", "step_asked_again",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "applaud"}, "action"),
        ({"action": "again"}, "remark"),
        ({"action": "edit"}, "output"),
        ({"action": "edit", "output": {}, "confidence_score": 1.5}, "confidence_score"),
    ],
)
def test_a_review_that_says_too_little_is_told(drain: Drain, body: dict[str, Any], field: str) -> None:
    _, client, session = waiting(drain)

    refused = post(client, session, "steps/0/review", body)

    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])


def test_what_cannot_be_reviewed_now_is_a_conflict(drain: Drain) -> None:
    _, client, session = waiting(drain)

    assert post(client, session, "steps/1/review", {"action": "accept"}).status_code == 409
    assert post(client, session, "steps/0/review", {"action": "retry"}).status_code == 409
    assert post(client, session, "steps/99/review", {"action": "accept"}).status_code == 404


def test_a_session_pauses_resumes_and_is_archived_for_good(drain: Drain) -> None:
    _, client, session = waiting(drain)
    url = f"{SESSIONS}{session}/"

    assert post(client, session, "pause").json()["status"] == "paused"
    assert post(client, session, "pause").status_code == 409
    assert post(client, session, "steps/0/review", {"action": "accept"}).status_code == 409
    assert client.patch(url, {"status": "active"}, content_type=JSON).json()["status"] == "active"
    assert client.patch(url, {"current_step": 3}, content_type=JSON).status_code == 409
    assert client.patch(url, {"status": "completed"}, content_type=JSON).status_code == 409
    assert post(client, session, "archive").json()["status"] == "archived"
    for verb in ("archive", "resume", "pause", "advance"):
        refused = post(client, session, verb)
        assert (refused.status_code, "archived" in refused.json()["detail"]) == (409, True)
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_an_imported_session_is_archived_and_not_advanced() -> None:
    scene = make_scene()
    session = make_session(scene.corporation)
    client = client_of(scene.user)

    refused = post(client, str(session.pk), "advance")

    assert (refused.status_code, "imported" in refused.json()["detail"]) == (409, True)
    assert post(client, str(session.pk), "archive").json()["status"] == "archived"


def test_strangers_move_nothing(drain: Drain) -> None:
    _, _, session = waiting(drain)
    client = client_of(make_user("stranger"))

    for verb in ("advance", "pause", "resume", "archive"):
        assert post(client, session, verb).status_code == 404
    assert post(client, session, "steps/0/review", {"action": "accept"}).status_code == 404
    assert client.delete(f"{SESSIONS}{session}/").status_code == 404
