"""The pages of workspaces: the list, the timeline, describing, members and decisions."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import Role, User
from tests.factories import make_user
from tests.workspaces.making import make_workspace, told
from workspaces.domain.vocabulary import WorkspaceStatus
from workspaces.models import PatternWorkspace, WorkspaceMember, WorkspaceMessage
from workspaces.services.members import let_in
from workspaces.services.notes import write_note

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def test_the_list_shows_what_one_sees_and_offers_what_has_no_workspace() -> None:
    owner, other = make_user("owner"), make_user("other")
    make_workspace(owner, pattern_type="swings")
    make_workspace(other, pattern_type="bos")

    page = client_of(owner).get("/workspaces/").content.decode()

    assert "/workspaces/" + str(PatternWorkspace.objects.get(pattern_type="swings").pk) in page
    assert "/workspaces/" + str(PatternWorkspace.objects.get(pattern_type="bos").pk) not in page
    assert 'value="choch"' in page
    assert 'value="swings"' not in page


def test_filters_of_the_list_stand_in_its_address() -> None:
    owner = make_user("owner")
    make_workspace(owner, pattern_type="swings", status=WorkspaceStatus.BETA)
    lent = make_workspace(make_user("other"), pattern_type="bos")
    let_in(lent.created_by, lent.pk, username="owner")
    client = client_of(owner)

    def found(query: str) -> set[str]:
        page = client.get(f"/workspaces/?{query}").context["page"]
        return {each.pattern_type for each in page.items}

    assert found("") == {"swings", "bos"}
    assert found("mine=1") == {"swings"}
    assert found("status=soon") == {"bos"}
    assert found("status=soon&status=beta") == {"swings", "bos"}
    assert "No workspace fits" in client.get("/workspaces/?status=verified").content.decode()


def test_a_workspace_is_begun_once_and_told_to_be_taken() -> None:
    owner, other = make_user("owner"), make_user("other")
    answer = client_of(owner).post("/workspaces/begin/", {"pattern_type": "swings"})
    workspace = PatternWorkspace.objects.get()
    assert answer["Location"] == f"/workspaces/{workspace.pk}/description/"

    refused = client_of(other).post("/workspaces/begin/", {"pattern_type": "swings"})

    assert refused.status_code == 400
    assert "has its workspace already" in refused.content.decode()


def test_a_description_is_kept_with_its_steps_in_order_and_shown_in_the_timeline() -> None:
    workspace = make_workspace()
    client = client_of(workspace.created_by)
    url = f"/workspaces/{workspace.pk}/description/"

    empty = client.post(url, {"description": " ", "identification_steps": ["Look left"]})
    assert empty.status_code == 400
    assert "Look left" in empty.content.decode(), "what was typed is still there"

    sent = {
        "description": "A <b>turn</b>",
        "reasoning": "Trends end",
        "identification_steps": ["Two", "", "One"],
    }
    assert client.post(url, sent).status_code == 302
    workspace.refresh_from_db()
    assert workspace.identification_steps == ["Two", "One"]
    page = client.get(f"/workspaces/{workspace.pk}/").content.decode()
    assert "A &lt;b&gt;turn&lt;/b&gt;" in page
    assert page.index(">Two</li>") < page.index(">One</li>")


def test_a_note_is_written_and_an_empty_one_is_refused_where_it_was_typed() -> None:
    workspace = make_workspace()
    client = client_of(workspace.created_by)
    url = f"/workspaces/{workspace.pk}/note/"

    assert client.post(url, {"text": "Look\r\nhere"}).status_code == 302
    assert WorkspaceMessage.objects.get(type="note").content == "Look\nhere"
    refused = client.post(url, {"text": "  "})
    assert refused.status_code == 400
    assert "Write something" in refused.content.decode()
    part = client.post(url, {"text": "Again"}, headers={"X-Part": "note"}).content.decode()
    assert 'data-type="note"' in part
    assert "<html" not in part


def test_a_viewer_reads_and_writes_nothing() -> None:
    workspace = make_workspace()
    viewer = make_user("reader")
    let_in(workspace.created_by, workspace.pk, username="reader")
    client = client_of(viewer)

    page = client.get(f"/workspaces/{workspace.pk}/").content.decode()

    assert "data-composer" not in page
    assert client.post(f"/workspaces/{workspace.pk}/note/", {"text": "x"}).status_code == 403
    assert told(workspace) == ["pattern_created"]


def test_members_are_let_in_and_taken_back_and_may_leave() -> None:
    workspace = make_workspace()
    friend = make_user("friend")
    owner = client_of(workspace.created_by)
    url = f"/workspaces/{workspace.pk}/members/"

    nobody = owner.post(url, {"username": "ghost", "access": "viewer"})
    assert nobody.status_code == 400
    assert "Nobody has this user name" in nobody.content.decode()
    assert owner.post(url, {"username": "FRIEND", "access": "editor"}).status_code == 302
    assert WorkspaceMember.objects.get().access == "editor"
    assert client_of(friend).post(f"{url}{friend.pk}/remove/").status_code == 302
    assert not WorkspaceMember.objects.exists()
    assert client_of(friend).get(url).status_code == 404


def test_a_workspace_is_approved_verified_and_sent_back_on_its_pages() -> None:
    workspace = make_workspace(status=WorkspaceStatus.BETA)
    owner = client_of(workspace.created_by)
    admin = client_of(make_user("chief", role=Role.ADMIN))
    here = f"/workspaces/{workspace.pk}"

    early = owner.post(f"{here}/approve/", {"comment": "Done, I think"})
    assert early.status_code == 409
    assert "Done, I think" in early.content.decode(), "the comment is not lost"
    PatternWorkspace.objects.update(success_rate=0.9)
    assert owner.post(f"{here}/approve/", {"comment": "Good"}).status_code == 302
    assert owner.post(f"{here}/verify/").status_code == 403
    assert admin.post(f"{here}/verify/", {"comment": "Yes"}).status_code == 302
    assert admin.post(f"{here}/send-back/", {"comment": " "}).status_code == 400
    assert admin.post(f"{here}/send-back/", {"comment": "It repaints"}).status_code == 302
    workspace.refresh_from_db()
    assert (workspace.status, workspace.version) == ("beta", "1.0.0")


def test_deleting_needs_the_name_and_takes_everything() -> None:
    workspace = make_workspace()
    write_note(workspace.created_by, workspace.pk, text="x")
    client = client_of(workspace.created_by)

    assert client.post(f"/workspaces/{workspace.pk}/delete/", {"confirm": "no"}).status_code == 400
    assert client.post(f"/workspaces/{workspace.pk}/delete/", {"confirm": workspace.name}).status_code == 302
    assert not WorkspaceMessage.objects.exists()


def test_the_list_takes_as_many_queries_for_six_workspaces_as_for_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = make_user("owner")
    client = client_of(owner)
    for kinds in (["swings"], ["bos", "choch", "order_blocks"]):
        for kind in kinds:
            make_workspace(owner, pattern_type=kind)
        with django_assert_num_queries(5):
            client.get("/workspaces/")
