"""Real outages by stand-ins: every one ends in an error that says what to do, and a click mends it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import Sum
from pytest_django import Settings

from orchestrator.accounts.models import Role
from orchestrator.ai.models import AiCall
from orchestrator.ai.services.budgets import set_budget
from orchestrator.core.clock import utc_now
from orchestrator.executions.verification import verify_execution
from tests.ai.wire import PROTOCOLS, error, speaking, sse
from tests.factories import make_user
from tests.stand_in import Answer
from tests.trading.eve.stand_in import answer, fault
from tests.trading.strategy.scene import INFO, eve
from tests.trading.strategy.scene import Scene as Eve
from tests.trading.strategy.sessions.scene import (
    OWN,
    QUICK,
    Drain,
    Scene,
    again,
    events_of,
    finish,
    make_scene,
    make_steps,
    run_of,
    step_of,
)
from tests.trading.strategy.sessions.test_failing import WELL
from trading.strategy.models import StrategicSession
from trading.strategy.queries.spending import spent_on
from trading.strategy.services.reviewing import ask_again, retry_step

pytestmark = pytest.mark.django_db(transaction=True)
WALLETS = f"{INFO}/wallets"
SLEEP = time.sleep
GOOD = json.dumps(WELL)


def asks(provider: str, **more: Any) -> dict[str, Any]:
    return {**OWN, "data": ["wallets"], "provider": provider, **more}


def begun(drain: Drain, config: dict[str, Any]) -> tuple[Scene, StrategicSession]:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, config, OWN, **QUICK))
    drain()
    return scene, session


def stands_in_error(session: StrategicSession, words: str) -> None:
    step = step_of(session)
    assert (step.status, step.output) == ("error", None)
    assert words in step.error["message"], step.error
    assert (again(session).status, run_of(session).status) == ("active", "waiting")
    assert events_of(session)[-1] == "step_failed"


@pytest.mark.parametrize("provider", ["gemini", "groq", "perplexity", "claude"])
@pytest.mark.parametrize(
    ("reply", "asked", "words"),
    [
        (error(429, "slow down"), 2, "slow down"),
        (error(500, "oops"), 2, "oops"),
        (error(401, "who are you"), 1, "key"),
        ("{ this is no JSON", 0, "answer"),
        (json.dumps({**WELL, "confidence": "very"}), 0, "answer"),
    ],
)
def test_what_a_provider_does_wrong_costs_a_click(
    drain: Drain, settings: Settings, provider: str, reply: Answer | str, asked: int, words: str
) -> None:
    with speaking(settings, provider, reply) as server:
        scene, session = begun(drain, asks(provider))
        stands_in_error(session, words)
        first = len(server.received)
        assert not asked or first == asked
        retry_step(scene.user, session.pk, 0)
        drain()
        assert len(server.received) == 2 * first, "the engine has all its attempts again"
        stands_in_error(session, words)
    with speaking(settings, provider, GOOD):
        retry_step(scene.user, session.pk, 0)
        drain()
    assert step_of(session).output == WELL["output"]
    assert step_of(session).rounds == 3
    assert finish(scene.user, session, drain).status == "completed"
    assert verify_execution(run_of(session).pk) == []


def test_a_budget_that_is_spent_costs_a_click_once_it_is_raised(drain: Drain, settings: Settings) -> None:
    with speaking(settings, "groq", GOOD) as server:
        scene = make_scene()
        admin = make_user("root", role=Role.ADMIN)
        set_budget(admin, scene.user.pk, limit=Decimal("0.000001"))
        session = scene.start(make_steps(scene.user, asks("groq"), OWN, **QUICK))
        drain()
        stands_in_error(session, "the limit of ann for this month")
        assert server.received == []
        set_budget(admin, scene.user.pk, limit=Decimal(10))
        retry_step(scene.user, session.pk, 0)
        drain()
    assert step_of(session).output == WELL["output"]


def test_what_a_session_cost_is_what_the_ledger_says_and_the_run_s_own_figure(
    drain: Drain, settings: Settings
) -> None:
    """Of a failed attempt, one that was asked again, and one that was accepted."""
    bad = sse(PROTOCOLS["groq"].speak(json.dumps({**WELL, "confidence": 2}), tokens=(1_000, 100)))
    good = sse(PROTOCOLS["groq"].speak(GOOD, tokens=(100_000, 1_000)))
    with speaking(settings, "groq", bad, good):
        scene, session = begun(drain, asks("groq"))
        assert spent_on(session).cost == run_cost(session) > 0
        ask_again(scene.user, session.pk, 0, remark="Once more.")
        drain()
        finish(scene.user, session, drain)
    ledger = AiCall.objects.aggregate(total=Sum("cost"))["total"]
    assert spent_on(session).cost == run_cost(session) == ledger
    assert (spent_on(session).calls, spent_on(session).open_calls) == (AiCall.objects.count(), 0)
    assert run_of(session).metrics["ai_calls"] == spent_on(session).calls
    rows = run_of(session).steps.aggregate(cost=Sum("cost"), tokens=Sum("tokens"))
    assert (rows["cost"], rows["tokens"]) == (ledger, spent_on(session).tokens)
    assert verify_execution(run_of(session).pk) == []


def run_cost(session: StrategicSession) -> Decimal:
    return Decimal(str(run_of(session).metrics["cost"]))


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Eve]:
    monkeypatch.setattr("trading.eve.http.time.sleep", lambda seconds: None)
    with eve() as made:
        made.connect(access_token="one", expires_at=utc_now() + timedelta(hours=1))
        yield made


def of_wallets(scene: Eve, drain: Drain) -> StrategicSession:
    config = {**OWN, "data": ["wallets"]}
    whole = Scene(scene.owner, scene.corporation)
    session = whole.start(make_steps(scene.owner, config, OWN, **QUICK))
    drain()
    return session


def mends(scene: Eve, session: StrategicSession, drain: Drain) -> None:
    scene.esi.replies[WALLETS] = answer([{"division": 1, "balance": 5}])
    retry_step(scene.owner, session.pk, 0)
    drain()
    step = step_of(session)
    assert (step.status, step.error) == ("in_progress", None)
    assert [each["kind"] for each in step.input["snapshots"]] == ["wallets"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (fault(502), "problem of its own"),
        (fault(504, "Timeout contacting tranquility"), "Timeout contacting tranquility"),
        (fault(403, "Character does not have required role(s)"), "required role"),
        (Answer(200, b"<html>", {}), "not JSON"),
        (Answer(200, b"[", promised=100), "did not answer"),
    ],
)
def test_what_esi_does_wrong_costs_a_click(scene: Eve, drain: Drain, reply: Answer, words: str) -> None:
    scene.esi.replies[WALLETS] = reply
    session = of_wallets(scene, drain)
    stands_in_error(session, words)
    mends(scene, session, drain)


@pytest.mark.parametrize(
    "reply",
    [
        fault(420, "Error limited", x_esi_error_limit_reset="1"),
        fault(429, retry_after="1", x_ratelimit_group="corp-wallet"),
    ],
)
def test_a_rest_that_esi_asks_for_is_kept_and_then_it_goes_on_by_itself(
    scene: Eve, drain: Drain, monkeypatch: pytest.MonkeyPatch, reply: Answer
) -> None:
    """A personal kind: the budget is the character's."""
    monkeypatch.setattr("trading.eve.http.time.sleep", SLEEP)
    answers = iter([reply])
    scene.esi.replies[WALLETS] = lambda query, request: next(answers, answer([{"division": 1, "balance": 5}]))
    session = of_wallets(scene, drain)
    assert step_of(session).status == "in_progress"
    assert "step_attempt_failed" not in events_of(session)


