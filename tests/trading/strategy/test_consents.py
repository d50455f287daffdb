"""Tokens of characters: renewed by one at a time, never after the consent ended, opened by workers only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from orchestrator.celery import app
from orchestrator.core.clock import utc_now
from tests.trading.racing import beside
from tests.trading.strategy.scene import Scene, eve
from trading.eve import sso
from trading.eve.errors import EsiAway, TokenRevoked
from trading.strategy.models import Character
from trading.strategy.services import characters, consents
from trading.strategy.services.characters import LEAVING, disconnect_character, forget_leaving
from trading.strategy.services.consents import MOVED, consent_of

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 1.0


@pytest.fixture
def scene() -> Iterator[Scene]:
    with eve() as made:
        yield made


def test_a_token_that_holds_is_used_as_it_is(scene: Scene) -> None:
    character = scene.connect(access_token="fresh", expires_at=utc_now() + timedelta(minutes=10))

    assert consent_of(character.pk).token == "fresh"
    assert scene.login.server.received == []


def test_a_token_that_ran_out_is_renewed_and_kept_encrypted(scene: Scene) -> None:
    character = scene.connect()

    token = consent_of(character.pk).token

    assert token.startswith("ey")
    assert consent_of(character.pk).token == token
    stored = Character.objects.get()
    assert (stored.access_token.open(), token in stored.access_token.token) == (token, False)


def test_a_consent_that_was_withdrawn_is_noted_and_not_tried_again(scene: Scene) -> None:
    character = scene.connect(refresh_token="withdrawn")

    for _ in range(2):
        with pytest.raises(TokenRevoked, match="Connect it again"):
            consent_of(character.pk)

    character.refresh_from_db()
    assert "no longer accepts" in character.fault
    assert (character.access_token.open(), character.refresh_token.open()) == ("", "")
    assert len(scene.login.server.received) == 1


def test_a_character_on_another_account_has_not_agreed(scene: Scene) -> None:
    character = scene.connect(owner_hash="somebody-else's=")

    with pytest.raises(TokenRevoked, match="another account"):
        consent_of(character.pk)

    character.refresh_from_db()
    assert character.fault == MOVED


def test_a_log_in_that_is_away_ends_no_consent(scene: Scene) -> None:
    character = scene.connect()
    scene.login.status = 503

    with pytest.raises(EsiAway):
        consent_of(character.pk)
    scene.login.status = 200

    assert consent_of(character.pk).token


def test_a_web_process_opens_no_token(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    character = scene.connect()
    monkeypatch.setattr(consents, "serves_web", lambda: True)

    with pytest.raises(RuntimeError, match="workers"):
        consent_of(character.pk)


def two_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> int:
    """The first is with EVE when the second begins; how often the refresh token was spent."""
    character = scene.connect()
    asked, real = Event(), sso.refresh
    spent: list[str] = []

    def refresh(login_url: str, client_id: str, token: str) -> sso.Grant:
        spent.append(token)
        if not asked.is_set():
            asked.set()
            other.join(PATIENCE)
        return real(login_url, client_id, token)

    monkeypatch.setattr(sso, "refresh", refresh)

    def go_second() -> None:
        assert asked.wait(30)
        consent_of(character.pk)

    other = beside(go_second)
    consent_of(character.pk)
    other.join(30)
    return len(spent)


def test_a_refresh_token_is_spent_once_by_two_at_a_time(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_at_once(scene, monkeypatch) == 1


def test_the_control_without_the_row_s_lock_it_is_spent_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Character.objects, "select_for_update", Character.objects.all)

    assert two_at_once(scene, monkeypatch) == 2


def test_a_character_that_is_let_go_of_is_forgotten_at_eve(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(app, "send_task", lambda name, **more: sent.append(name))
    character = scene.connect()

    disconnect_character(scene.owner, character.pk)

    character.refresh_from_db()
    assert (character.fault, sent) == (LEAVING, [characters.TASK])
    with pytest.raises(TokenRevoked):
        consent_of(character.pk)
    scene.login.status = 503
    forget_leaving()
    assert Character.objects.count() == 1, "EVE could not be told yet"
    scene.login.status = 200
    forget_leaving()
    assert not Character.objects.exists()
    assert scene.login.refresh_tokens == set()
