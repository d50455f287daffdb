"""Coding runs from the cart to the version in use, and that a killed worker repeats nothing of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from orchestrator.workflows.services.versions import check_graph
from tests.executions.dying import Died, finish_elsewhere, work_until_killed
from tests.workspaces.coding.scene import again, engine_run, make_scene, review_as
from tests.workspaces.making import told
from tests.workspaces.testing import make_session
from workspaces.domain import tuning as searching
from workspaces.domain.detectors.swings import SwingParameters
from workspaces.models import AlgorithmVersion, RegressionCase
from workspaces.repositories import Repository
from workspaces.repositories.git import git
from workspaces.services.coding import record, tuner
from workspaces.services.coding.builtin import graph_of
from workspaces.services.coding.deploying import roll_back
from workspaces.services.coding.sending import send_batch
from workspaces.services.reviewing import review

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]
WANTED = SwingParameters(left=7, right=5)


def test_the_graph_of_coding_runs_is_sound() -> None:
    assert check_graph(graph_of(), internal=True) == []


def test_a_batch_becomes_a_version_that_agrees_with_it(drain: Drain) -> None:
    scene = make_scene()
    count = review_as(scene, WANTED)
    run = send_batch(scene.user, scene.workspace.pk)
    scene.workspace.refresh_from_db()
    assert scene.workspace.status == "implementing"
    drain()

    run = again(run)
    assert (run.status, run.progress, run.error) == ("completed", 100, "")
    assert (run.score_before["all"], run.score_after["share"]) == (count, 1)
    assert run.score_before["kept"] < count
    assert (run.workspace.status, run.workspace.version) == ("beta", "0.0.1")
    assert set(run.phases) == {"planning", "implementing", "testing", "deploying"}
    assert run.files_changed == ["parameters.json"]
    assert '-  "left": 5' in run.diff
    assert run.commit_message.startswith(f"Tune swings to {count} reviews\n\nleft: 5 →")
    version = AlgorithmVersion.objects.get(workspace=scene.workspace)
    assert (version.number, version.is_current, version.execution_id) == ("0.0.1", True, run.pk)
    assert version.parameters == Repository(scene.workspace.pk).parameters(run.commit_hash)
    assert Repository(scene.workspace.pk).main() == run.commit_hash
    assert not Repository(scene.workspace.pk).worktree(run.pk).exists()
    assert set(RegressionCase.objects.values_list("accepted_by_run", flat=True)) == {run.pk}

    after = make_session(scene.workspace, user=scene.user, candles=scene.session.candles)
    assert after.version == "0.0.1"
    assert review_as(scene, WANTED, after) == after.detection_count
    assert set(after.detections.values_list("verdict", flat=True)) == {"right"}


def test_the_timeline_tells_it_in_order_and_progress_in_one_place(drain: Drain) -> None:
    scene = make_scene()
    review_as(scene, WANTED)
    run = send_batch(scene.user, scene.workspace.pk)
    drain()
    kinds = [each for each in told(scene.workspace) if not each.startswith("session")]
    plain = [each for each in kinds if each != "claude_checkpoint"]
    assert plain == [
        "pattern_created", "feedback_added", "feedback_batch_sent", "status_changed", "claude_started",
        "claude_phase_update", "version_updated", "deploy_started", "deploy_success", "claude_completed",
        "status_changed",
    ]  # fmt: skip
    progress = run.messages.get(type="claude_phase_update")
    assert (progress.status, progress.progress) == ("completed", 100)
    assert kinds.count("claude_checkpoint") == len(again(run).checkpoints) > 3


def test_a_later_run_gives_up_nothing_that_an_earlier_one_keeps(drain: Drain) -> None:
    scene = make_scene()
    review_as(scene, WANTED)
    send_batch(scene.user, scene.workspace.pk)
    drain()
    session = make_session(scene.workspace, user=scene.user, candles=scene.session.candles)
    review_as(scene, SwingParameters(left=2, right=2), session)
    run = send_batch(scene.user, scene.workspace.pk)
    drain()
    run = again(run)
    assert (run.status, run.workspace.version) == ("completed", "0.0.2")
    assert run.score_after["broken"] == []
    assert run.score_before["kept"] < run.score_after["kept"] < run.score_after["all"]
    assert run.phases["refining"]["times"] == 2, "the control: it was not easy"
    open_cases = RegressionCase.objects.filter(accepted_by_run__isnull=True).count()
    assert open_cases == run.score_after["all"] - run.score_after["kept"]


def test_reviews_that_contradict_earlier_ones_change_nothing(drain: Drain) -> None:
    scene = make_scene()
    review_as(scene, WANTED)
    send_batch(scene.user, scene.workspace.pk)
    drain()
    session = make_session(scene.workspace, user=scene.user, candles=scene.session.candles)
    for each in session.detections.all():
        review(scene.user, session.pk, each.number, verdict="wrong")
    run = send_batch(scene.user, scene.workspace.pk)
    drain()
    run = again(run)
    assert (run.status, run.workspace.status, run.workspace.version) == ("failed", "beta", "0.0.1")
    assert "Nothing was changed." in run.error
    assert run.errored_at is not None
    assert told(scene.workspace)[-1] == "claude_failed"
    assert engine_run(run).error["code"] == "nobetter"
    assert [each["name"] for each in run.checkpoints if each["name"].startswith("tested")] == [
        "tested-0", "tested-1", "tested-2",
    ]  # fmt: skip


def test_reviews_that_find_everything_right_release_what_is_there(drain: Drain) -> None:
    scene = make_scene()
    review_as(scene, SwingParameters())
    run = send_batch(scene.user, scene.workspace.pk)
    drain()
    run = again(run)
    assert (run.status, run.files_changed, run.workspace.version) == ("completed", [], "0.0.1")
    assert run.commit_hash == run.base_commit
    assert Repository(scene.workspace.pk).committed(run.pk) is None


@pytest.mark.parametrize("phase", ["planning", "implementing", "testing", "committing", "deploying"])
def test_a_worker_killed_in_any_phase_repeats_no_commit_and_no_release(
    phase: str,
) -> None:
    """It dies after the work was done and before the engine wrote that down."""
    scene = make_scene()
    review_as(scene, WANTED)
    run = send_batch(scene.user, scene.workspace.pk)
    dead: list[str] = []
    marks = {"planning": "planned", "implementing": "worked", "testing": "tested", "committing": "committed"}

    def hook(reached: str) -> None:
        done = {each["name"].partition("-")[0] for each in again(run).checkpoints}
        is_there = marks[phase] in done if phase in marks else again(run).status == "completed"
        if reached == "before_commit" and is_there and not dead:
            dead.append(reached)
            raise Died(reached)

    work_until_killed(hook)
    assert dead, "the control: it was killed"
    finish_elsewhere()

    run = again(run)
    assert (run.status, run.error) == ("completed", "")
    assert engine_run(run).status == "completed"
    repository = Repository(scene.workspace.pk)
    assert git(repository.folder, "rev-list", "--count", "--all").strip() == b"2"
    assert AlgorithmVersion.objects.filter(workspace=scene.workspace).count() == 1
    kinds = told(scene.workspace)
    assert [kinds.count(each) for each in ("claude_started", "deploy_success", "claude_completed")] == [
        1,
        1,
        1,
    ]
    names = [each["name"] for each in run.checkpoints]
    assert len(names) == len(set(names))


def test_a_search_that_was_interrupted_goes_on_from_its_best_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene()
    review_as(scene, SwingParameters(left=7, right=3))
    run = send_batch(scene.user, scene.workspace.pk)
    starts = []
    real = searching.tune

    def tune(*given: Any, **options: Any) -> Any:
        starts.append(dict(given[1]))
        return real(*given, **options)

    monkeypatch.setattr(tuner, "tune", tune)
    real_checkpoint = record.checkpoint

    def checkpoint(pk: UUID, name: str, *rest: Any, **values: Any) -> None:
        real_checkpoint(pk, name, *rest, **values)
        if name.startswith("found-0") and len(starts) == 1:
            raise Died(name)

    monkeypatch.setattr(record, "checkpoint", checkpoint)
    work_until_killed()
    held = [each["data"]["parameters"] for each in again(run).checkpoints if "found" in each["name"]]
    finish_elsewhere()
    assert again(run).status == "completed"
    assert starts[1] == held[0] != starts[0]


def test_an_older_version_is_taken_back_under_a_number_of_its_own(drain: Drain) -> None:
    scene = make_scene()
    review_as(scene, WANTED)
    send_batch(scene.user, scene.workspace.pk)
    drain()
    first = AlgorithmVersion.objects.get(workspace=scene.workspace)
    newer = AlgorithmVersion.objects.create(workspace=scene.workspace, number="0.0.2", commit_hash="a" * 40)
    AlgorithmVersion.objects.filter(pk=first.pk).update(is_current=False)
    AlgorithmVersion.objects.filter(pk=newer.pk).update(is_current=True)
    made = roll_back(scene.user, scene.workspace.pk, first.pk, reason="0.0.2 sees ghosts")
    scene.workspace.refresh_from_db()
    assert (made.number, made.commit_hash, scene.workspace.version) == ("0.0.3", first.commit_hash, "0.0.3")
    assert AlgorithmVersion.objects.get(workspace=scene.workspace, is_current=True) == made
    assert told(scene.workspace)[-1] == "deploy_success"
    assert make_session(scene.workspace, user=scene.user).version == "0.0.3"
