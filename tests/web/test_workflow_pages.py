"""One workflow's pages: what is shown to whom, settings, sharing, deleting, publishing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Access, Workflow, WorkflowPermission, WorkflowStatus
from orchestrator.workflows.services.versions import save_draft
from tests.factories import chain, make_user, make_workflow, share, step
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owen")


@pytest.fixture
def workflow(owner: User) -> Workflow:
    return make_workflow(owner, name="Greet", nodes=[step("hello")])


def drafted(workflow: Workflow, *more: dict[str, Any]) -> None:
    save_draft(workflow.owner, workflow.pk, nodes=[step("hello", {"v": 2}), *more], edges=[])


def test_a_viewer_sees_and_is_offered_nothing_that_changes(visit: Visit, workflow: Workflow) -> None:
    viewer = make_user("vic")
    share(workflow, viewer, Access.VIEWER)
    drafted(workflow)
    pages = [visit(viewer).get(f"/workflows/{workflow.pk}/{tab}").content.decode() for tab in TABS]
    for page in pages:
        assert "Greet" in page
        for word in (
            "/edit/",
            "/publish/",
            "/archive/",
            "/share/",
            "/unshare/",
            "/delete/",
            "/restore/",
            "/run/",
        ):
            assert word not in page, word
    assert "Greet" in visit(viewer).get(f"/workflows/{workflow.pk}/versions/1/").content.decode()


TABS = ("", "?tab=versions", "?tab=sharing", "?tab=settings")


def test_an_editor_may_change_and_run_and_not_share_or_delete(visit: Visit, workflow: Workflow) -> None:
    editor = make_user("ed")
    share(workflow, editor, Access.EDITOR)
    drafted(workflow)
    page = "".join(visit(editor).get(f"/workflows/{workflow.pk}/{tab}").content.decode() for tab in TABS)
    for word in ("/edit/", "/publish/", "/archive/", "/run/", "/describe/"):
        assert word in page, word
    for word in ("/share/", "/unshare/", "/delete/", 'name="is_public"'):
        assert word not in page, word


def test_the_page_takes_a_fixed_number_of_queries(visit: Visit, workflow: Workflow) -> None:
    client = visit(workflow.owner)
    before = {}
    for tab in TABS:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/workflows/{workflow.pk}/{tab}")
        before[tab] = len(queries)
    for number in range(5):
        share(workflow, make_user(), Access.VIEWER)
        save_draft(workflow.owner, workflow.pk, nodes=[step("hello", {"v": number})], edges=[])
        visit(workflow.owner).post(f"/workflows/{workflow.pk}/publish/")
    for tab in TABS:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/workflows/{workflow.pk}/{tab}")
        assert len(queries) <= before[tab] <= 12, tab


def test_publishing_makes_the_draft_current_and_notes_why(visit: Visit, workflow: Workflow) -> None:
    drafted(workflow)
    client = visit(workflow.owner)
    assert "Publish version 2" in client.get(f"/workflows/{workflow.pk}/").content.decode()
    answer = client.post(f"/workflows/{workflow.pk}/publish/", {"note": "Second thoughts"})
    assert answer.headers["Location"] == f"/workflows/{workflow.pk}/"
    current = workflow.versions.get(is_current=True)
    assert (current.number, current.note) == (2, "Second thoughts")
    assert client.post(f"/workflows/{workflow.pk}/publish/").status_code == 409


def test_a_draft_with_problems_is_not_published_and_they_are_told(visit: Visit, workflow: Workflow) -> None:
    drafted(workflow, {"id": "odd", "type": "nope"})
    client = visit(workflow.owner)
    page = client.get(f"/workflows/{workflow.pk}/").content.decode()
    assert "must be put right first" in page
    answer = client.post(f"/workflows/{workflow.pk}/publish/")
    assert answer.headers["Location"] == f"/workflows/{workflow.pk}/edit/"
    assert "nope" in str(next(iter(get_messages(answer.wsgi_request))))
    assert workflow.versions.get(is_current=True).number == 1


def test_settings_are_saved_with_empty_ones_as_defaults(visit: Visit, workflow: Workflow) -> None:
    form = {
        "name": "Greet all",
        "tags": "Hello, , world",
        "folder": "Demo",
        "timeout_seconds": "90",
        "concurrency": "",
        "max_cost": "1.50",
        "input_schema": '{"type": "object"}',
        "is_public": "on",
    }
    Workflow.objects.update(settings={"notify_on_success": True, "timeout_seconds": 1.0})
    answer = visit(workflow.owner).post(f"/workflows/{workflow.pk}/describe/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    workflow.refresh_from_db()
    assert (workflow.name, workflow.tags, str(workflow.folder), workflow.is_public) == (
        "Greet all",
        ["hello", "world"],
        "Demo",
        True,
    )
    assert workflow.settings == {
        "timeout_seconds": 90.0,
        "max_cost": "1.50",
        "notify_on_success": True,
        "input_schema": {"type": "object"},
    }


def test_the_settings_form_loads_what_is_stored(visit: Visit, owner: User) -> None:
    settings = {
        "concurrency": 7,
        "input_schema": {"type": "object"},
        "max_cost": "2.5",
        "max_cost_per_month": "9",
    }
    workflow = make_workflow(owner, settings=settings, tags=["a", "b"])
    client, url = visit(owner), f"/workflows/{workflow.pk}/"
    page = client.get(f"{url}?tab=settings")
    form = page.context["form"]
    left_out = [name for name in form.fields if f'name="{name}"' not in page.text]
    assert left_out == [], "saving would blank it"
    values = {
        name: form[name].value() or "" for name in form.fields if form[name].value() not in (None, False)
    }
    assert client.post(f"{url}describe/", values).status_code == 302
    workflow.refresh_from_db()
    assert (workflow.settings, workflow.tags) == (settings, ["a", "b"])


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("name", "", "This field is required."),
        ("timeout_seconds", "-1", "greater than 0"),
        ("parallel_steps", "1000", "less than or equal to 100"),
        ("input_schema", "{nope", "This is not JSON"),
        ("input_schema", '{"type": 7}', "is not a JSON Schema"),
        ("tags", ",".join(f"t{n}" for n in range(30)), "at most 20 tags"),
    ],
)
def test_wrong_settings_are_told_beside_what_was_typed(
    visit: Visit, workflow: Workflow, field: str, value: str, complaint: str
) -> None:
    form = {"name": "Kept", field: value}
    answer = visit(workflow.owner).post(f"/workflows/{workflow.pk}/describe/", form)
    assert answer.status_code == 400
    shown = answer.context["form"]
    assert complaint in str(shown.errors[field])
    assert shown[field].value() == value
    workflow.refresh_from_db()
    assert workflow.name == "Greet"


def test_only_the_owner_makes_a_workflow_public(visit: Visit, workflow: Workflow) -> None:
    editor = make_user("ed")
    share(workflow, editor, Access.EDITOR)
    form = {"name": "Changed", "is_public": "on"}
    visit(editor).post(f"/workflows/{workflow.pk}/describe/", form)
    workflow.refresh_from_db()
    assert (workflow.name, workflow.is_public) == ("Changed", False)


def test_sharing_gives_changes_and_takes_access(visit: Visit, workflow: Workflow) -> None:
    friend = make_user("Fay")
    client, url = visit(workflow.owner), f"/workflows/{workflow.pk}"
    for access in ("viewer", "editor"):
        assert client.post(f"{url}/share/", {"username": "fay", "access": access}).status_code == 302
        assert WorkflowPermission.objects.get(user=friend).access == access
    assert client.post(f"{url}/unshare/{friend.pk}/").status_code == 302
    assert not WorkflowPermission.objects.filter(user=friend).exists()
    assert client.post(f"{url}/unshare/{workflow.owner_id}/").status_code == 409


@pytest.mark.parametrize(
    ("username", "complaint"), [("nobody", "There is nobody called"), ("owen", "cannot be lowered")]
)
def test_sharing_with_the_wrong_person_is_told(
    visit: Visit, workflow: Workflow, username: str, complaint: str
) -> None:
    form = {"username": username, "access": "viewer"}
    answer = visit(workflow.owner).post(f"/workflows/{workflow.pk}/share/", form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert complaint in page
    assert f'value="{username}"' in page


def test_deleting_wants_the_name(visit: Visit, workflow: Workflow) -> None:
    client, url = visit(workflow.owner), f"/workflows/{workflow.pk}/delete/"
    refused = client.post(url, {"confirm": "greet"})
    assert refused.status_code == 400
    assert 'value="greet"' in refused.content.decode()
    assert client.post(url, {"confirm": "Greet"}).headers["Location"] == "/workflows/"
    assert not Workflow.objects.exists()


def test_archiving_and_back(visit: Visit, workflow: Workflow) -> None:
    client, url = visit(workflow.owner), f"/workflows/{workflow.pk}"
    client.post(f"{url}/archive/")
    workflow.refresh_from_db()
    assert workflow.status == WorkflowStatus.ARCHIVED
    assert "/run/" not in client.get(f"{url}/").content.decode()
    client.post(f"{url}/unarchive/")
    workflow.refresh_from_db()
    assert workflow.status == WorkflowStatus.ACTIVE


def test_a_copy_belongs_to_who_made_it(visit: Visit, workflow: Workflow) -> None:
    friend = make_user()
    share(workflow, friend, Access.VIEWER)
    visit(friend).post(f"/workflows/{workflow.pk}/duplicate/")
    copy = Workflow.objects.get(owner=friend)
    assert (copy.name, copy.status) == ("Greet (copy)", "draft")


def test_a_version_is_shown_and_restored(visit: Visit, workflow: Workflow) -> None:
    drafted(workflow)
    client, url = visit(workflow.owner), f"/workflows/{workflow.pk}"
    client.post(f"{url}/publish/")
    page = client.get(f"{url}/versions/1/").content.decode()
    assert "&quot;hello&quot;" in page
    assert f"{url}/versions/1/restore/" in page
    client.post(f"{url}/versions/1/restore/")
    current = workflow.versions.get(is_current=True)
    assert (current.number, current.nodes) == (3, workflow.versions.get(number=1).nodes)
    assert client.get(f"{url}/versions/9/").status_code == 404


def test_two_versions_are_compared(visit: Visit, owner: User) -> None:
    workflow = make_workflow(owner, nodes=[step("a"), step("gone")], edges=chain("a", "gone"))
    nodes: list[Any] = [{**step("a", {"v": 2}, title="First"), "position": {"x": 5, "y": 5}}, step("fresh")]
    save_draft(owner, workflow.pk, nodes=nodes, edges=[])
    client, url = visit(owner), f"/workflows/{workflow.pk}"
    answer = client.get(f"{url}/compare/1/2/")
    (_, nodes_changed), (_, edges_changed) = answer.context["parts"]
    assert [(each.kind, each.title) for each in nodes_changed] == [
        ("added", "fresh"),
        ("removed", "gone"),
        ("changed", "First"),
    ]
    assert [(each.kind, each.title) for each in edges_changed] == [("removed", "First → gone")]
    assert "data.config.output.v" in answer.content.decode()
    assert b"No difference" in client.get(f"{url}/compare/2/2/").content
    chosen = client.get(f"{url}/compare/?before=1&after=2")
    assert chosen.headers["Location"] == f"{url}/compare/1/2/"
    assert client.get(f"{url}/compare/?before=1&after=x").status_code == 400
