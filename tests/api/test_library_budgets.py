"""How many queries the requests that are made most may take. Savepoints stand for BEGIN and COMMIT."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from rest_framework.test import APIClient

from orchestrator.workflows.models import Access, Workflow
from tests.api.conftest import ClientFor
from tests.factories import make_user, make_workflow, share, step

_IDENTITY = 2  # the session, the person
_numbers = count()


@pytest.fixture
def workflow() -> Workflow:
    return make_workflow(make_user("ann"), name="Momentum review")


def _save(client: APIClient, at: str) -> Any:
    return client.patch(at, {"nodes": [step(f"step{next(_numbers)}")], "edges": []})


@pytest.mark.parametrize(
    ("ask", "queries"),
    [
        pytest.param(lambda client, at: client.get("/api/v1/workflows/"), 1, id="list"),
        pytest.param(lambda client, at: client.get("/api/v1/workflows/?ordering=name"), 2, id="ordered"),
        pytest.param(lambda client, at: client.get(at), 2, id="load"),
        pytest.param(lambda client, at: client.get("/api/v1/workflows/?search=momentum"), 2, id="search"),
        pytest.param(lambda client, at: client.get(f"{at}versions/"), 3, id="version history"),
        # locked row, permission, newest version; version, workflow, audit; the row that is shown
        pytest.param(_save, 7 + 2, id="save"),
    ],
)
def test_nothing_is_asked_twice(
    client_for: ClientFor,
    workflow: Workflow,
    ask: Callable[[APIClient, str], Any],
    queries: int,
    django_assert_num_queries: Any,
) -> None:
    ben = make_user("ben")
    share(workflow, ben, Access.EDITOR)
    client, at = client_for(ben), f"/api/v1/workflows/{workflow.pk}/"
    assert ask(client, at).status_code == 200, "the first save makes the draft"

    with django_assert_num_queries(_IDENTITY + queries):
        answer = ask(client, at)

    assert answer.status_code == 200
