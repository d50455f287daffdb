"""Lists are read from the replica, and nothing else is; on a second connection, to the same database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import User
from orchestrator.core.replica import REPLICA, reads_may_lag
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow
from tests.factories import make_user, make_workflow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def replica() -> Iterator[None]:
    """A second connection; under the first one's name, the only one that tests may open."""
    connections.settings[REPLICA] = dict(connections.settings["default"])
    connections[REPLICA] = connections["default"].copy()
    yield
    connections[REPLICA].close()
    del connections[REPLICA]
    del connections.settings[REPLICA]


@pytest.fixture
def ann() -> User:
    return make_user("ann")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def asked(client: Client, path: str) -> tuple[str, str]:
    """What the primary and the replica were asked by a GET."""
    with (
        CaptureQueriesContext(connections["default"]) as primary,
        CaptureQueriesContext(connections[REPLICA]) as second,
    ):
        assert client.get(path).status_code == 200
    return tuple(" ".join(query["sql"] for query in each) for each in (primary, second))  # type: ignore[return-value]


@pytest.mark.parametrize("path", ["/workflows/", "/api/v1/workflows/", "/executions/", "/api/v1/executions/"])
def test_a_list_is_read_from_the_replica(ann: User, path: str) -> None:
    make_workflow(ann, name="Visible")
    primary, second = asked(client_of(ann), path)
    table = "workflows_workflow" if "workflows" in path else "executions_execution"
    assert f'FROM "{table}"' in second
    assert f'FROM "{table}"' not in primary
    assert "accounts_user" in primary, "who asks is always read from the primary"


def test_the_replica_is_bound_to_the_person_too(ann: User) -> None:
    make_workflow(ann, name="Hers alone")
    assert "Hers alone" in client_of(ann).get("/workflows/").content.decode()
    assert "Hers alone" not in client_of(make_user()).get("/workflows/").content.decode()
    _, second = asked(client_of(ann), "/workflows/")
    assert str(ann.pk) in second


def test_other_pages_are_read_from_the_primary(ann: User) -> None:
    workflow = make_workflow(ann)
    for path in (f"/workflows/{workflow.pk}/", f"/api/v1/workflows/{workflow.pk}/", "/settings/"):
        assert asked(client_of(ann), path)[1] == ""


def test_somebody_who_has_just_changed_something_sees_it_in_the_list(ann: User) -> None:
    client = client_of(ann)
    client.post("/workflows/new/", {"name": "Fresh"})
    primary, second = asked(client, "/workflows/")
    assert ('FROM "workflows_workflow"' in primary, second) == (True, "")


def test_nothing_is_read_from_the_replica_inside_a_transaction(ann: User) -> None:
    with reads_may_lag():
        assert Workflow.objects.all().db == REPLICA
        with transaction.atomic():
            assert Workflow.objects.all().db == "default"
            assert connection.in_atomic_block


def test_writes_go_to_the_primary_whatever_may_lag(ann: User) -> None:
    with reads_may_lag(), CaptureQueriesContext(connections[REPLICA]) as second:
        ann.first_name = "Ann"
        ann.save(update_fields=["first_name"])
        Execution.objects.filter(started_by=ann).delete()
    assert not [query for query in second if query["sql"].startswith(("UPDATE", "DELETE", "INSERT"))]


def test_without_a_replica_everything_is_the_primary(ann: User) -> None:
    found = connections.settings.pop(REPLICA)
    with reads_may_lag():
        assert Workflow.objects.all().db == "default"
    connections.settings[REPLICA] = found
