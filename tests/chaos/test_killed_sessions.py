"""Workers of strategy sessions killed for good at every moment: another goes on, nothing is told twice."""

from __future__ import annotations

import json
from collections.abc import Callable

import psutil
import pytest
from pytest_django import Settings

from orchestrator.executions.verification import verify_execution
from tests.ai.wire import KEY, PROTOCOLS, SSE
from tests.chaos.scenario import Hatchery, hatchery
from tests.chaos.test_killed_calls import wait_for
from tests.chaos.test_killed_workers import wait_for_death
from tests.factories import make_user
from tests.stand_in import Answer, Received, stand_in
from tests.trading.eve import stand_in as esi
from tests.trading.strategy.sessions.scene import (
    OWN,
    Scene,
    again,
    events_of,
    make_scene,
    make_steps,
    run_of,
    step_of,
)
from trading.strategy.models import StrategicSession
from trading.strategy.services.corporations import add_corporation
from trading.strategy.services.ending import close_session
from trading.strategy.services.reviewing import accept_step

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
TOLD = {"output": {"note": "Said by a model."}, "confidence": 0.5, "recommendations": []}
INFO = f"/corporations/{esi.CORPORATION}"


class Workers:
    """One at a time; the next comes when the one before is dead."""

    def __init__(self, hatched: Hatchery, point: str) -> None:
        self.hatched, self.worker = hatched, hatched.hatch(point)
        self.died = 0

    def until(self, what: Callable[[], bool]) -> None:
        def looked() -> bool:
            if wait_for_death(self.worker, 0.01):
                self.died += 1
                self.worker = self.hatched.hatch()
            return what()

        wait_for(looked)


def go_through(scene: Scene, session: StrategicSession, workers: Workers) -> None:
    for each in session.steps.order_by("position"):
        workers.until(lambda at=each.position: step_of(session, at).awaits_review)  # type: ignore[misc]
        accept_step(scene.user, session.pk, each.position)
    workers.until(lambda: run_of(session).is_final)
    close_session(run_of(session).pk)


def check_whole(session: StrategicSession) -> None:
    assert (again(session).status, run_of(session).status) == ("completed", "completed")
    assert verify_execution(run_of(session).pk) == []
    assert [(each.status, each.rounds) for each in session.steps.all()] == [("completed", 1)] * 2
    once = ["step_started", "step_answered", "step_accepted"]
    assert events_of(session) == ["session_started", *once, *once, "session_completed"]


@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
def test_a_worker_killed_at_any_commit_costs_nothing(chaos_env: dict[str, str], point: str) -> None:
    """Before a step is asked, after its answer and before its wait is stored, between two steps, and at the
    end."""
    scene, deaths = make_scene(), []
    with hatchery(chaos_env) as hatched:
        for times in range(1, 6):
            session = scene.start(make_steps(scene.user, OWN, OWN))
            workers = Workers(hatched, f"{point}:{times}")
            go_through(scene, session, workers)
            deaths.append(workers.died)
            check_whole(session)
            workers.worker.kill()
            assert wait_for_death(workers.worker, 5)
    assert deaths[:3] == [1, 1, 1]


def killed_while(asked: Callable[[], bool], hatched: Hatchery, session: StrategicSession) -> psutil.Process:
    """The worker is killed once it has asked; the step stands as it stood. Another worker."""
    victim = hatched.hatch()
    wait_for(asked)
    assert (step_of(session).status, step_of(session).output) == ("in_progress", None)
    victim.kill()
    assert wait_for_death(victim, 5)
    return hatched.hatch()


def test_a_worker_killed_while_a_model_is_asked(chaos_env: dict[str, str], settings: Settings) -> None:
    answers = iter([Answer(delay_seconds=300)])
    good = Answer(body=PROTOCOLS["groq"].speak(json.dumps(TOLD)), headers=SSE)
    settings.AI_PROVIDERS = {**settings.AI_PROVIDERS, "groq": {"key": KEY}}
    scene = make_scene()
    groq = {**OWN, "provider": "groq"}
    session = scene.start(make_steps(scene.user, groq, groq))

    def behave(request: Received) -> Answer:
        return next(answers, good)

    with stand_in(behave) as server:
        env = {**chaos_env, "GROQ_API_KEY": KEY, "GROQ_BASE_URL": server.url}
        with hatchery(env) as hatched:
            killed_while(lambda: bool(server.received), hatched, session)
            go_through(scene, session, Workers(hatched, "-"))
    check_whole(session)
    assert step_of(session).output == TOLD["output"]
    assert len(server.received) == 3


def test_a_worker_killed_while_eve_is_asked(chaos_env: dict[str, str]) -> None:
    user = make_user("ann")
    scene = Scene(user, add_corporation(user, eve_id=esi.CORPORATION, name="Generated Industries"))
    config = {**OWN, "data": ["corporation"]}
    session = scene.start(make_steps(user, config, config))
    answers = iter([Answer(delay_seconds=300)])
    with esi.esi_stand_in() as server:
        server.replies[INFO] = lambda query, request: next(answers, esi.answer(esi.corporation()))
        with hatchery({**chaos_env, "EVE_ESI_URL": server.url}) as hatched:
            killed_while(lambda: bool(server.asked), hatched, session)
            go_through(scene, session, Workers(hatched, "-"))
    check_whole(session)
    assert step_of(session).input["snapshots"][0]["kind"] == "corporation"
    assert server.asked == [INFO, INFO], "the second step was given what the first had found"
