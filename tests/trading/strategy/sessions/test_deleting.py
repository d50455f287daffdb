"""What is deleted leaves nothing at work: the runs of its sessions end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from orchestrator.accounts.services.guessing import TooManyTries
from orchestrator.ai.models import AiCall
from orchestrator.core.errors import InvalidInput
from orchestrator.executions.models import Execution
from orchestrator.executions.verification import verify_execution
from tests.factories import make_user
from tests.trading.strategy.sessions.scene import (
    OWN,
    Drain,
    Scene,
    make_scene,
    make_steps,
)
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Corporation, StrategicMatrix, StrategicSession, StrategicStep, WorkflowLog
from trading.strategy.nodes import step as nodes
from trading.strategy.services import stepping
from trading.strategy.services.corporations import delete_corporation, lend_corporation
from trading.strategy.services.reviewing import ask_again
from trading.strategy.services.sessions import archive_session, delete_session, pause_session

pytestmark = pytest.mark.django_db(transaction=True)


def all_kinds(scene: Scene, drain: Drain) -> list[Execution]:
    """Runs that wait for a person, are paused, are about to begin, and are about to be done again."""
    sessions = [scene.start() for _ in range(3)]
    drain()
    pause_session(scene.user, sessions[1].pk)
    ask_again(scene.user, sessions[2].pk, 0, remark="Again.")
    sessions.append(scene.start())
    return [Execution.objects.get(pk=each.execution_id) for each in sessions]


def one_by_one(scene: Scene) -> None:
    for each in StrategicSession.objects.all():
        delete_session(scene.user, each.pk)


def with_the_corporation(scene: Scene) -> None:
    delete_corporation(scene.user, scene.corporation.pk)


@pytest.mark.parametrize("delete", [one_by_one, with_the_corporation])
def test_the_runs_of_what_is_deleted_end(drain: Drain, delete: Callable[[Scene], None]) -> None:
    scene = make_scene()
    runs = all_kinds(scene, drain)
    delete(scene)
    for model in (StrategicSession, StrategicStep, StrategicMatrix, WorkflowLog):
        assert not model.objects.exists()
    drain()
    for run in runs:
        run.refresh_from_db()
        assert run.status == "cancelled", run.error
        assert verify_execution(run.pk) == []
    assert Corporation.objects.exists() is (delete is one_by_one)


def test_an_archived_session_leaves_no_run_and_another_s_is_left_alone(drain: Drain) -> None:
    scene, other = make_scene(), make_scene("bea")
    gone, stays = scene.start(), other.start()
    drain()
    archive_session(scene.user, gone.pk)
    delete_corporation(scene.user, scene.corporation.pk)
    drain()
    assert Execution.objects.get(pk=stays.execution_id).status == "waiting"
    assert list(Execution.objects.live()) == [Execution.objects.get(pk=stays.execution_id)]


def test_an_answer_that_comes_after_the_session_was_deleted_is_kept_nowhere(
    drain: Drain, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    scene = make_scene()
    session = scene.start(make_steps(scene.user, OWN))
    real = stepping.keep

    def late(*args: Any, **options: Any) -> Any:
        delete_session(scene.user, session.pk)
        return real(*args, **options)

    monkeypatch.setattr(nodes, "keep", late)
    drain()
    run = Execution.objects.get(pk=session.execution_id)
    assert run.is_final
    assert not StrategicStep.objects.exists()
    assert not AiCall.objects.filter(ended_at=None).exists()


def test_names_are_not_found_out_by_guessing() -> None:
    scene = make_scene()
    make_user("rea")
    with pytest.raises(TooManyTries, match="Try again in"):  # noqa: PT012  # the last of them is too many
        for at in range(61):
            try:
                lend_corporation(scene.user, scene.corporation.pk, username=f"n{at}", access=Access.READER)
            except InvalidInput:
                continue
    with pytest.raises(TooManyTries):
        lend_corporation(scene.user, scene.corporation.pk, username="rea", access=Access.READER)
    assert not scene.corporation.members.exists()
