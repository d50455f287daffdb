"""Characters by API: a log-in that is begun there ends in the browser of the same person, and no token."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.trading.eve.stand_in import CORPORATION, answer
from tests.trading.eve.test_sso import SCOPE
from tests.trading.strategy.making import make_corporation
from tests.trading.strategy.scene import Scene, eve
from tests.workspaces.test_pages import client_of
from trading.eve.sso import SCOPES
from trading.strategy.models import Character

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def scene() -> Iterator[Scene]:
    with eve() as made:
        yield made


def address(scene: Scene) -> str:
    return f"/api/v1/strategy/corporations/{scene.corporation.pk}/characters/"


def begun(scene: Scene, client: Client) -> str:
    """The state of a log-in that EVE will answer with a code."""
    told = client.post(address(scene), {"scopes": [SCOPE]}, content_type=JSON)
    assert told.status_code == 200
    asked: dict[str, list[str]] = parse_qs(urlsplit(told.json()["url"]).query)
    scene.login.challenges["code-1"] = asked["code_challenge"][0]
    who = {"name": "Generated Pilot", "corporation_id": CORPORATION}
    scene.esi.replies["/characters/90000001"] = answer(who)
    return asked["state"][0]


def back(client: Client, state: str) -> int:
    return client.get(reverse("strategy:eve-back"), {"code": "code-1", "state": state}).status_code


def test_the_address_comes_with_its_scopes_and_what_they_are_for(scene: Scene) -> None:
    told = client_of(scene.owner).post(address(scene), {"scopes": [SCOPE]}, content_type=JSON).json()

    assert told["url"].startswith(f"{scene.login.url}/v2/oauth/authorize?")
    assert told["scopes"] == [{"scope": SCOPE, "reason": SCOPES[SCOPE]}]
    assert "verifier" not in str(told)


def test_a_log_in_that_was_begun_by_api_ends_in_the_browser_once(scene: Scene) -> None:
    state = begun(scene, client_of(scene.owner))
    browser = client_of(scene.owner)

    assert back(browser, state) == 302
    assert back(browser, state) == 400, "it was good for one time"

    listed = client_of(scene.owner).get(address(scene))
    assert [each["name"] for each in listed.json()["results"]] == ["Generated Pilot"]
    assert listed.json()["results"][0]["scopes"] == [SCOPE]
    assert "refresh-1" not in listed.content.decode()
    assert "token" not in listed.content.decode()


def test_nobody_else_can_end_it(scene: Scene) -> None:
    state = begun(scene, client_of(scene.owner))
    other = make_user("other")
    make_corporation(other)

    assert back(client_of(other), state) == 400
    assert not Character.objects.exists()
    assert back(client_of(scene.owner), state) == 302


@pytest.mark.parametrize("scopes", [[], ["esi-mail.send_mail.v1"], "x", [5], None])
def test_what_nobody_was_told_about_is_not_asked(scene: Scene, scopes: object) -> None:
    refused = client_of(scene.owner).post(address(scene), {"scopes": scopes}, content_type=JSON)

    assert refused.status_code == 400
    assert any(each.startswith("scopes") for each in refused.json()["errors"])


def test_a_server_that_eve_does_not_know_says_so(scene: Scene, settings: Settings) -> None:
    settings.EVE_CLIENT_ID = ""
    refused = client_of(scene.owner).post(address(scene), {"scopes": [SCOPE]}, content_type=JSON)
    assert (refused.status_code, "EVE_CLIENT_ID" in refused.json()["detail"]) == (409, True)


def test_one_is_disconnected_and_says_meanwhile_that_it_leaves(scene: Scene) -> None:
    made = Character.objects.create(
        corporation=scene.corporation,
        connected_by=scene.owner,
        character_id=90_000_001,
        name="Generated Pilot",
        owner_hash="x",
        scopes=[SCOPE],
        access_token="secret-a",
        refresh_token="secret-b",
        expires_at=utc_now() + timedelta(minutes=5),
    )
    url = f"/api/v1/strategy/characters/{made.pk}/"

    told = client_of(scene.owner).delete(url)

    assert (told.status_code, "disconnected" in told.json()["fault"]) == (202, True)
    assert "secret" not in told.content.decode()
    assert client_of(make_user("stranger")).delete(url).status_code == 404
