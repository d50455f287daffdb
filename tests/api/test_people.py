"""Whom the approvals of a workflow may ask: found by name, and only by those who may know of them."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import Role, User
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.queries.people import people_to_ask
from tests.api.conftest import ClientFor
from tests.factories import make_user, make_workflow, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow(db: None) -> Workflow:
    """Of ann, shared with bob; carol has nothing to do with it, and dan left."""
    workflow = make_workflow(make_user("ann"))
    share(workflow, make_user("bob", first_name="Robert", last_name="Brown"), Access.VIEWER)
    make_user("carol")
    share(workflow, make_user("dan", is_active=False), Access.EDITOR)
    return workflow


def found(client_for: ClientFor, user: User, workflow: Workflow, search: str = "") -> dict[str, Any]:
    answer = client_for(user).get(f"/api/v1/workflows/{workflow.pk}/people/", {"search": search})
    assert answer.status_code == 200, answer.content
    return {each["username"]: each["may_see"] for each in answer.json()}


def test_an_author_finds_people_with_access_and_no_strangers(
    client_for: ClientFor, workflow: Workflow
) -> None:
    assert found(client_for, workflow.owner, workflow) == {"ann": True, "bob": True}
    assert found(client_for, workflow.owner, workflow, "brown rob") == {"bob": True}
    assert found(client_for, workflow.owner, workflow, "carol") == {}
    assert found(client_for, workflow.owner, workflow, "dan") == {}
    Workflow.objects.filter(pk=workflow.pk).update(is_public=True)
    assert found(client_for, workflow.owner, workflow, "carol") == {}, "public, and she is still a stranger"


def test_an_admin_finds_everybody_and_hears_who_cannot_answer(
    client_for: ClientFor, workflow: Workflow
) -> None:
    admin = make_user("root", role=Role.ADMIN)
    assert found(client_for, admin, workflow) == {"ann": True, "bob": True, "carol": False, "root": True}


def test_people_are_found_in_one_query(
    workflow: Workflow, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner = workflow.owner
    for _ in range(60):
        share(workflow, make_user(), Access.VIEWER)
    with django_assert_num_queries(1):
        assert len(people_to_ask(owner, workflow)) == 50
