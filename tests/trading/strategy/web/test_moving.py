"""On pages: beginning a session, following it, reviewing its steps, editing an answer."""

from __future__ import annotations

import pytest
from django.test import Client

from orchestrator.accounts.models import Role
from tests.factories import make_user
from tests.trading.strategy.sessions.scene import Drain, Scene, make_scene, make_steps, step_of
from tests.workspaces.test_pages import client_of
from trading.strategy.models import StrategicSession

pytestmark = pytest.mark.django_db(transaction=True)


def waiting(drain: Drain) -> tuple[Scene, StrategicSession, Client, str]:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, {"step_type": "recommendation"}))
    drain()
    return scene, session, client_of(scene.user), f"/strategy/sessions/{session.pk}/"


def test_a_session_is_begun_with_a_form(drain: Drain) -> None:
    scene = make_scene()
    client = client_of(scene.user)
    own = make_steps(scene.user, {"step_type": "situation"})
    assert str(own.pk) in client.get("/strategy/sessions/new/").content.decode()

    told = {"corporation": str(scene.corporation.pk), "objective": "Where to live?", "provider": "offline"}
    made = client.post("/strategy/sessions/new/", {**told, "workflow": str(own.pk)})

    session = StrategicSession.objects.get()
    assert made["Location"] == f"/strategy/sessions/{session.pk}/"
    assert session.steps.count() == 1
    refused = client.post("/strategy/sessions/new/", {**told, "corporation": "no"})
    assert (refused.status_code, "Where to live?" in refused.content.decode()) == (400, True)


def test_viewers_begin_nothing() -> None:
    assert client_of(make_user("vic", role=Role.VIEWER)).get("/strategy/sessions/new/").status_code == 403


def test_a_step_that_waits_offers_a_review_and_goes_on_when_accepted(drain: Drain) -> None:
    _, session, client, path = waiting(drain)
    page = client.get(path).content.decode()
    assert "Waits for review" in page
    assert "Ask again" in page

    answer = client.post(f"{path}steps/0/review/", {"action": "accept", "comment": "Good."})

    assert answer["Location"] == f"{path}#step-0"
    assert step_of(session).status == "completed"
    assert client.post(f"{path}steps/0/review/", {"action": "accept"}).status_code == 409
    assert client.post(f"{path}steps/0/review/", {"action": "applaud"}).status_code == 400


def test_it_is_asked_again_with_a_remark_that_the_page_shows(drain: Drain) -> None:
    _, session, client, path = waiting(drain)

    client.post(f"{path}steps/0/review/", {"action": "again", "remark": "Mind <the> fuel."})
    drain()

    assert step_of(session).rounds == 2
    assert "Mind &lt;the&gt; fuel." in client.get(path).content.decode()


def test_the_page_follows_its_run_and_is_left_alone_while_nothing_changes(drain: Drain) -> None:
    _scene, _session, client, path = waiting(drain)
    page = client.get(path)
    mark = page.context["mark"]
    asked = {"HX-Request": "true", "X-Seen": mark}

    assert client.get(path, headers=asked).status_code == 204
    client.post(f"{path}steps/0/review/", {"action": "again", "remark": "Again."})
    fresh = client.get(path, headers=asked)
    assert (fresh.status_code, 'id="steps"' in fresh.content.decode()) == (200, True)


def test_a_session_is_paused_resumed_archived_and_deleted(drain: Drain) -> None:
    _, session, client, path = waiting(drain)

    for verb, status in (("pause", "paused"), ("resume", "active"), ("archive", "archived")):
        assert client.post(f"{path}{verb}/")["Location"] == path
        session.refresh_from_db()
        assert session.status == status
    assert "Accept" not in client.get(path).content.decode()
    assert client.post(f"{path}delete/")["Location"] == "/strategy/"
    assert not StrategicSession.objects.exists()
