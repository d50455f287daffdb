"""The API of workspaces, their messages and members."""

from __future__ import annotations

import pytest

from orchestrator.accounts.models import AuditRecord
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.test_pages import client_of
from workspaces.models import PatternWorkspace

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_a_workspace_is_begun_described_listed_and_deleted() -> None:
    client = client_of(make_user("owner"))
    made = client.post("/api/v1/workspaces/", {"pattern_type": "swings"}, content_type=JSON)
    assert made.status_code == 201
    url = f"/api/v1/workspaces/{made.json()['id']}/"

    steps = {"description": "It turns", "identification_steps": ["One", "Two"]}
    assert client.patch(url, steps, content_type=JSON).status_code == 200
    kept = client.patch(url, {"user_reasoning": "Why"}, content_type=JSON).json()
    assert (kept["description"], kept["identification_steps"]) == ("It turns", ["One", "Two"])
    [listed] = client.get("/api/v1/workspaces/?mine=true&status=soon").json()["results"]
    assert (listed["pattern_type"], listed["created_by"]) == ("swings", "owner")
    assert not client.get("/api/v1/workspaces/?status=beta").json()["results"]
    taken = client.post("/api/v1/workspaces/", {"pattern_type": "swings"}, content_type=JSON)
    assert (taken.status_code, list(taken.json()["errors"])) == (400, ["pattern_type"])
    assert client.delete(url).status_code == 204
    assert not PatternWorkspace.objects.exists()


def test_a_workspace_is_renamed_without_a_word_in_its_timeline() -> None:
    workspace = make_workspace()
    client = client_of(workspace.created_by)
    url = f"/api/v1/workspaces/{workspace.pk}/"
    told = workspace.messages.count()
    first = workspace.name

    named = client.patch(url, {"name": " Swing points ", "category": "Structure"}, content_type=JSON)
    assert (named.status_code, named.json()["name"], named.json()["category"]) == (
        200, "Swing points", "Structure",
    )  # fmt: skip
    assert workspace.messages.count() == told
    entry = AuditRecord.objects.get(action="workspace.renamed")
    assert (entry.before["name"], entry.after["name"]) == (first, "Swing points")

    client.patch(url, {"category": "", "description": "It turns"}, content_type=JSON)
    workspace.refresh_from_db()
    assert (workspace.name, workspace.category, workspace.description) == ("Swing points", "", "It turns")
    assert workspace.messages.count() == told + 1
    for wrong in ("", "  ", "n" * 201):
        refused = client.patch(url, {"name": wrong}, content_type=JSON)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["name"])


def test_messages_are_paged_newest_first_and_filtered_by_type() -> None:
    workspace = make_workspace()
    client = client_of(workspace.created_by)
    url = f"/api/v1/workspaces/{workspace.pk}/messages/"
    for text in ("one", "two", "three"):
        assert client.post(url, {"content": text}, content_type=JSON).status_code == 201
    page = client.get(f"{url}?page_size=2").json()
    assert [each["content"] for each in page["results"]] == ["three", "two"]
    following = client.get(page["next"]).json()["results"]
    assert [each["type"] for each in following] == ["note", "pattern_created"]
    assert len(client.get(f"{url}?type=note").json()["results"]) == 3
    assert client.post(url, {"content": " "}, content_type=JSON).status_code == 400


def test_members_are_let_in_and_leave() -> None:
    workspace = make_workspace()
    friend = make_user("friend")
    owner = client_of(workspace.created_by)
    url = f"/api/v1/workspaces/{workspace.pk}/members/"
    made = owner.post(url, {"username": "friend", "access": "editor"}, content_type=JSON)
    assert (made.status_code, made.json()["access"]) == (201, "editor")
    assert [each["username"] for each in owner.get(url).json()["results"]] == ["friend"]
    assert client_of(friend).delete(f"{url}{friend.pk}/").status_code == 204
    assert client_of(friend).get(url).status_code == 404
