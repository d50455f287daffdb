"""A character is connected: what is asked is said before, and every way back says what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from orchestrator.accounts.models import AuditRecord
from orchestrator.celery import app
from tests.trading.eve.stand_in import CORPORATION, answer, fault
from tests.trading.eve.test_sso import CLIENT, SCOPE
from tests.trading.strategy.scene import Scene, eve
from trading.eve.sso import SCOPES
from trading.strategy.models import Character
from trading.strategy.services import characters

pytestmark = pytest.mark.django_db
BACKEND = "orchestrator.accounts.backends.AnyCaseBackend"


@pytest.fixture
def scene() -> Iterator[Scene]:
    with eve() as made:
        yield made


@pytest.fixture
def client(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.owner, backend=BACKEND)
    return client


def go(scene: Scene, client: Client) -> dict[str, list[str]]:
    """As far as EVE's own page: what the browser takes there."""
    url = reverse("strategy:connect-character", args=[scene.corporation.pk])
    answered = client.post(url, {"scopes": [SCOPE]})
    assert answered.status_code == 200
    link = answered.context["url"]
    assert link.startswith(f"{scene.login.url}/v2/oauth/authorize?")
    asked = parse_qs(urlsplit(link).query)
    scene.login.challenges["code-1"] = asked["code_challenge"][0]
    return asked


def belongs_to(scene: Scene, corporation_id: int) -> None:
    told = {"name": "Generated Pilot", "corporation_id": corporation_id}
    scene.esi.replies["/characters/90000001"] = answer(told)


def back(client: Client, **query: str) -> tuple[int, str]:
    answered = client.get(reverse("strategy:eve-back"), query)
    return answered.status_code, answered.content.decode()


def test_what_each_scope_is_for_is_said_before_it_is_asked(scene: Scene, client: Client) -> None:
    url = reverse("strategy:connect-character", args=[scene.corporation.pk])
    shown = client.get(url).content.decode()
    assert all(reason.replace("'", "&#x27;") in shown for reason in SCOPES.values())
    nothing = client.post(url, {})
    assert (nothing.status_code, "at least one thing" in nothing.content.decode()) == (400, True)
    assert client.post(url, {"scopes": ["esi-mail.send_mail.v1"]}).status_code == 400


def test_a_character_agrees_and_is_connected_once(scene: Scene, client: Client) -> None:
    asked = go(scene, client)
    assert (asked["client_id"], asked["scope"]) == ([CLIENT], [SCOPE])
    assert asked["redirect_uri"][0].endswith("/strategy/characters/back/")
    belongs_to(scene, CORPORATION)

    status, _ = back(client, code="code-1", state=asked["state"][0])

    assert status == 302
    character = Character.objects.get()
    assert (character.name, character.scopes, character.fault) == ("Generated Pilot", [SCOPE], "")
    assert character.refresh_token.open() == "refresh-1"
    trail = AuditRecord.objects.get(action="corporation.character_connected")
    assert "refresh-1" not in str(trail.after)
    again, says = back(client, code="code-1", state=asked["state"][0])
    assert (again, "was used before" in says) == (400, True)
    shown = client.get(reverse("strategy:corporation", args=[scene.corporation.pk])).content.decode()
    assert "Generated Pilot" in shown
    assert "refresh-1" not in shown


def test_an_answer_with_another_state_is_of_no_use_and_ends_the_attempt(scene: Scene, client: Client) -> None:
    asked = go(scene, client)

    for state in ("forged", asked["state"][0]):
        status, says = back(client, code="code-1", state=state)
        assert (status, "belongs to no log-in" in says) == (400, True)
    assert not Character.objects.exists()


def test_a_no_at_eve_is_taken_as_one(scene: Scene, client: Client) -> None:
    asked = go(scene, client)

    status, says = back(client, error="access_denied", state=asked["state"][0])

    assert (status, "EVE was told no" in says) == (400, True)


def test_a_character_of_another_corporation_is_not_kept(scene: Scene, client: Client) -> None:
    asked = go(scene, client)
    belongs_to(scene, 98_000_777)

    status, says = back(client, code="code-1", state=asked["state"][0])

    assert (status, "is in another corporation of EVE (98000777)" in says) == (409, True)
    assert not Character.objects.exists()
    assert scene.login.refresh_tokens == set(), "the consent was given back"


def test_an_outage_on_the_way_back_is_said(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.eve.http.time.sleep", lambda seconds: None)
    asked = go(scene, client)
    scene.esi.replies["/characters/90000001"] = fault(502)

    status, says = back(client, code="code-1", state=asked["state"][0])

    assert (status, "problem of its own" in says) == (503, True)
    assert not Character.objects.exists()


def test_a_spent_code_is_told_so(scene: Scene, client: Client) -> None:
    asked = go(scene, client)

    status, says = back(client, code="another", state=asked["state"][0])

    assert (status, "Begin again" in says) == (502, True)


def test_a_character_is_disconnected_by_its_owner(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "send_task", lambda name, **more: None)
    character = scene.connect()

    answered = client.post(reverse("strategy:disconnect-character", args=[character.pk]), follow=True)

    assert "EVE is told to forget its consent" in answered.content.decode().replace("&#x27;", "'")
    assert "leaving" in answered.content.decode()
    characters.forget_leaving()
    assert not Character.objects.exists()


def test_without_a_client_id_it_is_said_whose_turn_it_is(
    scene: Scene, client: Client, settings: Settings
) -> None:
    settings.EVE_CLIENT_ID = ""

    answered = client.get(reverse("strategy:connect-character", args=[scene.corporation.pk]))

    assert (answered.status_code, "EVE_CLIENT_ID" in answered.content.decode()) == (409, True)
