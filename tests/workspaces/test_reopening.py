"""Completed sessions are reopened, and the figures of the workspace follow."""

from __future__ import annotations

import pytest

from orchestrator.accounts.models import AuditRecord
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from tests.factories import make_user
from tests.workspaces.making import make_workspace, told
from tests.workspaces.testing import make_session
from workspaces.models import PatternSession, WorkspaceMessage
from workspaces.services.reviewing import add_missed, review
from workspaces.services.sessions import complete_session, reopen_session

pytestmark = pytest.mark.django_db


def completed(session: PatternSession, *verdicts: str) -> PatternSession:
    user = session.created_by
    for number, verdict in enumerate(verdicts, 1):
        review(user, session.pk, number, verdict=verdict)
    return complete_session(user, session.pk)


def test_a_reopened_session_can_be_reviewed_on_and_counts_again_when_it_is_completed() -> None:
    workspace = make_workspace()
    user = workspace.created_by
    done = completed(make_session(workspace), "right", "wrong")
    again = reopen_session(user, done.pk)
    assert (again.status, again.completed_at) == ("open", None)
    workspace.refresh_from_db()
    assert workspace.success_rate is None
    assert told(workspace)[-1] == "session_reopened"
    assert WorkspaceMessage.objects.latest("id").content.startswith("No completed session is left")
    assert AuditRecord.objects.filter(action="pattern_session.reopened", object_id=str(done.pk)).exists()
    review(user, done.pk, 2, verdict="right")
    complete_session(user, done.pk)
    workspace.refresh_from_db()
    assert workspace.success_rate == 1.0


def test_the_rate_is_of_the_sessions_that_are_left() -> None:
    workspace = make_workspace()
    completed(make_session(workspace), "right")
    other = completed(make_session(workspace), "wrong", "wrong", "wrong")
    reopen_session(workspace.created_by, other.pk)
    workspace.refresh_from_db()
    assert workspace.success_rate == 1.0
    assert "Without it, 100% of what was reviewed is right." in WorkspaceMessage.objects.latest("id").content


def test_without_a_session_of_the_version_in_use_the_last_one_that_was_tested_counts() -> None:
    workspace = make_workspace()
    completed(make_session(workspace), "right", "wrong")
    workspace.version = "0.1.0"
    workspace.save(update_fields=["version"])
    newer = completed(make_session(workspace), "right")
    workspace.refresh_from_db()
    assert workspace.success_rate == 1.0
    reopen_session(workspace.created_by, newer.pk)
    workspace.refresh_from_db()
    assert workspace.success_rate == 0.5


def test_who_may_reopen_and_when_not() -> None:
    workspace = make_workspace()
    session = make_session(workspace)
    with pytest.raises(WrongState, match="is open"):
        reopen_session(workspace.created_by, session.pk)
    completed(session, "right")
    viewer = make_user()
    workspace.members.create(user=viewer, access="viewer")
    with pytest.raises(NotAllowed):
        reopen_session(viewer, session.pk)
    with pytest.raises(NotFound):
        reopen_session(make_user(), session.pk)
    session.refresh_from_db()
    assert session.status == "completed"


def test_missed_ones_alone_make_no_rate() -> None:
    workspace = make_workspace()
    session = make_session(workspace)
    taken = set(session.detections.values_list("bar", flat=True))
    free = next(bar for bar in range(300) if bar not in taken)
    add_missed(workspace.created_by, session.pk, bar=free, kind="swing_high", direction="bearish")
    complete_session(workspace.created_by, session.pk)
    workspace.refresh_from_db()
    assert workspace.success_rate is None
