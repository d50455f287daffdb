"""Help with writing by the API: asked for, waited for, written anew, judged, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from orchestrator.accounts.models import Role
from orchestrator.ai.services.budgets import set_budget
from orchestrator.core import json
from process.models import Archetype, Disclosure, FollowUp, HelpRequest, Synthesis
from process.services import sessions
from process.services.assistance import choose_assistance
from tests.ai.wire import speaking
from tests.api.conftest import ClientFor
from tests.factories import make_user
from tests.process.helping.scene import GOOD, HOUSE, MARKER, Scene, make_scene

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]
NOBODY = "00000000-0000-7000-8000-000000000000"
SURE = {
    "type": "care",
    "confidence": 0.7,
    "themes": ["Sundays"],
    "shape": "Round.",
    "evidence": [{"quote": "She brought plums.", "answer": "A2"}],
}


@pytest.fixture
def scene(client_for: ClientFor, transactional_db: None) -> Scene:
    return make_scene()


@pytest.fixture
def client(client_for: ClientFor, scene: Scene) -> APIClient:
    return client_for(scene.user)


@pytest.fixture
def at(scene: Scene) -> str:
    return f"/api/v1/process/sessions/{scene.session.pk}/"


def asked(client: APIClient, url: str, body: Any = None, **headers: str) -> dict[str, Any]:
    answer = client.post(url, body or {}, headers=headers)
    assert answer.status_code == 202, answer.json()
    return dict(answer.json())


def waited(client: APIClient, at: str, asked_for: dict[str, Any]) -> dict[str, Any]:
    return dict(client.get(f"{at}help/{asked_for['id']}/").json())


def written(client: APIClient, at: str, drain: Drain) -> dict[str, Any]:
    """A first draft of the section, by the offline rules."""
    asked(client, f"{at}syntheses/", {"section": "origins"})
    drain()
    return dict(client.get(f"{at}syntheses/").json()["results"][0])


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer["content-type"]) == (status, "application/problem+json"), answer.json()
    assert answer.json()["code"] == code
    return dict(answer.json())


def test_a_draft_is_asked_for_and_waited_for(client: APIClient, at: str, drain: Drain) -> None:
    told = asked(client, f"{at}syntheses/", {"section": "origins"})
    assert (told["kind"], told["status"], told["section"], told["provider"]) == (
        "draft", "waiting", "origins", "offline")  # fmt: skip
    assert waited(client, at, told)["status"] == "waiting"
    drain()
    done = waited(client, at, told)
    assert (done["status"], done["reason"]) == ("done", "")
    [text] = client.get(f"{at}syntheses/").json()["results"]
    assert (text["type"], text["version"], text["origin"], text["approved"], text["provisional"]) == (
        "draft", 1, "offline", None, True)  # fmt: skip
    assert client.get(f"{at}syntheses/{text['id']}/").json() == text
    assert MARKER not in text["content"]


def test_asked_again_with_its_key_the_same_is_given(client: APIClient, at: str, drain: Drain) -> None:
    first = asked(client, f"{at}syntheses/", {"section": "origins"}, **{"Idempotency-Key": "k1"})
    drain()
    again = asked(client, f"{at}syntheses/", {"section": "origins"}, **{"Idempotency-Key": "k1"})
    assert (again["id"], again["status"]) == (first["id"], "done")
    other = asked(client, f"{at}syntheses/", {"section": "origins"}, **{"Idempotency-Key": "k2"})
    assert other["id"] != first["id"]
    assert HelpRequest.objects.count() == 2


def test_every_sentence_names_its_answers_and_editing_keeps_those_that_stay(
    client: APIClient, at: str, scene: Scene, settings: Settings, drain: Drain
) -> None:
    with speaking(settings, "groq", GOOD):
        assert client.put(f"{at}assistance/", {"provider": "groq"}).json()["provider"] == "groq"
        text = written(client, at, drain)
    house = str(scene.answer("house").pk)
    assert text["paragraphs"][0][0] == {
        "text": "My father whistled above the harbour.", "kind": "answers", "answers": [house]}  # fmt: skip
    new = "My father whistled above the harbour. And how he whistled!"
    edited = client.patch(f"{at}syntheses/{text['id']}/", {"content": new, "expect": 1}).json()
    assert (edited["version"], edited["origin"], edited["content"]) == (2, "person", new)
    kinds = [(each["kind"], each["answers"]) for each in edited["paragraphs"][0]]
    assert kinds == [("answers", [house]), ("yours", [])]
    late = client.patch(f"{at}syntheses/{text['id']}/", {"content": "Other.", "expect": 1})
    assert refused(late, 409, "text_changed")["version"] == 2
    assert Synthesis.objects.count() == 2


def test_one_version_is_the_chapter_until_that_is_taken_back(
    client: APIClient, at: str, drain: Drain
) -> None:
    first = written(client, at, drain)
    chapter = client.post(f"{at}syntheses/{first['id']}/approve/").json()
    assert (chapter["type"], chapter["approved"], chapter["provisional"]) == ("chapter", True, False)
    second = written(client, at, drain)
    assert client.post(f"{at}syntheses/{second['id']}/approve/", {}).json()["approved"] is True
    assert client.get(f"{at}syntheses/{first['id']}/").json()["approved"] is None
    back = client.post(f"{at}syntheses/{second['id']}/approve/", {"approved": False}).json()
    assert (back["type"], back["approved"], back["provisional"]) == ("draft", False, True)


def test_asked_again_the_feedback_goes_along(
    client: APIClient, at: str, settings: Settings, drain: Drain
) -> None:
    with speaking(settings, "groq", GOOD) as server:
        client.put(f"{at}assistance/", {"provider": "groq"})
        written(client, at, drain)
        asked(client, f"{at}syntheses/", {"section": "origins", "feedback": "Shorter, please."})
        drain()
    assert "Shorter, please." in server.received[1].body.decode()
    texts = client.get(f"{at}syntheses/").json()["results"]
    assert [each["version"] for each in texts] == [2, 1]
    last, first = client.get(f"{at}disclosures/").json()["results"]
    assert "Shorter, please." in last["text"]
    assert HOUSE in first["text"]
    assert (first["purpose"], first["provider"], first["outcome"]) == ("draft", "groq", "answered")
    assert len(first["answers"]) == 2
    assert MARKER not in first["text"] + last["text"]


def test_patterns_are_asked_for_shown_and_judged(
    client: APIClient, at: str, scene: Scene, settings: Settings, drain: Drain
) -> None:
    with speaking(settings, "groq", json.dumps({"archetypes": [SURE]}).decode()):
        client.put(f"{at}assistance/", {"provider": "groq"})
        early = refused(client.post(f"{at}archetypes/"), 409, "wrong_state")
        assert "3 approved chapters" in early["detail"]
        refused(client.post(f"{at}archetypes/reveal/"), 409, "wrong_state")
        for _ in range(3):
            sessions.advance(scene.user, scene.session.pk)
        told = asked(client, f"{at}archetypes/")
        drain()
    assert (told["kind"], waited(client, at, told)["status"]) == ("archetypes", "done")
    assert client.get(f"{at}archetypes/").json()["results"] == [], "nothing is shown unasked"
    hidden = Archetype.objects.get()
    refused(client.post(f"{at}archetypes/{hidden.pk}/confirm/", {"confirmed": True}), 404, "not_found")
    assert client.post(f"{at}archetypes/reveal/").json() == {"revealed": 1}
    [seen] = client.get(f"{at}archetypes/").json()["results"]
    assert (seen["type"], seen["confidence"], seen["themes"]) == ("care", 0.7, ["Sundays"])
    assert seen["evidence"] == [
        {"quote": "She brought plums.", "answer": str(scene.answer("people").pk)}]  # fmt: skip
    judge = f"{at}archetypes/{seen['id']}/confirm/"
    assert client.post(judge, {"confirmed": True}).json()["confirmed"] is True
    rejected = client.post(judge, {"confirmed": False, "words": "Not care: love."}).json()
    assert (rejected["confirmed"], rejected["reframed"]) == (False, "Not care: love.")
    kept = client.post(judge, {"confirmed": True, "words": " "}).json()
    assert kept["reframed"] == "Not care: love.", "a blank never deletes what somebody wrote"
    refused(client.post(judge, {}), 400, "invalid")


def test_a_further_question_is_asked_replied_to_and_put_away(
    client: APIClient, at: str, scene: Scene, drain: Drain
) -> None:
    told = asked(client, f"{at}follow-ups/", {"prompt": str(scene.prompt("house"))})
    drain()
    assert (told["kind"], waited(client, at, told)["status"]) == ("follow_up", "done")
    [further] = client.get(f"{at}follow-ups/").json()["results"]
    assert (further["prompt"], further["reply"], further["revision"]) == (str(scene.prompt("house")), "", 0)
    mine = f"{at}follow-ups/{further['id']}/"
    assert client.patch(mine, {"reply": "A waltz.", "expect": 0}).json()["revision"] == 1
    late = refused(client.patch(mine, {"reply": "A march.", "expect": 0}), 409, "answer_changed")
    assert (late["value"], late["revision"]) == ("A waltz.", 1)
    assert client.patch(mine, {"reply": " "}).json()["reply"] == "A waltz."
    refused(client.patch(mine, {"reply": "x" * 20_001}), 400, "invalid")
    again = client.post(f"{at}follow-ups/", {"prompt": str(scene.prompt("house"))})
    assert "already" in refused(again, 409, "wrong_state")["detail"]
    assert client.delete(mine).status_code == 204
    assert client.get(f"{at}follow-ups/").json()["results"] == []
    assert FollowUp.objects.get().reply.open() == "A waltz.", "put away is not deleted"


def test_a_budget_that_refuses_says_which_limit_and_nothing_is_sent(
    client: APIClient, at: str, scene: Scene, settings: Settings, drain: Drain
) -> None:
    set_budget(make_user(role=Role.ADMIN), scene.user.pk, Decimal("0.000001"))
    with speaking(settings, "groq", GOOD) as server:
        client.put(f"{at}assistance/", {"provider": "groq"})
        told = asked(client, f"{at}syntheses/", {"section": "origins"})
        drain()
    failed = waited(client, at, told)
    assert failed["status"] == "failed"
    assert "your budget for AI this month" in failed["reason"]
    assert "of $0.000001, $0.00 is used" in failed["reason"]
    assert server.received == []
    [record] = client.get(f"{at}disclosures/").json()["results"]
    assert record["outcome"] == "not_sent"


REFUSED: dict[str, tuple[str, str, Any, int, str]] = {
    "no such section": ("post", "syntheses/", {"section": "nowhere"}, 404, "not_found"),
    "nothing told there": ("post", "syntheses/", {"section": "work"}, 409, "nothing_to_go_by"),
    "long feedback": ("post", "syntheses/", {"feedback": "x" * 4_001}, 400, "invalid"),
    "a list": ("post", "syntheses/", ["origins"], 400, "invalid"),
    "no such text": ("get", f"syntheses/{NOBODY}/", None, 404, "not_found"),
    "approving none": ("post", f"syntheses/{NOBODY}/approve/", {}, 404, "not_found"),
    "editing none": ("patch", f"syntheses/{NOBODY}/", {"content": "x"}, 404, "not_found"),
    "an unanswered prompt": ("post", "follow-ups/", {"prompt": NOBODY}, 404, "not_found"),
    "no prompt": ("post", "follow-ups/", {}, 400, "invalid"),
    "no id": ("post", "follow-ups/", {"prompt": "house"}, 400, "invalid"),
    "a private answer": ("post", "follow-ups/", {"prompt": "marked"}, 409, "nothing_to_go_by"),
    "a private prompt": ("post", "follow-ups/", {"prompt": "deep"}, 409, "nothing_to_go_by"),
    "no such question": ("patch", f"follow-ups/{NOBODY}/", {"reply": "x"}, 404, "not_found"),
    "no such pattern": ("post", f"archetypes/{NOBODY}/confirm/", {"confirmed": True}, 404, "not_found"),
    "nothing of the kind": ("get", f"help/{NOBODY}/", None, 404, "not_found"),
    "unknown helper": ("put", "assistance/", {"provider": "claude"}, 400, "invalid"),
}


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_told_and_changes_nothing(
    client: APIClient, at: str, scene: Scene, method: str, path: str, body: Any, status: int, code: str
) -> None:
    if isinstance(body, dict) and body.get("prompt") in ("marked", "deep"):
        body = {"prompt": str(scene.prompt(body["prompt"]))}
    answer = getattr(client, method)(f"{at}{path}", body)
    refused(answer, status, code)
    assert not HelpRequest.objects.exists()
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("content", [" ", "x" * 200_001], ids=["blank", "endless"])
def test_a_text_is_neither_emptied_nor_endless(
    client: APIClient, at: str, drain: Drain, content: str
) -> None:
    text = written(client, at, drain)
    told = refused(client.patch(f"{at}syntheses/{text['id']}/", {"content": content}), 400, "invalid")
    assert "content" in told["errors"]
    assert Synthesis.objects.count() == 1


def test_without_help_and_after_the_end_nothing_is_made(
    client: APIClient, at: str, scene: Scene, drain: Drain
) -> None:
    text = written(client, at, drain)
    choose_assistance(scene.user, scene.session.pk, provider="off")
    refused(client.post(f"{at}syntheses/", {"section": "origins"}), 409, "no_help")
    client.put(f"{at}assistance/", {"provider": "offline"})
    sessions.abandon_session(scene.user, scene.session.pk)
    refused(client.post(f"{at}syntheses/", {"section": "origins"}), 409, "wrong_state")
    refused(client.post(f"{at}syntheses/{text['id']}/approve/"), 409, "wrong_state")
    refused(client.patch(f"{at}syntheses/{text['id']}/", {"content": "More."}), 409, "wrong_state")
