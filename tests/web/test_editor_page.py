"""The JSON editor as a plain form: what a browser without scripts gets, and what the island asks for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.services.versions import save_draft
from orchestrator.workflows.web.schema import fields_of
from orchestrator.workflows.web.text import document_text
from tests.factories import chain, make_user, make_workflow, share, step
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow(db: None) -> Workflow:
    return make_workflow(make_user("ann"), name="Greet", nodes=[step("a")])


@pytest.fixture
def client(visit: Visit, workflow: Workflow) -> Client:
    return visit(workflow.owner)


def opened(client: Client, workflow: Workflow) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    form = client.get(f"/workflows/{workflow.pk}/edit/").context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_what_is_typed_becomes_the_draft(client: Client, workflow: Workflow) -> None:
    form = opened(client, workflow)
    graph = {"nodes": [step("a"), step("b")], "edges": chain("a", "b")}
    answer = client.post(
        f"/workflows/{workflow.pk}/edit/", {**form, "document": json.pretty(graph), "action": "save"}
    )
    assert answer.headers["Location"] == f"/workflows/{workflow.pk}/edit/"
    draft = workflow.versions.get(status="draft")
    assert (draft.number, len(draft.nodes), workflow.versions.get(is_current=True).number) == (2, 2, 1)


def test_saving_without_a_change_makes_no_draft(client: Client, workflow: Workflow) -> None:
    client.post(f"/workflows/{workflow.pk}/edit/", opened(client, workflow))
    assert workflow.versions.count() == 1


def test_saving_and_publishing_in_one_step(client: Client, workflow: Workflow) -> None:
    form = {**opened(client, workflow), "document": '{"nodes": []}', "action": "publish", "note": "Why"}
    refused = client.post(f"/workflows/{workflow.pk}/edit/", form)
    assert refused.status_code == 400
    assert "The draft is saved, but it cannot be published yet." in refused.content.decode()
    again = {**opened(client, workflow), "document": json.pretty({"nodes": [step("z")]}), "action": "publish"}
    answer = client.post(f"/workflows/{workflow.pk}/edit/", {**again, "note": "Why"})
    assert answer.headers["Location"] == f"/workflows/{workflow.pk}/"
    current = workflow.versions.get(is_current=True)
    assert (current.number, current.note) == (2, "Why")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{oops", "This is not JSON"),
        ("[]", "A graph is an object"),
        ('{"nodes": 7}', "&quot;nodes&quot; must be a list."),
        ("", "This field is required."),
        ('{"nodes": ["\\ud800"]}', "not JSON"),
    ],
)
def test_text_that_is_no_graph_is_told_and_kept(
    client: Client, workflow: Workflow, text: str, complaint: str
) -> None:
    answer = client.post(f"/workflows/{workflow.pk}/edit/", {**opened(client, workflow), "document": text})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert complaint in page
    assert answer.context["form"]["document"].value() == text
    assert workflow.versions.count() == 1


def test_the_second_of_two_editors_is_told_and_may_decide(client: Client, workflow: Workflow) -> None:
    form = {**opened(client, workflow), "document": json.pretty({"nodes": [step("mine")]})}
    ben = make_user("ben")
    share(workflow, ben, Access.EDITOR)
    theirs = save_draft(ben, workflow.pk, nodes=[step("theirs")], edges=[])

    refused = client.post(f"/workflows/{workflow.pk}/edit/", form)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "ben has saved this workflow since you opened it" in page
    assert "&quot;mine&quot;" in page
    assert f'value="{theirs.checksum}"' in page
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "theirs"

    client.post(f"/workflows/{workflow.pk}/edit/", {**form, "base_checksum": theirs.checksum})
    assert workflow.versions.get(status="draft").nodes[0]["id"] == "mine"


def test_the_island_finds_its_addresses_and_nothing_that_runs(client: Client, workflow: Workflow) -> None:
    Workflow.objects.filter(pk=workflow.pk).update(name="</script><script>alert(1)</script>")
    answer = client.get(f"/workflows/{workflow.pk}/edit/")
    assert "<script>alert" not in answer.content.decode()
    assert answer.context["builder"]["urls"]["validate"] == f"/api/v1/workflows/{workflow.pk}/validate/"


def test_strangers_and_viewers_do_not_edit(visit: Visit, workflow: Workflow) -> None:
    viewer: User = make_user()
    share(workflow, viewer, Access.VIEWER)
    assert visit(make_user()).get(f"/workflows/{workflow.pk}/edit/").status_code == 404
    assert visit(viewer).get(f"/workflows/{workflow.pk}/edit/").status_code == 403
    assert visit(viewer).post(f"/workflows/{workflow.pk}/edit/", {"document": "{}"}).status_code == 403


def test_node_types_are_explained(client: Client) -> None:
    page = client.get("/workflows/node-types/").content.decode()
    for name in ("decision", "human", "on_deadline", "deadline_seconds", "any_of"):
        assert name in page


def test_fields_are_told_in_words() -> None:
    schema = {
        "required": ["b"],
        "$defs": {"Rule": {"properties": {"when": {}, "port": {}}}},
        "properties": {
            "a": {"type": "array", "items": {"$ref": "#/$defs/Rule"}},
            "b": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "c": {"enum": ["first", "all"], "default": "first"},
            "d": {},
        },
    }
    assert [(row.name, row.kind, row.is_required) for row in fields_of(schema)] == [
        ("b", "whole number", True),
        ("a", "list of {when, port}", False),
        ("c", "first | all", False),
        ("d", "any value", False),
    ]


def test_a_graph_as_text_reads_in_order_and_means_the_same() -> None:
    nodes = [{"type": "t", "data": {"config": {"long": "x" * 90}, "title": "T"}, "id": "a"}, {}]
    text = document_text(nodes, [{"target": "b", "id": "e", "source": "a"}])
    assert json.loads(text)["nodes"] == nodes
    assert (
        text.index('"id": "a"') < text.index('"type": "t"') < text.index('"title"') < text.index('"config"')
    )
    assert '{ "id": "e", "source": "a", "target": "b" }' in text
