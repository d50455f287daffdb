"""A worker that is killed while it refines: another goes on from the checkpoint and repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.executions.dying import Died, finish_elsewhere, work_until_killed
from tests.workspaces.coding.scene import again, engine_run, make_scene, review_as
from tests.workspaces.testing import make_session
from workspaces.domain.detectors.swings import SwingParameters
from workspaces.models import AlgorithmVersion
from workspaces.repositories import Repository
from workspaces.repositories.git import git
from workspaces.services.coding import record
from workspaces.services.coding.sending import send_batch

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


@pytest.mark.parametrize("moment", ["as it begins", "when it has searched", "before it is told"])
def test_a_run_goes_on_refining(moment: str, drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene(bars=200)
    review_as(scene, SwingParameters(left=7, right=5))
    send_batch(scene.user, scene.workspace.pk)
    drain()
    session = make_session(scene.workspace, user=scene.user, candles=scene.session.candles)
    review_as(scene, SwingParameters(left=2, right=2), session)
    run = send_batch(scene.user, scene.workspace.pk)
    died: list[str] = []

    def die() -> None:
        if not died and again(run).phase == "refining":
            died.append(moment)
            raise Died(moment)

    def wrap(name: str, *, before: bool) -> None:
        real = getattr(record, name)

        def wrapped(pk: UUID, what: Any, *rest: Any, **values: Any) -> None:
            is_meant = name != "checkpoint" or what.startswith("worked-1")
            if before and is_meant:
                die()
            real(pk, what, *rest, **values)
            if not before and is_meant:
                die()

        monkeypatch.setattr(record, name, wrapped)

    name, before = {
        "as it begins": ("begin_phase", False),
        "when it has searched": ("checkpoint", True),
        "before it is told": ("checkpoint", False),
    }[moment]
    wrap(name, before=before)
    work_until_killed()
    assert died, "the control: it was killed while it refined"
    finish_elsewhere()

    run = again(run)
    assert engine_run(run).status in ("completed", "failed")
    assert run.status == engine_run(run).status
    names = [each["name"] for each in run.checkpoints]
    assert len(names) == len(set(names))
    assert [each for each in names if each.startswith(("worked", "tested"))] == [
        "worked-0", "tested-0", "worked-1", "tested-1", "worked-2", "tested-2",
    ]  # fmt: skip
    repository = Repository(scene.workspace.pk)
    versions = AlgorithmVersion.objects.filter(workspace=scene.workspace).count()
    assert int(git(repository.folder, "rev-list", "--count", "--all")) == 1 + versions
