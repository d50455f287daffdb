"""The demo: a workspace with a session that was sent, a finished coding run, and a session half reviewed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.factories import make_user
from workspaces.demo import load
from workspaces.models import AlgorithmVersion, CandleSet, ClaudeExecution, PatternSession
from workspaces.services.candles import find_candles

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_has_a_coding_run_that_the_workers_finish_and_is_made_once(
    drain: Callable[[], None],
) -> None:
    owner = make_user()
    assert "two test sessions" in load(owner)
    assert load(owner) == ""
    half, done = PatternSession.objects.order_by("-id")
    assert (done.status, done.reviewed_count) == ("completed", done.detection_count)
    assert (half.status, half.reviewed_count) == ("open", half.detection_count // 2)
    assert half.reviewed_count > 3
    assert 0 < (done.success_rate or 0) < 1
    seen = find_candles(make_user(), done.candles_id)
    assert (seen.owner, seen.is_generated) == (None, True)
    assert CandleSet.objects.filter(owner__isnull=True).count() == 2

    drain()
    run = ClaudeExecution.objects.get()
    assert (run.status, run.error) == ("completed", "")
    assert run.score_before["kept"] < run.score_after["kept"] == run.score_after["all"]
    assert "parameters.json" in run.diff
    version = AlgorithmVersion.objects.get(is_current=True)
    assert (version.execution, version.commit_hash) == (run, run.commit_hash)
