"""A workspace with a reviewed test session, ready to send."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Execution
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.testing import make_session
from workspaces.domain.archive import unpack
from workspaces.domain.detectors import PATTERNS
from workspaces.domain.detectors.swings import SwingParameters
from workspaces.models import ClaudeExecution, PatternSession, PatternWorkspace
from workspaces.services.reviewing import add_missed, review


@dataclass(frozen=True, slots=True)
class Scene:
    user: User
    workspace: PatternWorkspace
    session: PatternSession


def make_scene(*, bars: int = 300) -> Scene:
    user = make_user()
    workspace = make_workspace(user)
    return Scene(user, workspace, make_session(workspace, user=user, bars=bars))


def make_reviewed_scene() -> Scene:
    """With reviews in the cart that other parameters keep: 7 bars to the left, 5 to the right."""
    scene = make_scene(bars=200)
    review_as(scene, SwingParameters(left=7, right=5))
    return scene


def review_as(scene: Scene, wanted: SwingParameters, session: PatternSession | None = None) -> int:
    """Review the session as somebody would who sees swings with these parameters; how many they are."""
    session = session or scene.session
    seen = PATTERNS["swings"].detect(unpack(session.candles.data), wanted)
    there = {(each.kind, each.bar) for each in seen}
    had = set()
    for row in session.detections.all():
        had.add((row.kind, row.bar))
        verdict = "right" if (row.kind, row.bar) in there else "wrong"
        review(scene.user, session.pk, row.number, verdict=verdict)
    for each in seen:
        if (each.kind, each.bar) not in had:
            add_missed(
                scene.user,
                session.pk,
                bar=each.bar,
                kind=each.kind,
                direction=each.direction,
                price=each.price,
            )
    return len(had | there)


def again(run: ClaudeExecution) -> ClaudeExecution:
    return ClaudeExecution.objects.select_related("workspace").get(pk=run.pk)


def engine_run(run: ClaudeExecution) -> Execution:
    assert run.run_id is not None
    return Execution.objects.get(pk=run.run_id)


def make_failed_run(workspace: PatternWorkspace) -> ClaudeExecution:
    return ClaudeExecution.objects.create(
        workspace=workspace,
        triggered_by=workspace.created_by,
        status="failed",
        error="It saw ghosts.",
        errored_at=utc_now(),
        phase="testing",
        phases={"planning": {}, "testing": {"times": 2}},
    )
