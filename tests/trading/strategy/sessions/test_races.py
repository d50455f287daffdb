"""Two who act at the same moment on one session: one comes after the other, and each control shows why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections

from orchestrator.executions.models import Execution
from tests.trading.strategy.sessions.scene import (
    OWN,
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
from trading.strategy.access import find_session
from trading.strategy.models import StrategicSession
from trading.strategy.services import reviewing, sessions
from trading.strategy.services.reviewing import accept_step, edit_step
from trading.strategy.services.sessions import pause_session

pytestmark = pytest.mark.django_db(transaction=True)
EDITED = {"note": "As I see it."}


def both(*acts: Callable[[], Any]) -> list[str]:
    """At once; the names of the errors, in alphabetical order."""
    errors: list[str] = []

    def go(act: Callable[[], Any]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - which one it is, is what is asked
            errors.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [Thread(target=go, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(errors)


def meet_after(monkeypatch: pytest.MonkeyPatch, meeting: Barrier, module: Any, name: str) -> None:
    """Whoever has called it waits for the other one, unless that one waits for a lock."""
    real = getattr(module, name)

    def slowly(*args: Any, **options: Any) -> Any:
        result = real(*args, **options)
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=1)
        return result

    monkeypatch.setattr(module, name, slowly)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Barrier:
    """Both have read what they act upon before either writes, if they can."""
    gate = Barrier(2)
    meet_after(monkeypatch, gate, reviewing, "_reviewable")
    meet_after(monkeypatch, gate, sessions, "pause_for")
    return gate


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*args: Any, lock: bool = False) -> StrategicSession:
        return find_session(*args)

    for module in (reviewing, sessions):
        monkeypatch.setattr(module, "find_session", find)


def waiting(drain: Drain) -> tuple[Scene, StrategicSession]:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, OWN, OWN))
    drain()
    return scene, session


def accepting(scene: Scene, session: StrategicSession) -> Callable[[], Any]:
    return lambda: accept_step(scene.user, session.pk, 0)


def editing(scene: Scene, session: StrategicSession) -> Callable[[], Any]:
    return lambda: edit_step(scene.user, session.pk, 0, output=EDITED)


def pausing(scene: Scene, session: StrategicSession) -> Callable[[], Any]:
    return lambda: pause_session(scene.user, session.pk)


def test_of_two_who_accept_the_same_step_one_is_told(drain: Drain, meeting: Barrier) -> None:
    scene, session = waiting(drain)
    assert both(accepting(scene, session), accepting(scene, session)) == ["NothingToReview"]
    assert events_of(session).count("step_accepted") == 1
    assert finish(scene.user, session, drain).status == "completed"


def test_an_edit_and_an_acceptance_at_once_lose_nothing(drain: Drain, meeting: Barrier) -> None:
    scene, session = waiting(drain)
    before = step_of(session).output
    errors = both(accepting(scene, session), editing(scene, session))
    step = step_of(session)
    assert step.status == "completed", "it was accepted, before or after"
    assert errors in ([], ["NothingToReview"])
    assert (step.output, step.edited) == ((before, False) if errors else (EDITED, True))
    assert finish(scene.user, session, drain).status == "completed"


def test_a_session_that_is_paused_while_a_step_is_accepted_is_paused(drain: Drain, meeting: Barrier) -> None:
    scene, session = waiting(drain)
    errors = both(accepting(scene, session), pausing(scene, session))
    drain()
    assert (again(session).status, run_of(session).status) == ("paused", "paused")
    assert errors in ([], ["WrongState"])
    assert step_of(session).status == ("in_progress" if errors else "completed")
    assert step_of(session, 1).status == "pending"


@pytest.mark.parametrize("second", [accepting, editing, pausing])
def test_the_control_without_the_lock_both_write_over_each_other(
    drain: Drain, meeting: Barrier, unlocked: None, second: Callable[..., Any]
) -> None:
    scene, session = waiting(drain)
    errors = both(accepting(scene, session), second(scene, session))
    assert "IntegrityError" in errors, "both wrote the same number into the log"


def start_twice(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Both have looked for a session by the key, and found none, before either begins one."""
    scene = make_scene()
    meet_after(monkeypatch, Barrier(2), sessions, "_known")
    return both(*[lambda: scene.start(idempotency_key="monday")] * 2)


def test_two_starts_by_one_key_begin_one_session_and_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start_twice(monkeypatch) == []
    assert StrategicSession.objects.count() == 1
    assert Execution.objects.count() == 1


@contextmanager
def without_the_key() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('strategic_session_asked_once'::regclass)")
        made = cursor.fetchone()[0]
        cursor.execute("DROP INDEX strategic_session_asked_once")
    try:
        yield
    finally:
        StrategicSession.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(made)


def test_the_control_without_the_key_in_the_table_there_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_the_key():
        assert start_twice(monkeypatch) == []
        assert StrategicSession.objects.count() == 2


def test_the_log_refuses_a_number_that_is_taken(drain: Drain) -> None:
    _, session = waiting(drain)
    with pytest.raises(IntegrityError):
        session.log.create(seq=1, event="again")
