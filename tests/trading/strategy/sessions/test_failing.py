"""What goes wrong costs a click: the step says why, the session stays as it is, and the run waits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings

from orchestrator.ai.models import AiCall
from orchestrator.core.errors import WrongState
from orchestrator.executions.models import EventRow, Execution
from orchestrator.executions.services.steering import cancel_execution
from tests.ai.wire import error, speaking
from tests.factories import chain, make_workflow, node
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
from trading.eve.errors import EsiAway, TokenRevoked
from trading.strategy.models import StrategicSession
from trading.strategy.services import material, snapshots
from trading.strategy.services.ending import close_left, close_session
from trading.strategy.services.reviewing import accept_step, retry_step
from trading.strategy.services.sessions import archive_session

pytestmark = pytest.mark.django_db(transaction=True)
GROQ = {"step_type": "scouting", "instructions": "Look around.", "data": ["wallets"], "provider": "groq"}
WELL: dict[str, Any] = {
    "output": {"note": "Said by a model."},
    "confidence": 0.7,
    "recommendations": [
        {
            "title": "Look north",
            "detail": "",
            "confidence": 0.6,
            "citations": [{"kind": "wallets", "fact": "wallet.total"}],
        }
    ],
}


def begun(drain: Drain, config: dict[str, Any] = GROQ, **data: Any) -> tuple[Scene, StrategicSession]:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, config, OWN, **{**QUICK, **data}))
    drain()
    return scene, session


def test_a_model_is_told_the_facts_and_its_answer_is_kept_with_what_it_rests_on(
    drain: Drain, settings: Settings
) -> None:
    with speaking(settings, "groq", json.dumps(WELL)) as server:
        scene, session = begun(drain)
    step = step_of(session)
    assert (step.output, step.confidence_score) == (WELL["output"], 0.7)
    cited = step.recommendations.get().citations[0]
    assert cited["snapshot"] == step.input["snapshots"][0]["id"]
    assert "wallet.total" in server.received[0].body.decode()
    call = AiCall.objects.get()
    assert (call.user_id, call.execution_id) == (scene.user.pk, run_of(session).pk)
    assert finish(scene.user, session, drain).status == "completed"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"confidence": 1.5}, "malformed_answer"),
        ({"recommendations": [{**WELL["recommendations"][0], "citations": []}]}, "unsupported_answer"),
        (
            {
                "recommendations": [
                    {**WELL["recommendations"][0], "citations": [{"kind": "wallets", "fact": "moon"}]}
                ]
            },
            "unsupported_answer",
        ),
    ],
)
def test_an_answer_that_rests_on_nothing_is_not_kept(
    drain: Drain, settings: Settings, wrong: dict[str, Any], code: str
) -> None:
    with speaking(settings, "groq", json.dumps({**WELL, **wrong})):
        scene, session = begun(drain)
    step = step_of(session)
    assert (step.status, step.output, step.confidence_score) == ("error", None, None)
    assert step.error["code"] == code
    assert not step.recommendations.exists()
    with speaking(settings, "groq", json.dumps(WELL)):
        retry_step(scene.user, session.pk, 0)
        drain()
    assert step_of(session).output == WELL["output"]


def test_a_provider_that_is_down_leaves_an_error_that_a_click_mends(drain: Drain, settings: Settings) -> None:
    with speaking(settings, "groq", error(503, "Secret words of the provider")) as server:
        scene, session = begun(drain)
        assert len(server.received) == 2, "the engine has two attempts"
    step = step_of(session)
    assert (step.status, step.rounds, again(session).status) == ("error", 1, "active")
    assert "Secret words" in step.error["message"]
    assert run_of(session).status == "waiting"
    events = str(list(EventRow.objects.filter(execution_id=run_of(session).pk).values_list("data")))
    assert "Secret words" not in events
    assert events_of(session) == ["session_started", "step_started", "step_attempt_failed", "step_failed"]
    with pytest.raises(WrongState, match="nothing to review"):
        accept_step(scene.user, session.pk, 0)

    with speaking(settings, "groq", json.dumps(WELL)):
        retry_step(scene.user, session.pk, 0)
        with pytest.raises(WrongState, match="no error"):
            retry_step(scene.user, session.pk, 0)
        drain()
    step = step_of(session)
    assert (step.status, step.error, step.rounds) == ("in_progress", None, 2)
    assert finish(scene.user, session, drain).status == "completed"


def test_a_provider_without_a_key_is_told_at_once(drain: Drain, settings: Settings) -> None:
    settings.AI_PROVIDERS = {**settings.AI_PROVIDERS, "groq": {"key": "", "base_url": ""}}
    _, session = begun(drain)
    assert step_of(session).status == "error"
    assert events_of(session)[-1] == "step_failed"
    assert "step_attempt_failed" not in events_of(session)


@pytest.mark.parametrize(
    ("fault", "attempts"),
    [(EsiAway("EVE is in its maintenance hour."), 2), (TokenRevoked("The consent was withdrawn."), 1)],
)
def test_an_outage_of_eve_and_a_revoked_token_cost_a_click(
    drain: Drain, monkeypatch: pytest.MonkeyPatch, fault: Exception, attempts: int
) -> None:
    asked = [0]

    def gather(*args: Any) -> Any:
        asked[0] += 1
        raise fault

    monkeypatch.setattr(material, "gather", gather)
    scene, session = begun(drain, {**OWN, "data": ["wallets"]})
    step = step_of(session)
    assert (step.status, step.error["message"], asked[0]) == ("error", str(fault), attempts)
    assert (again(session).status, run_of(session).status) == ("active", "waiting")
    retry_step(scene.user, session.pk, 0)
    drain()
    assert step_of(session).status == "error"
    monkeypatch.setattr(material, "gather", snapshots.gather)
    retry_step(scene.user, session.pk, 0)
    assert finish(scene.user, session, drain).status == "completed"


def test_a_fault_of_ours_costs_a_click_too(drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
    def gather(*args: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(material, "gather", gather)
    _, session = begun(drain, {**OWN, "data": ["wallets"]})
    step = step_of(session)
    assert (step.status, step.error["code"]) == ("error", "handler_error")
    assert "secret" not in step.error["message"]


def test_an_archived_session_cannot_be_tried_again(drain: Drain, settings: Settings) -> None:
    with speaking(settings, "groq", error(503)):
        scene, session = begun(drain)
    archive_session(scene.user, session.pk)
    drain()
    with pytest.raises(WrongState, match="archived"):
        retry_step(scene.user, session.pk, 0)
    assert step_of(session).status == "error"


def test_a_run_that_was_cancelled_goes_on_as_another(drain: Drain) -> None:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, OWN, OWN))
    drain()
    first = run_of(session)
    cancel_execution(scene.user, first.pk)
    drain()
    close_session(first.pk)
    close_session(first.pk)
    assert close_left() == 0
    assert events_of(session)[-1] == "run_ended"
    assert events_of(session).count("run_ended") == 1
    assert again(session).status == "active"
    accept_step(scene.user, session.pk, 0)
    assert run_of(session).retry_of == first
    drain()
    retry = step_of(session, 1)
    assert retry.status in ("in_progress", "error")
    if retry.status == "error":
        retry_step(scene.user, session.pk, 1)
    assert finish(scene.user, session, drain).status == "completed"
    assert [each.iteration for each in session.steps.all()] == [1, 1]


def test_a_run_that_fails_between_steps_is_gone_on_with(drain: Drain) -> None:
    scene = make_scene()
    nodes = [
        node("s0", "strategy-step", OWN),
        node("bad", "transform", {"output": {"=": "vars.missing.thing"}}),
        node("s1", "strategy-step", OWN),
    ]
    session = scene.start(make_workflow(scene.user, nodes=nodes, edges=chain("s0", "bad", "s1")))
    drain()
    accept_step(scene.user, session.pk, 0)
    drain()
    assert run_of(session).status == "failed"
    assert close_left() == 1
    step = step_of(session, 1)
    assert (step.status, again(session).status) == ("error", "active")
    retry_step(scene.user, session.pk, 1)
    drain()
    assert Execution.objects.filter(retry_of__isnull=False).count() == 1
    assert run_of(session).status == "failed", "it fails again, and says so again"
    assert close_left() == 1
    assert step_of(session, 1).status == "error"
