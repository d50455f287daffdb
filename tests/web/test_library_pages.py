"""The library's views, its side bar, and what its forms say to bad input."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Access, BulkJob, SavedView
from orchestrator.workflows.services.definitions import archive_workflow
from orchestrator.workflows.services.folders import create_folder
from orchestrator.workflows.services.sharing import set_favorite
from orchestrator.workflows.services.templates import publish_template
from tests.factories import make_user, make_workflow, share
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script>"


@pytest.fixture
def user() -> User:
    return make_user("bea")


def names_on(client: Client, query: str = "") -> list[str]:
    return [workflow.name for workflow in client.get(f"/workflows/{query}").context["page"].items]


def test_each_view_shows_its_own(visit: Visit, user: User) -> None:
    mine = make_workflow(user, name="Mine")
    share(make_workflow(name="Shared"), user, Access.EDITOR)
    make_workflow(name="Public", is_public=True)
    archive_workflow(user, make_workflow(user, name="Away").pk)
    set_favorite(user, mine.pk, favorite=True)
    client = visit(user)
    assert names_on(client, "?mine=true") == ["Mine"]
    assert names_on(client, "?shared=true") == ["Shared"]
    assert names_on(client, "?favorite=true") == ["Mine"]
    assert names_on(client, "?status=archived") == ["Away"]
    assert set(names_on(client)) == {"Mine", "Shared", "Public"}


def test_what_was_opened_last_comes_first_and_only_while_one_may_see_it(visit: Visit, user: User) -> None:
    one, two, lost = (make_workflow(user, name=name) for name in ("One", "Two", "Lost"))
    client = visit(user)
    for workflow in (one, lost, two, one):
        client.get(f"/workflows/{workflow.pk}/")
    lost.permissions.all().delete()
    type(lost).objects.filter(pk=lost.pk).update(owner=make_user())
    assert names_on(client, "?view=recent") == ["One", "Two"]


def test_a_folder_is_shown_with_all_below_it_and_only_one_s_own(visit: Visit, user: User) -> None:
    make_workflow(user, name="Direct", folder="Sales")
    make_workflow(user, name="Below", folder="Sales/Reports")
    make_workflow(user, name="Loose")
    make_workflow(name="Theirs", folder="Sales", is_public=True)
    client = visit(user)
    assert set(names_on(client, "?folder=Sales")) == {"Direct", "Below"}
    assert names_on(client, "?folder=sales/reports") == ["Below"]
    assert names_on(client, "?folder=-") == ["Loose"]
    assert names_on(client, "?folder=Nowhere") == []


def test_tags_add_up_and_are_taken_away_by_their_links(visit: Visit, user: User) -> None:
    make_workflow(user, name="Both", tags=["a", "b"])
    make_workflow(user, name="One", tags=["a"])
    client = visit(user)
    page = client.get("/workflows/?tag=a").content.decode()
    assert "?tag=a%2Cb" in page
    assert names_on(client, "?tag=a,b") == ["Both"]
    facets = client.get("/workflows/").context["facets"]
    assert [(facet.value, facet.count) for facet in facets.tags] == [("a", 2), ("b", 1)]


def test_a_search_is_ordered_by_rank_page_after_page(visit: Visit, user: User) -> None:
    for number in range(30):
        make_workflow(user, name=f"Other {number:02}", description="about zebras", publish=False)
    make_workflow(user, name="Zebra", publish=False)
    for number in range(30):
        make_workflow(user, name=f"Late {number:02}", publish=False)
    client = visit(user)
    page = client.get("/workflows/?search=zebra").context["page"]
    assert (page.items[0].name, len(page.items), page.previous) == ("Zebra", 25, None)
    second = client.get(f"/workflows/{page.next}").context["page"]
    assert (len(second.items), second.next) == (6, None)
    assert not {each.pk for each in page.items} & {each.pk for each in second.items}
    assert client.get(f"/workflows/{second.previous}").context["page"].items == page.items
    assert client.get("/workflows/?search=zebra&cursor=x").status_code == 400


def test_the_page_asks_no_more_of_a_search_however_much_it_finds(visit: Visit, user: User) -> None:
    client, counts = visit(user), []
    for _ in range(2):
        for _ in range(8):
            make_workflow(user, name="Zebra", tags=["t"], folder="f", publish=False)
        with CaptureQueriesContext(connection) as queries:
            client.get("/workflows/?search=zebra")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_names_with_markup_are_text_on_every_page_of_the_library(visit: Visit, user: User) -> None:
    workflow = make_workflow(user, name=XSS, description=XSS, category=XSS, tags=[XSS], folder="<b>x<")
    template = publish_template(user, workflow.pk)
    folder = workflow.folder
    assert folder is not None
    client = visit(user)
    for address in (
        "/workflows/?search=alert",
        "/workflows/?folder=%3Cb%3Ex%3C",
        "/workflows/tags/",
        "/workflows/templates/?search=alert",
        f"/workflows/templates/{template.pk}/",
        f"/workflows/{workflow.pk}/template/",
        f"/workflows/folders/{folder.pk}/",
    ):
        page = client.get(address).content.decode()
        assert XSS not in page, address
        assert "<b>x<" not in page, address
        assert "&lt;" in page, address


def test_300_tags_are_told_beside_the_field_and_kept(visit: Visit, user: User) -> None:
    workflow = make_workflow(user)
    many = ", ".join(f"tag{number}" for number in range(300))
    answer = visit(user).post(f"/workflows/{workflow.pk}/describe/", {"name": "x", "tags": many})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "A workflow has at most 20 tags; these are 300." in page
    assert "tag299" in page


def test_a_folder_inside_itself_is_told_beside_the_field(visit: Visit, user: User) -> None:
    outer = create_folder(user, name="Outer")
    inner = create_folder(user, name="Inner", parent_id=outer.pk)
    answer = visit(user).post(f"/workflows/folders/{outer.pk}/", {"name": "Outer", "parent": str(inner.pk)})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["parent"]


def test_a_tag_is_renamed_on_its_page_and_a_bad_name_is_kept(visit: Visit, user: User) -> None:
    make_workflow(user, tags=["mony"])
    client = visit(user)
    wrong = client.post("/workflows/tags/rename/", {"tag": "mony", "new": "a,b"})
    assert (wrong.status_code, 'value="a,b"' in wrong.content.decode()) == (400, True)
    client.post("/workflows/tags/rename/", {"tag": "mony", "new": "money"})
    assert "money" in client.get("/workflows/tags/").content.decode()


def test_a_view_is_saved_without_the_place_in_the_list_and_replaced_by_name(visit: Visit, user: User) -> None:
    client = visit(user)
    client.post("/workflows/views/", {"name": "Cash", "query": "tag=money&cursor=abc&search="})
    client.post("/workflows/views/", {"name": "CASH", "query": "tag=cash"})
    assert list(SavedView.objects.values_list("name", "query")) == [("CASH", "tag=cash")]
    answer = client.post("/workflows/views/", {"name": "", "query": "tag=a"})
    assert "1 to 60 characters" in " ".join(map(str, get_messages(answer.wsgi_request)))


def test_how_many_match_is_counted_for_select_all(visit: Visit, user: User) -> None:
    for _ in range(3):
        make_workflow(user, tags=["a"])
    make_workflow(user)
    client = visit(user)
    url = "/workflows/bulk/count/?query=tag%3Da%26ordering%3Dname"
    assert client.get(url).json() == {"count": 3, "text": "3 workflows"}
    assert client.get("/workflows/bulk/count/?query=colour%3Dred").status_code == 400


def test_deleting_many_needs_the_word(visit: Visit, user: User) -> None:
    form = {"action": "delete", "id": str(make_workflow(user).pk)}
    client = visit(user)
    assert client.post("/workflows/bulk/start/", form).status_code == 400
    assert not BulkJob.objects.exists()
    assert client.post("/workflows/bulk/start/", {**form, "confirm": "Delete"}).status_code == 302
