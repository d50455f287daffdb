"""A history is taken over once, whole, at the times of then, and with its people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.accounts.models import AuditRecord
from tests.factories import make_user
from tests.workspaces.history.scene import everything, example, make_people, take
from tests.workspaces.making import make_workspace, told
from tests.workspaces.test_pages import client_of
from workspaces.models import (
    FeedbackItem,
    ImplementationSession,
    PatternSession,
    PatternWorkspace,
    RegressionCase,
    SessionDetection,
    WorkspaceMember,
    WorkspaceMessage,
)
from workspaces.services.coding.sending import send_batch
from workspaces.services.removing import delete_workspace

pytestmark = pytest.mark.django_db


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 3, day, hour, minute, tzinfo=UTC)


def test_a_workspace_is_begun_with_sessions_corrections_people_and_figures() -> None:
    make_people()
    report = take(example())
    assert report.faults == []

    workspace = PatternWorkspace.objects.get()
    assert (workspace.pattern_type, workspace.name, workspace.status, workspace.version) == (
        "swings", "Swing points", "beta", "0.1.0",
    )  # fmt: skip
    assert (workspace.created_by.username, workspace.created_at) == ("ann", at(1, 9))
    assert workspace.implemented_at == at(2, 10)
    assert workspace.identification_steps == [
        "Look for a bar that stands out.",
        "Count two bars to its right.",
    ]
    assert (workspace.session_count, workspace.feedback_count, workspace.success_rate) == (1, 2, 0.5)
    assert workspace.last_tested_at == at(4, 10)

    session = PatternSession.objects.get()
    counts = (session.detection_count, session.reviewed_count, session.right_count, session.missed_count)
    assert (session.status, session.version, counts) == ("completed", "0.1.0", (2, 2, 1, 0))
    assert (session.created_by.username, session.created_at) == ("ann", at(4, 9))
    rows = SessionDetection.objects.values_list("number", "kind", "bar", "confirmed_at", "verdict")
    assert list(rows) == [(1, "swing_high", 2, 4, "right"), (2, "swing_low", 5, 7, "adjust")]
    right, adjusted = FeedbackItem.objects.order_by("verdict", "pk").reverse()
    assert (right.verdict, right.sent_to_claude_at, right.bar, right.price) == ("right", at(5, 8), 2, 110)
    assert (adjusted.verdict, adjusted.bar, adjusted.price, adjusted.created_by.username) == (
        "adjust", 6, 95.5, "ben",
    )  # fmt: skip
    assert dict(WorkspaceMember.objects.values_list("user__username", "access")) == {"ben": "viewer"}
    assert AuditRecord.objects.filter(action="workspace.history_imported").count() == 1


def test_what_was_sent_is_a_case_and_the_rest_waits_in_the_cart() -> None:
    make_people()
    take(example())
    workspace = PatternWorkspace.objects.get()
    case = RegressionCase.objects.get()
    assert (case.verdict, case.at, case.accepted_by_run) == ("right", int(at(3, 10).timestamp()), None)
    run = send_batch(workspace.created_by, workspace.pk)
    assert run.feedback_ids == [FeedbackItem.objects.get(verdict="adjust").pk]


def test_the_timeline_tells_it_at_the_times_of_then() -> None:
    make_people()
    take(example())
    workspace = PatternWorkspace.objects.get()
    kept = list(WorkspaceMessage.objects.order_by("pk").values_list("type", "created_at"))
    assert kept[:-1] == [
        ("pattern_created", at(1, 9)),
        ("pattern_description_submitted", at(1, 9)),
        ("status_changed", at(1, 9)),
        ("status_changed", at(2, 10)),
        ("session_created", at(4, 9)),
        ("feedback_added", at(4, 9, 30)),
        ("session_completed", at(4, 10)),
        ("feedback_added", at(4, 10)),
        ("feedback_batch_sent", at(5, 8)),
    ]
    assert kept[-1][0] == "note"
    page = client_of(workspace.created_by).get(f"/workspaces/{workspace.pk}/").content.decode()
    assert "Taken over from old" in page
    assert "4 March 2025" in page


def test_an_implementation_session_is_kept_as_it_was() -> None:
    make_people()
    given = example()
    take(given)
    row = ImplementationSession.objects.get()
    assert (row.source, row.legacy_id, row.created_at) == ("old", "implementation-1", at(2, 9))
    assert row.data == given["implementationSessions"][0]
    assert row.workspace == PatternWorkspace.objects.get()


def test_what_is_there_of_a_pattern_type_stays_and_gets_the_history() -> None:
    make_people()
    workspace = make_workspace(make_user("owner"), description="Mine")
    take(example())
    workspace.refresh_from_db()
    assert (workspace.description, workspace.status, workspace.created_by.username) == (
        "Mine",
        "soon",
        "owner",
    )
    assert workspace.session_count == 1
    assert told(workspace).count("pattern_created") == 1
    members = dict(WorkspaceMember.objects.values_list("user__username", "access"))
    assert members == {"ann": "editor", "ben": "editor"}


def test_a_second_run_changes_nothing() -> None:
    make_people()
    take(example())
    before = everything()
    report = take(example())
    assert (report.faults, [done.before for done in report.workspaces]) == ([], [4])
    assert everything() == before


def test_what_changed_in_the_older_product_is_told_and_left_alone() -> None:
    make_people()
    take(example())
    before = everything()
    given = example()
    given["feedback"][0]["note"] = "Another word"
    [done] = take(given).workspaces
    assert done.notices == [
        "1.json, feedback 1: reads otherwise than when it was taken over. It stays as it is."
    ]
    assert everything() == before


def test_what_is_new_the_second_time_is_added_to_what_was_taken_over() -> None:
    make_people()
    first = example()
    take(first)
    missed = {
        "id": "feedback-2", "sessionId": "session-1", "verdict": "missed", "kind": "swing_low",
        "direction": "bullish", "bar": 0, "createdAt": "2025-03-06T08:00:00Z",
    }  # fmt: skip
    report = take({"feedback": [missed]})
    assert report.faults == []
    assert (report.workspaces[0].feedback, report.workspaces[0].sessions) == (1, 0)
    session = PatternSession.objects.get()
    assert (session.reviewed_count, session.right_count, session.missed_count) == (2, 1, 1)
    assert PatternWorkspace.objects.get().feedback_count == 3


def test_the_same_ids_of_another_source_are_other_records() -> None:
    make_people()
    take(example())
    take(example(), source="elsewhere")
    assert PatternSession.objects.count() == 2
    assert PatternWorkspace.objects.get().session_count == 2


def test_who_was_taken_out_since_is_not_let_in_again_and_what_was_deleted_stays_away() -> None:
    make_people()
    make_workspace(make_user("owner"))
    take(example())
    WorkspaceMember.objects.all().delete()
    FeedbackItem.objects.filter(verdict="adjust").delete()
    take(example())
    assert not WorkspaceMember.objects.exists()
    assert not FeedbackItem.objects.filter(verdict="adjust").exists()


def test_a_deleted_workspace_can_be_taken_over_anew() -> None:
    make_people()
    take(example())
    workspace = PatternWorkspace.objects.get()
    delete_workspace(workspace.created_by, workspace.pk)
    assert take(example()).faults == []
    assert PatternSession.objects.count() == 1


def test_a_trial_says_the_same_and_stores_nothing() -> None:
    make_people()
    trial = take(example(), dry_run=True)
    assert not any(everything().values())
    assert trial.workspaces == take(example()).workspaces


def test_people_are_known_by_address_by_name_by_the_map_or_stood_in_for() -> None:
    make_people()
    stand_in = make_user("stand-in")
    given = example()
    given["patterns"][0]["createdBy"] = "ANN@example.com"
    given["sessions"][0]["createdBy"] = "u-17"
    given["feedback"][0]["createdBy"] = "somebody who left"
    report = take(given, owner=stand_in, names={"u-17": "ben"})
    assert report.unknown_people == ["somebody who left"]
    assert PatternWorkspace.objects.get().created_by.username == "ann"
    assert PatternSession.objects.get().created_by.username == "ben"
    assert FeedbackItem.objects.get(verdict="adjust").created_by == stand_in


def test_roles_in_approving_and_verifying_are_kept() -> None:
    make_people()
    given: dict[str, Any] = example()
    given["patterns"][0] |= {
        "status": "verified", "version": "1.0.0", "approvedAt": "2025-03-06T00:00:00Z", "approvedBy": "ann",
        "verifiedAt": "2025-03-07T00:00:00Z", "verifiedBy": "ben",
    }  # fmt: skip
    assert take(given).faults == []
    workspace = PatternWorkspace.objects.get()
    assert workspace.approved_by is not None
    assert workspace.verified_by is not None
    assert (workspace.status, workspace.approved_by.username, workspace.verified_by.username) == (
        "verified", "ann", "ben",
    )  # fmt: skip
    assert {"user_approved", "admin_verified"} <= set(told(workspace))
