"""The list of workflows and making new ones."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from orchestrator.workflows.examples import Example, examples
from orchestrator.workflows.models import Access, Workflow, WorkflowFavorite, WorkflowVersion
from orchestrator.workflows.services.definitions import archive_workflow
from orchestrator.workflows.services.versions import check_graph
from tests.factories import make_user, make_workflow, share, step
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script>"


def names_on(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/workflows/{query}").context["page"]
    return [workflow.name for workflow in page.items]


@pytest.fixture
def builder(db: None) -> User:
    return make_user("bea")


def test_only_what_one_may_see_is_listed(visit: Visit, builder: User) -> None:
    make_workflow(builder, name="Mine")
    share(make_workflow(name="Shared"), builder, Access.VIEWER)
    make_workflow(name="Public", is_public=True)
    make_workflow(name="Secret")
    assert set(names_on(visit(builder))) == {"Mine", "Shared", "Public"}
    assert set(names_on(visit(make_user(role=Role.ADMIN)))) == {"Mine", "Shared", "Public", "Secret"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?search=invoice", ["Send invoices"]),
        ("?tag=money", ["Send invoices"]),
        ("?folder=Ops", ["Restart"]),
        ("?category=it", ["Restart"]),
        ("?status=draft", ["Idea"]),
        ("?status=archived", ["Old"]),
        ("?favorite=true", ["Restart"]),
        ("?mine=true&ordering=name", ["Idea", "Restart", "Send invoices"]),
        ("?search=nothing+like+it", []),
        ("?tag=money&folder=Ops", []),
    ],
)
def test_filters_stand_in_the_address(visit: Visit, builder: User, query: str, found: list[str]) -> None:
    make_workflow(builder, name="Send invoices", tags=["money", "mail"])
    restart = make_workflow(builder, name="Restart", folder="Ops", category="it")
    make_workflow(builder, name="Idea", publish=False)
    archive_workflow(builder, make_workflow(builder, name="Old").pk)
    WorkflowFavorite.objects.create(workflow=restart, user=builder)
    assert names_on(visit(builder), query) == found


def test_pages_of_the_list_hold_every_workflow_once_and_keep_the_filters(visit: Visit, builder: User) -> None:
    for number in range(60):
        Workflow.objects.create(owner=builder, name=f"W{number:03}", tags=["many"], is_public=True)
    client, seen = visit(builder), []
    query: str | None = "?tag=many&ordering=name"
    for _ in range(3):
        page = client.get(f"/workflows/{query}").context["page"]
        seen += [workflow.name for workflow in page.items]
        query = page.next
        assert query is None or parse_qs(urlsplit(query).query)["tag"] == ["many"]
    assert seen == [f"W{number:03}" for number in range(60)]
    assert query is None
    assert client.get("/workflows/?cursor=nonsense").status_code == 400


def test_the_number_of_queries_does_not_depend_on_the_number_of_workflows(
    visit: Visit, builder: User
) -> None:
    client = visit(builder)
    counts = []
    for _ in range(2):
        for _ in range(10):
            make_workflow(builder, tags=["a"], folder="f", category="c")
        with CaptureQueriesContext(connection) as queries:
            client.get("/workflows/?tag=a&favorite=false")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 11


def test_names_are_escaped(visit: Visit, builder: User) -> None:
    make_workflow(builder, name=XSS, description=XSS, tags=[XSS], folder=XSS, category=XSS)
    client = visit(builder)
    pages = ["/workflows/", f"/workflows/?search={XSS}&tag={XSS}"]
    pk = Workflow.objects.get().pk
    pages += [
        f"/workflows/{pk}/{rest}" for rest in ("", "?tab=settings", "?tab=sharing", "?tab=versions", "edit/")
    ]
    pages += [f"/workflows/{pk}/versions/1/"]
    for address in pages:
        page = client.get(address).content.decode()
        assert XSS not in page, address
        assert "&lt;script&gt;" in page, address


def test_an_empty_list_says_what_to_do(visit: Visit, builder: User) -> None:
    client = visit(builder)
    assert b"No workflows yet" in client.get("/workflows/").content
    assert b"Clear filters" in client.get("/workflows/?search=x").content
    watcher = visit(make_user(role=Role.VIEWER)).get("/workflows/").content
    assert b"Nothing is shared with you yet" in watcher
    assert b"New workflow" not in watcher


def test_a_star_is_set_and_taken_away(visit: Visit, builder: User) -> None:
    workflow = make_workflow(builder)
    client, url = visit(builder), f"/workflows/{workflow.pk}/favorite/"
    starred = client.post(url, {"favorite": "1"}, HTTP_HX_REQUEST="true")
    assert b"from favourites" in starred.content
    assert WorkflowFavorite.objects.count() == 1
    assert client.post(url, {"favorite": "0"}).status_code == 302
    assert not WorkflowFavorite.objects.exists()


@pytest.mark.parametrize("example", examples(), ids=lambda each: each.key)
def test_every_example_can_be_published_as_it_is(visit: Visit, builder: User, example: Example) -> None:
    answer = visit(builder).post("/workflows/new/", {"name": "From it", "start": example.key})
    version = WorkflowVersion.objects.get()
    assert answer.headers["Location"] == f"/workflows/{version.workflow_id}/edit/"
    assert check_graph(version.document) == []
    assert len(version.nodes) >= 2


def test_a_blank_workflow_is_blank(visit: Visit, builder: User) -> None:
    visit(builder).post("/workflows/new/", {"name": "Blank", "description": "d", "start": ""})
    assert WorkflowVersion.objects.get().document == {"nodes": [], "edges": []}


def test_a_new_workflow_wants_a_name_and_keeps_the_rest(visit: Visit, builder: User) -> None:
    answer = visit(builder).post("/workflows/new/", {"name": " ", "description": "kept", "start": "loop"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "This field is required." in page
    assert ">kept</textarea>" in page.replace("\n", "")
    assert page.split('value="loop"')[1].split(">")[0].strip().endswith("checked")
    assert not Workflow.objects.exists()


def test_viewers_make_no_workflows(visit: Visit) -> None:
    client = visit(make_user(role=Role.VIEWER))
    assert client.get("/workflows/new/").status_code == 403
    assert client.post("/workflows/new/", {"name": "x"}).status_code == 403
    assert client.post("/workflows/import/", {"text": '{"nodes": []}'}).status_code == 403


def test_what_is_exported_can_be_imported(visit: Visit, builder: User) -> None:
    source = make_workflow(builder, name="Überweisung / März", tags=["a"], nodes=[step("one")])
    client = visit(builder)
    exported = client.get(f"/workflows/{source.pk}/export/")
    assert exported.headers["Content-Disposition"] == "attachment; filename=uberweisung-marz.json"
    file = io.BytesIO(exported.content)
    file.name = "w.json"
    client.post("/workflows/import/", {"file": file})
    copy = Workflow.objects.exclude(pk=source.pk).get()
    assert (copy.name, copy.tags, copy.status) == (source.name, ["a"], "draft")
    assert json.loads(exported.content)["nodes"] == WorkflowVersion.objects.get(workflow=copy).nodes


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({}, "Choose a file or paste its text."),
        ({"text": "{oops"}, "This is not JSON"),
        ({"text": "[1, 2]"}, "not a workflow file"),
        ({"text": '{"name": "x"}'}, "nodes: Field required"),
        ({"text": '{"nodes": [], "format": "other/9"}'}, "format: String should match"),
    ],
)
def test_a_file_that_is_none_is_told_and_kept(
    visit: Visit, builder: User, form: dict[str, str], complaint: str
) -> None:
    answer = visit(builder).post("/workflows/import/", form)
    assert answer.status_code == 400
    assert complaint in answer.content.decode()
    assert form.get("text", "").replace('"', "&quot;") in answer.content.decode()
    assert not Workflow.objects.exists()
