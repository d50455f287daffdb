"""Who is in a workspace: seen by all who are, changed by its owner, and gone at once when taken out."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pytest_django import Settings

from orchestrator.accounts.models import AuditRecord, Role
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from orchestrator.core.rls import acting_as, bound
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.test_pages import client_of
from tests.workspaces.testing import make_session
from workspaces.domain.vocabulary import WorkspaceStatus
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMember
from workspaces.services.lifecycle import approve, verify
from workspaces.services.members import let_in, take_back
from workspaces.services.notes import write_note

pytestmark = pytest.mark.django_db
JSON = "application/json"


def shared(*names: str) -> PatternWorkspace:
    workspace = make_workspace(make_user("owner"))
    for name in names:
        make_user(name)
        let_in(workspace.created_by, workspace.pk, username=name, access="editor")
    return workspace


def rows_seen_by(name: str) -> int:
    """By the policies of PostgreSQL, whatever the product would show."""
    person = WorkspaceMember.objects.get(user__username=name).user
    with bound(), acting_as(person.pk):
        return WorkspaceMember.objects.count()


def test_whoever_is_in_sees_who_else_is_with_what_they_may_and_since_when() -> None:
    workspace = shared("ann", "ben")
    ann = WorkspaceMember.objects.get(user__username="ann").user
    client = client_of(ann)
    page = client.get(f"/workspaces/{workspace.pk}/members/").content.decode()
    assert "ben" in page
    assert "own it" in page
    assert page.count("work in it") == 2
    assert "Only the owner lets people in" in page
    listed = client.get(f"/api/v1/workspaces/{workspace.pk}/members/").json()["results"]
    assert {each["username"] for each in listed} == {"ann", "ben"}
    assert listed[0].keys() == {"user", "username", "access", "created_at"}
    assert rows_seen_by("ann") == 2


def test_strangers_see_no_member() -> None:
    shared("ann")
    make_workspace(make_user("other"), pattern_type="bos")
    other = PatternWorkspace.objects.get(pattern_type="bos").created_by
    with bound(), acting_as(other.pk):
        assert not WorkspaceMember.objects.exists()


def test_only_the_owner_changes_who_is_in() -> None:
    workspace = shared("ann", "ben")
    ann, ben = (WorkspaceMember.objects.get(user__username=name).user for name in ("ann", "ben"))
    make_user("carl")
    with pytest.raises(NotAllowed):
        let_in(ann, workspace.pk, username="carl")
    with pytest.raises(NotAllowed):
        take_back(ann, workspace.pk, user_id=ben.pk)
    owner = client_of(workspace.created_by)
    assert owner.post(
        f"/workspaces/{workspace.pk}/members/", {"username": "ben", "access": "viewer"}
    ).status_code == 302  # fmt: skip
    assert WorkspaceMember.objects.get(user=ben).access == "viewer"
    assert AuditRecord.objects.filter(action="workspace.let_in").count() == 3


def test_the_owner_cannot_leave() -> None:
    workspace = shared("ann")
    with pytest.raises(WrongState, match="not without its owner"):
        take_back(workspace.created_by, workspace.pk, user_id=workspace.created_by_id)
    url = f"/api/v1/workspaces/{workspace.pk}/members/{workspace.created_by_id}/"
    refused = client_of(workspace.created_by).delete(url)
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    with pytest.raises(NotAllowed):
        take_back(
            WorkspaceMember.objects.get().user, workspace.pk, user_id=workspace.created_by_id
        )  # nor does an editor put them out


def test_who_is_taken_out_sees_nothing_at_once(settings: Settings, tmp_path: Path) -> None:
    settings.WORKSPACE_FILES = tmp_path / "files"
    workspace = shared("ann")
    ann = WorkspaceMember.objects.get().user
    session = make_session(workspace)
    write_note(workspace.created_by, workspace.pk, text="", files=[SimpleUploadedFile("a.txt", b"secret")])
    here, api = f"/workspaces/{workspace.pk}", f"/api/v1/workspaces/{workspace.pk}"
    urls = [
        f"{here}/",
        f"{here}/changes/?since=2026-01-01T00:00:00Z",  # the live feed
        f"{here}/members/",
        f"{here}/files/{Attachment.objects.get().pk}/",
        f"{here}/sessions/{session.pk}/",
        f"{api}/",
        f"{api}/messages/",
        f"/api/v1/workspaces/sessions/{session.pk}/detections/",
        f"/api/v1/workspaces/candles/{session.candles_id}/bars/",
    ]
    client = client_of(ann)
    for url in urls:
        assert client.get(url).status_code == 200, url
    take_back(workspace.created_by, workspace.pk, user_id=ann.pk)
    for url in urls:
        assert client.get(url).status_code == 404, url
    with bound(), acting_as(ann.pk), connection.cursor() as cursor:
        for table in ("patternworkspace", "workspacemessage", "workspacemember", "sessiondetection"):
            cursor.execute(f"SELECT count(*) FROM workspaces_{table}")
            assert cursor.fetchone() == (0,), table
    with pytest.raises(NotFound):
        take_back(ann, workspace.pk, user_id=ann.pk)


def test_who_created_approved_and_verified_is_shown() -> None:
    workspace = make_workspace(make_user("owner"), status=WorkspaceStatus.BETA, success_rate=0.9)
    approve(workspace.created_by, workspace.pk, comment="Good")
    verify(make_user("chief", role=Role.ADMIN), workspace.pk)
    client = client_of(workspace.created_by)
    told = client.get(f"/api/v1/workspaces/{workspace.pk}/").json()
    assert (told["created_by"], told["approved_by"], told["verified_by"]) == ("owner", "owner", "chief")
    page = client.get(f"/workspaces/{workspace.pk}/members/").content.decode()
    assert "Verified it last" in page
    assert "chief" in page
