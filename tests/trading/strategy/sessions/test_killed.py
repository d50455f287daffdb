"""Workers that die between any two commits of a session: it goes on elsewhere, and no step is told twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from pytest_django import Settings

from tests.ai.wire import speaking
from tests.executions.dying import Died, dying_at, engine, finish_elsewhere, passing
from tests.trading.strategy.sessions.scene import (
    OWN,
    Scene,
    again,
    events_of,
    finish,
    make_scene,
    make_steps,
    run_of,
    step_of,
)
from trading.strategy.models import StrategicSession
from trading.strategy.nodes import step as nodes
from trading.strategy.services import stepping
from trading.strategy.services.reviewing import accept_step, ask_again

pytestmark = pytest.mark.django_db(transaction=True)
UNSEEN = {**OWN, "review": False}


def work() -> None:
    with engine() as worker:
        worker.run_until_idle()


def outcome(session: StrategicSession) -> dict[str, Any]:
    """All that a session came to, without what names it."""
    steps = session.steps.prefetch_related("recommendations")
    return {
        "status": (again(session).status, run_of(session).status),
        "steps": [
            (each.step_type, each.status, each.rounds, each.output, each.recommendations.count())
            for each in steps
        ],
        "log": events_of(session),
    }


def through(scene: Scene, session: StrategicSession) -> dict[str, Any]:
    """Reviewed to its end: the first step once more, the others as they come."""
    work()
    if step_of(session).output is not None and step_of(session).rounds == 1:
        ask_again(scene.user, session.pk, 0, remark="Again.")
    finish(scene.user, session, work)
    return outcome(session)


def begin(scene: Scene) -> StrategicSession:
    return scene.start(make_steps(scene.user, {"step_type": "situation"}, UNSEEN, OWN))


def killed_at(scene: Scene, point: str, times: int) -> dict[str, Any]:
    session = begin(scene)
    with suppress(Died), dying_at(point, times):
        through(scene, session)
    finish_elsewhere()
    return through(scene, session)


@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
def test_a_worker_that_dies_at_any_commit_changes_nothing_of_a_session(point: str) -> None:
    scene = make_scene()
    passed: dict[str, int] = {}

    def count(name: str) -> None:
        passed[name] = passed.get(name, 0) + 1

    session = begin(scene)
    with passing(count):
        expected = through(scene, session)
    assert expected["status"] == ("completed", "completed")
    assert [step[2] for step in expected["steps"]] == [2, 1, 1]
    assert passed[point] >= 4
    for times in range(1, passed[point] + 1):
        assert killed_at(scene, point, times) == expected, times


def killed_in(monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool) -> Callable[[], list[str]]:
    """Its worker dies in the node's call of that service, before it or after its commit, once."""
    real, died = getattr(nodes, name), list[str]()

    def dying(*args: Any, **options: Any) -> Any:
        if died:
            return real(*args, **options)
        if after:
            real(*args, **options)
        died.append(name)
        raise Died(name)

    monkeypatch.setattr(nodes, name, dying)
    return lambda: died


def work_until(died: Callable[[], list[str]]) -> None:
    """A worker whose process ends as soon as that has happened: its lease stays."""
    with engine() as worker:
        worker._look_soon()
        until = time.monotonic() + 30
        while not died() and time.monotonic() < until:
            worker.turn()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ["begin", "prepare", "keep"])
def test_a_worker_that_dies_within_a_step_leaves_it_to_another(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, name: str, after: bool
) -> None:
    told = {"output": {"note": "Said."}, "confidence": 0.5, "recommendations": []}
    scene = make_scene()
    config = {**OWN, "provider": "groq", "review": True}
    died = killed_in(monkeypatch, name, after=after)
    with speaking(settings, "groq", json.dumps(told)) as server:
        session = scene.start(make_steps(scene.user, config))
        work_until(died)
        finish_elsewhere()
        asked = len(server.received)
    assert died()
    assert asked == (2 if (name, after) == ("keep", False) else 1)
    assert (step_of(session).output, step_of(session).rounds) == ({"note": "Said."}, 1)
    assert events_of(session) == ["session_started", "step_started", "step_answered"]
    assert finish(scene.user, session, work).status == "completed"


def test_a_person_who_is_quicker_than_the_worker_that_comes_after_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = make_scene()
    died = killed_in(monkeypatch, "keep", after=True)
    session = scene.start(make_steps(scene.user, OWN, OWN))
    work_until(died)
    assert run_of(session).status == "running", "nobody has said yet that it waits"
    ask_again(scene.user, session.pk, 0, remark="At once.")
    finish_elsewhere()
    assert (step_of(session).rounds, step_of(session).status) == (2, "in_progress")
    assert finish(scene.user, session, work).status == "completed"


def test_an_answer_that_comes_while_the_step_is_done_again_is_kept_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = make_scene()
    died = killed_in(monkeypatch, "keep", after=True)
    session = scene.start(make_steps(scene.user, OWN, OWN))
    work_until(died)
    accept_step(scene.user, session.pk, 0)
    finish_elsewhere()
    assert (step_of(session).status, step_of(session, 1).status) == ("completed", "in_progress")


def test_a_worker_that_was_taken_for_dead_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, OWN))
    real = stepping.prepare

    def slow(*args: Any) -> Any:
        work_ = real(*args)
        run = run_of(session)
        type(run).objects.filter(pk=run.pk).update(fence=run.fence + 1)
        return work_

    monkeypatch.setattr(nodes, "prepare", slow)
    with engine() as worker:
        worker.run_until_idle()
    assert (step_of(session).status, step_of(session).output) == ("in_progress", None)
    monkeypatch.setattr(nodes, "prepare", real)
    finish_elsewhere()
    assert step_of(session).output is not None
    assert events_of(session).count("step_answered") == 1
