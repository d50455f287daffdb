"""Test sessions: what is run, what is refused, and the success rate that reviews make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from orchestrator.accounts.models import Role
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories import make_user
from tests.workspaces.making import make_workspace, told
from tests.workspaces.testing import make_candles, make_session
from workspaces.domain.archive import part, unpack
from workspaces.domain.detectors import PATTERNS
from workspaces.models import AlgorithmVersion, PatternSession, SessionDetection
from workspaces.repositories import Repository
from workspaces.services.detecting import detections_for
from workspaces.services.reviewing import review
from workspaces.services.sessions import complete_session, find_session, start_session

pytestmark = pytest.mark.django_db


def test_a_session_keeps_what_the_algorithm_saw() -> None:
    workspace = make_workspace()
    session = make_session(workspace, parameters={"left": 3})
    candles = unpack(session.candles.data)
    pattern = PATTERNS["swings"]
    expected = pattern.detect(candles, pattern.read({"left": 3}))
    kept = list(session.detections.values_list("number", "bar", "confirmed_at", "price", "reason"))
    assert kept == [
        (number, each.bar, each.confirmed_at, each.price, each.reason)
        for number, each in enumerate(expected, 1)
    ]
    assert session.detection_count == len(expected) > 5
    assert session.parameters == {"left": 3, "right": 5, "least_move": 0.0}
    workspace.refresh_from_db()
    assert (workspace.session_count, workspace.success_rate) == (1, None)
    assert workspace.last_tested_at is not None
    assert told(workspace)[-1] == "session_created"


def test_a_range_counts_bars_as_the_candles_do() -> None:
    workspace = make_workspace()
    session = make_session(workspace, first_bar=100, last_bar=199)
    pattern = PATTERNS["swings"]
    expected = pattern.detect(part(unpack(session.candles.data), 100, 199), pattern.read({}))
    assert list(session.detections.values_list("bar", flat=True)) == [each.bar + 100 for each in expected]


def test_a_range_of_times_becomes_bars() -> None:
    workspace = make_workspace()
    candles = make_candles(workspace.created_by)
    begin = candles.first_at
    session = make_session(
        workspace, candles=candles, since=begin + timedelta(hours=10), until=begin + timedelta(hours=99.5)
    )
    assert (session.first_bar, session.last_bar) == (10, 99)
    with pytest.raises(InvalidInput, match="no bar in this time"):
        make_session(workspace, candles=candles, since=datetime(2040, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first_bar": 300}, "first_bar"),
        ({"first_bar": -1}, "first_bar"),
        ({"last_bar": 300}, "last_bar"),
        ({"first_bar": 50, "last_bar": 49}, "last_bar"),
        ({"parameters": {"left": 0}}, "parameters"),
        ({"parameters": {"moon": 1}}, "parameters"),
    ],
)
def test_what_cannot_be_run_is_refused_by_name(given: dict[str, Any], field: str) -> None:
    workspace = make_workspace()
    with pytest.raises(InvalidInput) as caught:
        make_session(workspace, **given)
    assert list(caught.value.fields) == [field]
    assert not PatternSession.objects.exists()


def test_too_many_bars_and_too_many_detections_are_refused(settings: Settings) -> None:
    workspace = make_workspace()
    settings.SESSION_MAX_DETECTIONS = 3
    with pytest.raises(InvalidInput, match="a session holds up to 3"):
        make_session(workspace)
    settings.SESSION_MAX_BARS = 100
    with pytest.raises(InvalidInput, match="up to 100 bars"):
        make_session(workspace)


def test_who_may_not_work_in_a_workspace_starts_no_session() -> None:
    workspace = make_workspace()
    candles = make_candles(workspace.created_by)
    with pytest.raises(NotFound):
        start_session(make_user(), workspace.pk, candles_id=candles.pk)
    with pytest.raises(NotFound):
        start_session(workspace.created_by, workspace.pk, candles_id=make_candles(make_user()).pk)
    viewer = make_user()
    workspace.members.create(user=viewer, access="viewer")
    with pytest.raises(NotAllowed):
        start_session(viewer, workspace.pk, candles_id=candles.pk)
    session = make_session(workspace)
    assert find_session(viewer, session.pk) == session
    with pytest.raises(NotFound):
        find_session(make_user(), session.pk)
    with pytest.raises(NotFound):
        find_session(make_user(role=Role.ADMIN), uuid4())


def test_a_released_version_runs_from_its_repository() -> None:
    workspace = make_workspace()
    own = make_session(workspace, parameters={"left": 3}, first_bar=50)
    commit = Repository(workspace.pk).begin("swings")
    released = AlgorithmVersion.objects.create(
        workspace=workspace, number="0.0.1", commit_hash=commit, is_current=True,
        parameters={"left": 3, "right": 5, "least_move": 0.0},
    )  # fmt: skip
    session = make_session(workspace, candles=own.candles, first_bar=50)
    assert (session.version, session.algorithm) == ("0.0.1", released)
    seen = [list(each.detections.values_list("bar", "price", "reason")) for each in (own, session)]
    assert seen[0] == seen[1] != []
    with pytest.raises(InvalidInput, match="has no parameter 'moon'"):
        make_session(workspace, parameters={"moon": 1})
    with pytest.raises(WrongState, match=r"Version 0\.0\.1 did not run"):
        make_session(workspace, parameters={"left": -1})
    AlgorithmVersion.objects.update(commit_hash="0" * 40)
    with pytest.raises(WrongState, match="cannot be read"):
        make_session(workspace)


def test_a_release_while_the_algorithm_ran_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = make_workspace()

    def meanwhile(*given: Any, **options: Any) -> Any:
        AlgorithmVersion.objects.create(
            workspace=workspace, number="0.0.1", commit_hash="a" * 40, is_current=True
        )
        return detections_for(*given, **options)

    monkeypatch.setattr("workspaces.services.sessions.detections_for", meanwhile)
    with pytest.raises(WrongState, match="released meanwhile"):
        make_session(workspace)
    assert not SessionDetection.objects.exists()


def test_completing_draws_the_rate_from_what_was_reviewed() -> None:
    workspace = make_workspace()
    user = workspace.created_by
    first, second = make_session(workspace), make_session(workspace)
    with pytest.raises(WrongState, match="Review at least one"):
        complete_session(user, first.pk)
    for number, verdict in ((1, "right"), (2, "right"), (3, "wrong")):
        review(user, first.pk, number, verdict=verdict)
    review(user, second.pk, 1, verdict="wrong")
    done = complete_session(user, first.pk)
    assert done.success_rate == pytest.approx(2 / 3)
    workspace.refresh_from_db()
    assert workspace.success_rate == pytest.approx(2 / 3)
    complete_session(user, second.pk)
    workspace.refresh_from_db()
    assert workspace.success_rate == pytest.approx(2 / 4)
    assert told(workspace).count("session_completed") == 2
    with pytest.raises(WrongState, match="is completed"):
        complete_session(user, first.pk)
    with pytest.raises(WrongState, match="is completed"):
        review(user, first.pk, 4, verdict="right")
