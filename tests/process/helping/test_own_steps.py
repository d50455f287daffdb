"""The steps of helpers are for the built-in workflows: people neither are offered them nor can use them."""

from __future__ import annotations

import pytest
from django.test import Client

from orchestrator.accounts.models import Role, User
from orchestrator.executions.services.trying import try_step
from orchestrator.graphs.problems import InvalidGraph
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.services.versions import create_version, publish_draft, restore_version
from process.domain.vocabulary import Help
from process.nodes import NODE_TYPES
from process.services.builtin import builtin_workflow, graph_of
from tests.factories import make_user, make_workflow, node

pytestmark = pytest.mark.django_db
NAMES = {each.name for each in NODE_TYPES}


@pytest.fixture
def author() -> User:
    return make_user()


@pytest.fixture
def client(author: User) -> Client:
    client = Client()
    client.force_login(author)
    return client


def draft_of(author: User, name: str) -> Workflow:
    return make_workflow(author, nodes=[node("write", name)], publish=False)


def test_there_are_four() -> None:
    assert len(NAMES) == 4


def test_authors_are_not_offered_them(client: Client) -> None:
    """The builder's palette is what ``node-types/`` tells."""
    offered = {each["name"] for each in client.get("/api/v1/node-types/").json()}
    assert "transform" in offered
    assert not NAMES & offered
    assert not [name for name in NAMES if name in client.get("/workflows/node-types/").content.decode()]


def test_the_picture_of_a_run_knows_them(client: Client) -> None:
    known = {each["name"] for each in client.get("/api/v1/node-types/?internal=true").json()}
    assert known >= NAMES | {"transform"}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_nobody_publishes_them(author: User, client: Client, name: str) -> None:
    workflow = draft_of(author, name)
    problems = client.get(f"/api/v1/workflows/{workflow.pk}/validate/").json()["problems"]
    assert [(each["code"], each["node"]) for each in problems] == [("internal_type", "write")]
    with pytest.raises(InvalidGraph, match="only for workflows of the product"):
        publish_draft(author, workflow.pk)
    with pytest.raises(InvalidGraph):
        create_version(author, workflow.pk, nodes=[node("again", name)], edges=[])
    assert not WorkflowVersion.objects.filter(status="published").exists()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_nobody_tries_them(author: User, name: str) -> None:
    with pytest.raises(InvalidGraph, match="cannot be tried"):
        try_step(author, make_workflow(author).pk, node=node("write", name), scope={})


def test_an_admin_does_not_publish_them_in_a_built_in_workflow_either() -> None:
    _, workflow = builtin_workflow(Help.DRAFT)
    admin = make_user(role=Role.ADMIN)
    with pytest.raises(InvalidGraph):
        restore_version(admin, workflow.pk, 1)
    graph = graph_of(Help.DRAFT)
    with pytest.raises(InvalidGraph):
        create_version(admin, workflow.pk, nodes=graph["nodes"], edges=graph["edges"])
    assert builtin_workflow(Help.DRAFT)[1].versions.count() == 1
