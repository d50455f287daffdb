"""Coding runs of workspaces that deploy to Vercel: the version holds here whatever becomes of it there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from tests.executions.dying import Died, finish_elsewhere, work_until_killed
from tests.workspaces.coding.scene import Scene, again, engine_run, make_scene, review_as
from tests.workspaces.deployments.scene import finish
from tests.workspaces.deployments.wire import Host, fault, hosting, on
from tests.workspaces.making import told
from workspaces.domain.detectors.swings import SwingParameters
from workspaces.models import AlgorithmVersion, ClaudeExecution, Deployment
from workspaces.repositories import Repository
from workspaces.services.coding.deploying import roll_back
from workspaces.services.coding.sending import send_batch
from workspaces.services.deployments import sending
from workspaces.services.deployments.accounts import choose_target
from workspaces.vercel import Vercel

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]
WANTED = SwingParameters(left=7, right=5)


@pytest.fixture
def host(settings: Settings) -> Iterator[Host]:
    with hosting(settings) as host:
        yield host


@pytest.fixture
def scene(host: Host) -> Scene:
    scene = make_scene()
    review_as(scene, WANTED)
    choose_target(scene.user, scene.workspace.pk, target="vercel")
    return scene


def sent(scene: Scene) -> ClaudeExecution:
    return send_batch(scene.user, scene.workspace.pk)


def test_a_run_hands_its_version_over_and_shows_how_it_goes(scene: Scene, host: Host, drain: Drain) -> None:
    host.states = ["BUILDING", "READY"]
    run = sent(scene)
    drain()
    run = again(run)
    assert (run.status, run.deploy_status, len(host.posts)) == ("completed", "queued", 1)
    assert run.workspace.version == "0.0.1"
    row = Deployment.objects.get(execution=run)
    assert (row.triggered_by_id, row.remote_id) == (scene.user.pk, "dpl_1")
    finish(row)
    run = again(run)
    assert (run.deploy_status, run.deploy_url, run.deploy_logs) == ("ready", row.url, row.logs)
    assert run.deploy_completed_at == row.completed_at
    files = {each["file"]: each["data"] for each in host.posts[0]["files"]}
    assert f"of the {run.score_after['all']} reviews" in files["public/index.html"]
    kinds = [each for each in told(scene.workspace) if each.startswith("deploy")]
    assert kinds == ["deploy_started", "deploy_building", "deploy_success"]


def test_a_run_holds_where_vercel_refuses(scene: Scene, host: Host, drain: Drain) -> None:
    host.trouble = on("POST", fault(402, "limit"))
    run = sent(scene)
    drain()
    run = again(run)
    assert (run.status, run.deploy_status) == ("completed", "error")
    assert AlgorithmVersion.objects.get(workspace=scene.workspace).is_current
    assert engine_run(run).status == "completed"


@pytest.mark.parametrize("moment", ["before it is sent", "when it was taken", "when that was stored"])
def test_a_worker_killed_while_deploying_never_makes_two(
    scene: Scene, host: Host, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead: list[str] = []

    def die() -> None:
        if not dead:
            dead.append(moment)
            raise Died(moment)

    real = Vercel.create

    def create(self: Vercel, *given: object, **options: object) -> object:
        if moment == "before it is sent":
            die()
        made = real(self, *given, **options)  # type: ignore[arg-type]
        if moment == "when it was taken":
            die()
        return made

    monkeypatch.setattr(Vercel, "create", create)
    run = sent(scene)

    def hook(reached: str) -> None:
        is_stored = Deployment.objects.filter(execution=run).exclude(remote_id="").exists()
        if moment == "when that was stored" and reached == "before_commit" and is_stored:
            die()

    work_until_killed(hook)
    assert dead, "the control: it was killed"
    finish_elsewhere()
    run = again(run)
    assert (run.status, engine_run(run).status) == ("completed", "completed")
    row = finish(Deployment.objects.get(execution=run))
    expected = ("error", 0) if moment == "before it is sent" else ("ready", 1)
    if row.completed_at is None:
        sending.fail(row.pk, "looked for in vain")
        row.refresh_from_db()
    assert (row.status, len(host.posts)) == expected
    assert AlgorithmVersion.objects.filter(workspace=scene.workspace).count() == 1


def test_rolling_back_deploys_the_older_commit_under_a_number_of_its_own(
    scene: Scene, host: Host, drain: Drain
) -> None:
    sent(scene)
    drain()
    first = AlgorithmVersion.objects.get(workspace=scene.workspace)
    finish(Deployment.objects.get())
    begun = Repository(scene.workspace.pk).begin("swings")
    AlgorithmVersion.objects.filter(pk=first.pk).update(is_current=False)
    newer = AlgorithmVersion.objects.create(
        workspace=scene.workspace, number="0.0.2", commit_hash=begun, is_current=True
    )
    made = roll_back(scene.user, scene.workspace.pk, first.pk, reason=f"{newer} sees ghosts")
    row = Deployment.objects.get(version=made)
    assert (made.number, made.is_current, row.status) == ("0.0.3", True, "queued")
    assert finish(row).status == "ready"
    texts = [{each["file"]: each["data"] for each in post["files"]} for post in host.posts]
    assert texts[0]["algorithm/parameters.json"] == texts[1]["algorithm/parameters.json"]
    assert "0.0.3" in texts[1]["public/index.html"]


def test_a_newer_version_takes_the_place_of_one_that_is_still_built(
    scene: Scene, host: Host, drain: Drain
) -> None:
    host.states = ["BUILDING"]
    sent(scene)
    drain()
    first = Deployment.objects.get()
    version = AlgorithmVersion.objects.get(workspace=scene.workspace)
    AlgorithmVersion.objects.filter(pk=version.pk).update(is_current=False)
    begun = Repository(scene.workspace.pk).begin("swings")
    AlgorithmVersion.objects.create(
        workspace=scene.workspace, number="0.0.2", commit_hash=begun, is_current=True
    )
    roll_back(scene.user, scene.workspace.pk, version.pk, reason="why")
    finish(first)
    assert (first.status, first.error) == ("canceled", "A newer deployment took its place.")
    assert len(host.requests("PATCH", "/cancel")) == 1