def test_a_long_rest_is_told_with_its_length(scene: Eve, drain: Drain) -> None:
    scene.esi.replies[WALLETS] = fault(429, retry_after="600", x_ratelimit_group="corp-wallet")
    session = of_wallets(scene, drain)
    details = session.log.get(event="step_attempt_failed").details
    assert "asks for a rest of 600 s" in details["message"]
    assert run_of(session).status == "waiting", "the engine tries again by itself after it"
    with time_machine.travel(utc_now() + timedelta(seconds=700), tick=True):
        drain()
        stands_in_error(session, "asks for a rest")


def test_in_the_hour_of_maintenance_it_is_said(scene: Eve, drain: Drain) -> None:
    scene.esi.replies[WALLETS] = fault(503)
    with time_machine.travel(datetime(2026, 11, 23, 11, 5, tzinfo=UTC), tick=True):
        scene.corporation.characters.update(expires_at=utc_now() + timedelta(hours=1))
        session = of_wallets(scene, drain)
        stands_in_error(session, "restarts every day at 11:00 UTC")


def withdrawn(scene: Eve) -> None:
    """The player withdrew the consent at EVE: both tokens are worth nothing."""
    scene.esi.replies[WALLETS] = fault(401, "token is invalid")
    scene.login.refresh_tokens.clear()


def gone(scene: Eve) -> None:
    scene.corporation.characters.all().delete()


@pytest.mark.parametrize(
    ("happens", "words"), [(withdrawn, "Connect it again"), (gone, "Connect one that may")]
)
def test_a_consent_that_is_gone_is_told_and_mended_by_another(
    scene: Eve, drain: Drain, happens: Callable[[Eve], None], words: str
) -> None:
    happens(scene)
    session = of_wallets(scene, drain)
    stands_in_error(session, words)
    assert "step_attempt_failed" not in events_of(session), "trying again by itself is of no use"
    scene.corporation.characters.all().delete()
    scene.login.refresh_tokens.add("refresh-1")
    scene.connect()
    mends(scene, session, drain)


def test_a_token_that_esi_refuses_too_early_is_renewed_once_and_serves(scene: Eve, drain: Drain) -> None:
    scene.esi.replies[WALLETS] = lambda query, request: (
        fault(401, "token is expired")
        if request.headers["authorization"] == "Bearer one"
        else answer([{"division": 1, "balance": 5}])
    )
    session = of_wallets(scene, drain)
    assert step_of(session).status == "in_progress"
    assert not scene.corporation.characters.exclude(fault="").exists(), "the consent stands"
