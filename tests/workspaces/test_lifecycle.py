"""Workspaces on their way: who may move them, what it writes, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories import make_user
from tests.workspaces.making import make_workspace, told
from workspaces.access import May, find_workspace
from workspaces.domain.vocabulary import MOVES, WorkspaceStatus
from workspaces.models import PatternWorkspace, WorkspaceMember
from workspaces.services.lifecycle import (
    approve,
    create_workspace,
    describe,
    move,
    send_back,
    verify,
)

pytestmark = pytest.mark.django_db
Status = WorkspaceStatus


def member(workspace: PatternWorkspace, access: str) -> User:
    user = make_user()
    WorkspaceMember.objects.create(workspace=workspace, user=user, access=access)
    return user


def test_a_pattern_type_has_one_workspace() -> None:
    ann, ben = make_user(), make_user()
    workspace = create_workspace(ann, pattern_type="bos")
    assert (workspace.name, workspace.category, workspace.status, workspace.version) == (
        "Break of structure",
        "price_action",
        "soon",
        "0.0.0",
    )
    assert told(workspace) == ["pattern_created"]
    with pytest.raises(InvalidInput, match="has its workspace already"):
        create_workspace(ben, pattern_type="bos")
    assert PatternWorkspace.objects.count() == 1


def test_a_type_without_a_detector_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInput, match="Choose one of swings, bos, choch"):
        create_workspace(make_user(), pattern_type="moon")
    with pytest.raises(NotAllowed):
        create_workspace(make_user(role=Role.VIEWER), pattern_type="bos")


def test_who_may_do_what() -> None:
    workspace = make_workspace()
    owner, admin = workspace.created_by, make_user(role=Role.ADMIN)
    editor, viewer = member(workspace, "editor"), member(workspace, "viewer")
    for user, most in ((owner, May.OWN), (admin, May.OWN), (editor, May.WORK), (viewer, May.READ)):
        for need in May:
            if need <= most:
                assert find_workspace(user, workspace.pk, need) == workspace
            else:
                with pytest.raises(NotAllowed):
                    find_workspace(user, workspace.pk, need)
    with pytest.raises(NotFound):
        find_workspace(make_user(), workspace.pk)
    seen = {
        user: PatternWorkspace.objects.visible_to(user).count() for user in (owner, editor, viewer, admin)
    }
    assert set(seen.values()) == {1}
    assert not PatternWorkspace.objects.visible_to(make_user()).exists()


def test_a_description_is_kept_and_told() -> None:
    workspace = make_workspace()
    describe(
        workspace.created_by,
        workspace.pk,
        description=" A bar that nothing reaches. ",
        reasoning="Orders rest there.",
        steps=["Find the bar", "  ", "Look left"],
    )
    workspace.refresh_from_db()
    assert workspace.description == "A bar that nothing reaches."
    assert workspace.identification_steps == ["Find the bar", "Look left"]
    assert told(workspace)[-1] == "pattern_description_submitted"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"description": " "}, "description"),
        ({"description": "x", "steps": ["a"] * 31}, "identification_steps"),
        ({"description": "x", "steps": [1]}, "identification_steps"),
        ({"description": "x", "steps": ["a" * 2_001]}, "identification_steps"),
    ],
)
def test_a_description_that_says_nothing_or_too_much_is_refused(given: dict[str, Any], field: str) -> None:
    workspace = make_workspace()
    with pytest.raises(InvalidInput) as refused:
        describe(workspace.created_by, workspace.pk, **given)
    assert list(refused.value.fields) == [field]
    assert told(workspace) == ["pattern_created"]


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_only_legal_moves_are_made_and_each_is_told(before: Status, after: Status) -> None:
    workspace = make_workspace(status=before)
    if after is Status.VERIFIED:
        workspace.verified_at = workspace.approved_at
        workspace.save()
    if after not in MOVES[before]:
        with pytest.raises(WrongState):
            move(workspace, after)
        assert told(workspace) == ["pattern_created"]
        return
    if after is Status.IN_REVIEW:
        workspace.approved_at = workspace.created_at
    move(workspace, after)
    workspace.refresh_from_db()
    assert workspace.status == after
    assert told(workspace)[-1] == "status_changed"
    assert (workspace.implemented_at is not None) == (after is Status.BETA)


def test_approval_stamps_tells_and_raises_the_minor_number() -> None:
    workspace = make_workspace(status=Status.BETA, success_rate=0.9, version="0.2.7")
    user = workspace.created_by
    approve(user, workspace.pk, comment="Right in all of last year.")
    workspace.refresh_from_db()
    assert (workspace.status, workspace.approved_by, workspace.version) == ("in_review", user, "0.3.0")
    assert workspace.approved_at is not None
    assert told(workspace)[-3:] == ["status_changed", "user_approved", "version_updated"]
    assert AuditRecord.objects.filter(action="workspace.approved").exists()


def test_what_was_never_tested_is_not_approved() -> None:
    workspace = make_workspace(status=Status.BETA)
    with pytest.raises(WrongState, match="nothing was tested yet"):
        approve(workspace.created_by, workspace.pk)


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.BETA])
def test_approving_in_the_wrong_status_changes_nothing(status: Status) -> None:
    workspace = make_workspace(status=status, success_rate=1)
    with pytest.raises(WrongState, match="Only what is in beta can be approved"):
        approve(workspace.created_by, workspace.pk)
    assert told(workspace) == ["pattern_created"]


def test_the_first_verification_makes_it_one_and_later_ones_change_no_number() -> None:
    workspace = make_workspace(status=Status.IN_REVIEW, version="0.3.0")
    admin = make_user(role=Role.ADMIN)
    verify(admin, workspace.pk, comment="Looked at ten charts.")
    workspace.refresh_from_db()
    assert (workspace.status, workspace.version, workspace.verified_by) == ("verified", "1.0.0", admin)
    assert told(workspace)[-3:] == ["status_changed", "admin_verified", "version_updated"]
    PatternWorkspace.objects.filter(pk=workspace.pk).update(status="in_review", version="1.1.0")
    verify(admin, workspace.pk)
    workspace.refresh_from_db()
    assert workspace.version == "1.1.0"


def test_who_approved_it_does_not_verify_it_unless_the_server_allows_that(settings: Settings) -> None:
    admin = make_user(role=Role.ADMIN)
    workspace = make_workspace(admin, status=Status.BETA, success_rate=1)
    approve(admin, workspace.pk)
    with pytest.raises(NotAllowed, match="Another admin has to look"):
        verify(admin, workspace.pk)
    settings.WORKSPACE_VERIFY_OWN = True
    verify(admin, workspace.pk)


def test_only_admins_verify_and_send_back_and_say_why() -> None:
    workspace = make_workspace(status=Status.IN_REVIEW)
    admin = make_user(role=Role.ADMIN)
    with pytest.raises(NotAllowed):
        verify(workspace.created_by, workspace.pk)
    with pytest.raises(NotAllowed):
        send_back(workspace.created_by, workspace.pk, comment="no")
    with pytest.raises(InvalidInput, match="Say why"):
        send_back(admin, workspace.pk, comment="  ")
    send_back(admin, workspace.pk, comment="The last swing is late.")
    workspace.refresh_from_db()
    assert workspace.status == "beta"
    assert workspace.messages.last().content == "The last swing is late."  # type: ignore[union-attr]
