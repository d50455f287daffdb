"""Reviews and the corrections that come of them: what is kept, said twice, undone, refused."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories import make_user
from tests.workspaces.making import make_workspace, told
from tests.workspaces.testing import make_session
from workspaces.access import May
from workspaces.models import FeedbackItem, PatternSession, WorkspaceMessage
from workspaces.services import reviewing
from workspaces.services.reviewing import (
    add_missed,
    annotate_feedback,
    remove_feedback,
    review,
    undo_review,
)
from workspaces.services.sessions import find_session

pytestmark = pytest.mark.django_db


def reviewed() -> tuple[User, PatternSession]:
    workspace = make_workspace()
    return workspace.created_by, make_session(workspace)


def counts(session: PatternSession) -> tuple[int, int, int, int]:
    """Reviewed, right, missed, and the workspace's corrections."""
    session.refresh_from_db()
    session.workspace.refresh_from_db()
    return (
        session.reviewed_count,
        session.right_count,
        session.missed_count,
        session.workspace.feedback_count,
    )


def free_bar(session: PatternSession) -> int:
    taken = set(session.detections.values_list("bar", flat=True))
    return next(bar for bar in range(session.first_bar, session.last_bar) if bar not in taken)


def test_each_verdict_makes_its_correction_and_a_later_one_replaces_it() -> None:
    user, session = reviewed()
    review(user, session.pk, 1, verdict="right")
    review(user, session.pk, 2, verdict="wrong", note="Too small")
    review(user, session.pk, 1, verdict="wrong")
    assert counts(session) == (2, 0, 0, 2)
    items = {item.detection.number: item for item in FeedbackItem.objects.all() if item.detection}
    assert (items[1].verdict, items[2].verdict, items[2].note) == ("wrong", "wrong", "Too small")
    assert items[1].bar == items[1].detection.bar  # type: ignore[union-attr]
    entry = WorkspaceMessage.objects.get(type="feedback_added")
    assert entry.title == "2 reviews wait to be sent"


def test_the_same_word_twice_is_said_once() -> None:
    user, session = reviewed()
    bar = free_bar(session)
    for _ in range(2):
        review(user, session.pk, 1, verdict="right")
        review(user, session.pk, 2, verdict="adjust", bar=bar)
        add_missed(user, session.pk, bar=bar, kind="swing_high", direction="bearish")
    assert counts(session) == (2, 1, 1, 3)
    assert FeedbackItem.objects.count() == 3
    assert told(session.workspace).count("feedback_added") == 1


def test_undoing_leaves_nothing() -> None:
    user, session = reviewed()
    review(user, session.pk, 1, verdict="right")
    item = add_missed(user, session.pk, bar=free_bar(session), kind="swing_low", direction="bullish")
    for _ in range(2):
        undo_review(user, session.pk, 1)
    remove_feedback(user, item.pk)
    assert counts(session) == (0, 0, 0, 0)
    assert not FeedbackItem.objects.exists()
    review(user, session.pk, 3, verdict="right")
    remove_feedback(user, FeedbackItem.objects.get().pk)
    assert counts(session) == (0, 0, 0, 0)
    assert session.detections.get(number=3).verdict == ""
    with pytest.raises(NotFound):
        remove_feedback(user, item.pk)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"verdict": "missed"}, "verdict"),
        ({"verdict": "adjust"}, "bar"),
        ({"verdict": "adjust", "bar": 300}, "bar"),
        ({"verdict": "adjust", "bar": 19}, "bar"),
        ({"verdict": "wrong", "note": "x" * 5_000}, "note"),
    ],
)
def test_what_cannot_be_said_of_a_detection_is_refused_by_name(given: dict[str, Any], field: str) -> None:
    workspace = make_workspace()
    session = make_session(workspace, first_bar=20)
    with pytest.raises(InvalidInput) as caught:
        review(workspace.created_by, session.pk, 1, **given)
    assert list(caught.value.fields) == [field]
    assert counts(session) == (0, 0, 0, 0)


def test_adjusting_to_where_it_is_already_is_refused() -> None:
    user, session = reviewed()
    there = session.detections.get(number=1)
    with pytest.raises(InvalidInput, match="where it is already"):
        review(user, session.pk, 1, verdict="adjust", bar=there.bar)


def test_a_missed_pattern_has_a_bar_a_kind_and_a_direction_that_there_are() -> None:
    user, session = reviewed()
    good = {"bar": free_bar(session), "kind": "swing_high", "direction": "bearish"}
    seen = session.detections.get(number=1)
    for wrong, field in (
        ({"bar": 300}, "bar"),
        ({"kind": "order_block"}, "kind"),
        ({"direction": "up"}, "direction"),
        ({"bar": seen.bar, "kind": seen.kind, "direction": seen.direction}, "bar"),
    ):
        with pytest.raises(InvalidInput) as caught:
            add_missed(user, session.pk, **{**good, **wrong})  # type: ignore[arg-type]
        assert list(caught.value.fields) == [field]


def test_what_was_sent_stays_as_it_was() -> None:
    user, session = reviewed()
    review(user, session.pk, 1, verdict="wrong")
    item = FeedbackItem.objects.get()
    annotate_feedback(user, item.pk, note=" A wick ")
    item.refresh_from_db()
    assert item.note == "A wick"
    FeedbackItem.objects.update(sent_to_claude_at=utc_now())
    for act in (
        lambda: review(user, session.pk, 1, verdict="right"),
        lambda: undo_review(user, session.pk, 1),
        lambda: remove_feedback(user, item.pk),
        lambda: annotate_feedback(user, item.pk, note="x"),
    ):
        with pytest.raises(WrongState, match="was sent"):
            act()
    assert counts(session) == (1, 0, 0, 1)


def test_only_who_works_there_reviews() -> None:
    user, session = reviewed()
    viewer = make_user()
    session.workspace.members.create(user=viewer, access="viewer")
    with pytest.raises(NotAllowed):
        review(viewer, session.pk, 1, verdict="right")
    with pytest.raises(NotFound):
        review(make_user(), session.pk, 1, verdict="right")
    with pytest.raises(NotFound, match="no detection"):
        review(user, session.pk, 100_000, verdict="right")


def _both_at_once(user: User, session: PatternSession) -> None:
    """Two people say two things; each has read the session before the other has written."""
    ready = threading.Barrier(2)
    counted = reviewing._count

    def slowly(*given: Any, **options: Any) -> None:
        with suppress(threading.BrokenBarrierError):  # the other waits for the lock
            ready.wait(timeout=0.7)
        counted(*given, **options)

    def say(number: int) -> None:
        try:
            review(user, session.pk, number, verdict="right")
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reviewing, "_count", slowly)
        threads = [threading.Thread(target=say, args=[number]) for number in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_two_reviews_at_once_are_both_counted() -> None:
    user, session = reviewed()
    _both_at_once(user, session)
    assert counts(session)[:2] == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_them_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def unlocked(user: User, session_id: UUID, need: May, *, lock: bool) -> PatternSession:
        return find_session(user, session_id, need)

    user, session = reviewed()
    monkeypatch.setattr(reviewing, "find_session", unlocked)
    _both_at_once(user, session)
    assert counts(session)[:2] == (1, 1)
