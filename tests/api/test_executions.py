"""Executions and approvals over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from orchestrator.accounts.services.keys import create_api_key
from orchestrator.executions.models import EventRow, Execution
from orchestrator.workflows.models import Access
from tests.api.conftest import ClientFor
from tests.factories import chain, expression, fresh, make_user, make_workflow, node, share, start, step

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
URL = "/api/v1/executions/"
NEVER = {"any_of": [{"signal": "go", "port": "out"}]}


def test_a_run_is_started_followed_and_read(client_for: ClientFor, drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[step("a", {"n": expression("input.n")}), step("b")], edges=chain("a", "b")
    )
    client = client_for(workflow.owner)
    started = client.post(f"/api/v1/workflows/{workflow.pk}/execute/", {"input": {"n": 3}})
    assert (started.status_code, started.json()["status"]) == (202, "pending")
    drain()

    url = f"{URL}{started.json()['id']}/"
    run = client.get(url).json()
    assert (run["status"], run["outputs"], run["version"]) == (
        "completed",
        {"a": {"n": 3}, "b": {"ok": True}},
        1,
    )
    assert (run["started_by"]["username"], run["trigger"]) == (workflow.owner.username, "api")
    assert run["metrics"]["nodes"] == 2
    steps = client.get(f"{url}steps/").json()["results"]
    assert [(each["node_id"], each["iteration"], each["attempt"], each["status"]) for each in steps] == [
        ("a", 1, 1, "success"),
        ("b", 1, 1, "success"),
    ]


def test_the_same_key_starts_one_run(client_for: ClientFor) -> None:
    workflow = make_workflow()
    client = client_for(workflow.owner)
    url = f"/api/v1/workflows/{workflow.pk}/execute/"
    first = client.post(url, {}, headers={"idempotency-key": "k1"})
    again = client.post(url, {}, headers={"idempotency-key": "k1"})
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Execution.objects.count() == 1


def test_an_input_outside_the_schema_is_refused_with_field_errors(client_for: ClientFor) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    workflow = make_workflow(settings={"input_schema": schema})
    answer = client_for(workflow.owner).post(
        f"/api/v1/workflows/{workflow.pk}/execute/", {"input": {"n": "x"}}
    )
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["input.n"]


def test_events_can_be_read_from_a_cursor_on(client_for: ClientFor, drain: Drain) -> None:
    execution = start(make_workflow(nodes=[step("a"), step("b")], edges=chain("a", "b")))
    drain()
    client = client_for(execution.started_by)
    types = [each["type"] for each in client.get(f"{URL}{execution.pk}/events/").json()["results"]]
    assert types == ["execution_started", "step_succeeded", "step_succeeded", "execution_ended"]
    later = client.get(f"{URL}{execution.pk}/events/", {"after": 2}).json()["results"]
    assert [each["seq"] for each in later] == [3, 4]
    assert client.get(f"{URL}{execution.pk}/events/", {"after": "x"}).status_code == 400


def test_the_state_after_any_event_can_be_read(client_for: ClientFor, drain: Drain) -> None:
    execution = start(make_workflow(nodes=[step("a"), step("b")], edges=chain("a", "b")))
    drain()
    client = client_for(execution.started_by)
    then = client.get(f"{URL}{execution.pk}/state/", {"seq": 2}).json()["state"]
    assert list(then["scopes"][""]["nodes"]) == ["a"]
    now = client.get(f"{URL}{execution.pk}/state/").json()
    assert (now["seq"], now["state"]["status"]) == (4, "completed")
    assert client.get(f"{URL}{execution.pk}/state/", {"seq": 99}).status_code == 404


def test_a_run_is_paused_resumed_signalled_and_cancelled(client_for: ClientFor, drain: Drain) -> None:
    execution = start(
        make_workflow(
            nodes=[node("wait", "wait", NEVER), node("more", "wait", NEVER)], edges=chain("wait", "more")
        )
    )
    client, url = client_for(execution.started_by), f"{URL}{execution.pk}/"
    drain()
    for call, status in (
        ("pause/", "paused"),
        ("resume/", "waiting"),
        ("signals/go/", "waiting"),
        ("cancel/", "cancelled"),
    ):
        assert client.post(f"{url}{call}", {}).status_code == 202
        drain()
        assert fresh(execution).status == status
    assert client.post(f"{url}cancel/").status_code == 409
    event = EventRow.objects.get(execution_id=execution.pk, type="cancel_requested")
    assert event.metadata["user_id"] == str(execution.started_by_id)
    assert event.metadata["ip_address"] == "127.0.0.1"


def test_who_came_with_a_key_stands_in_the_events(client_for: ClientFor, drain: Drain) -> None:
    execution = start(make_workflow(nodes=[node("wait", "wait", NEVER)]))
    drain()
    assert execution.started_by is not None
    _, secret = create_api_key(execution.started_by, name="k", scopes=["run"])
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Api-Key {secret}")
    assert program.post(f"{URL}{execution.pk}/signals/go/", {"payload": None}).status_code == 202
    drain()
    event = EventRow.objects.get(execution_id=execution.pk, type="signal_received")
    assert event.metadata["user_id"] == str(execution.started_by_id)
    assert event.data["by"] == execution.started_by.username


def test_a_failed_run_is_retried_from_a_node_on_a_version(client_for: ClientFor, drain: Drain) -> None:
    bad = step("b", {"x": expression("input.missing")})
    execution = start(make_workflow(nodes=[step("a"), bad], edges=chain("a", "b")), {})
    drain()
    client, url = client_for(execution.started_by), f"{URL}{execution.pk}/retry/"
    retry = client.post(url, {"from": "a", "version": "current"})
    assert (retry.status_code, retry.json()["retry_of"]) == (202, str(execution.pk))
    assert client.post(url, {"from": "nowhere"}).status_code == 409
    assert client.post(url, {"version": "other"}).status_code == 400


def test_lists_are_filtered(client_for: ClientFor, drain: Drain) -> None:
    ann = make_user("ann")
    one, two = make_workflow(ann), make_workflow(ann, nodes=[node("wait", "wait", NEVER)])
    done, waiting = start(one), start(two)
    drain()
    client = client_for(ann)

    def found(**params: Any) -> set[str]:
        return {row["id"] for row in client.get(URL, params).json()["results"]}

    assert found() == {str(done.pk), str(waiting.pk)}
    assert found(workflow=one.pk) == {str(done.pk)}
    assert found(status="waiting") == {str(waiting.pk)}
    assert found(started_by="me") == {str(done.pk), str(waiting.pk)}
    assert found(started_by="ben") == set()
    assert found(trigger="manual") == {str(done.pk), str(waiting.pk)}
    assert found(started_before="2020-01-01T00:00:00Z") == set()
    assert client.get(URL, {"started_after": "yesterday"}).status_code == 400
    assert client.get(URL, {"status": "odd"}).status_code == 400


def test_the_statistics_of_a_workflow_count_its_runs(client_for: ClientFor, drain: Drain) -> None:
    workflow = make_workflow(nodes=[step("a", {"x": expression("input.x")})])
    inputs: list[Any] = [{"x": 1}, {"x": 2}, {}]
    for given in inputs:
        start(workflow, given)
    drain()
    stats = client_for(workflow.owner).get(f"/api/v1/workflows/{workflow.pk}/stats/").json()
    assert stats["by_status"] == {"completed": 2, "failed": 1}
    assert (stats["total"], round(stats["success_rate"], 2)) == (3, 0.67)
    assert stats["average_duration_ms"] >= 0


def test_the_inbox_shows_what_asks_me_and_answers_once(client_for: ClientFor, drain: Drain) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    workflow = make_workflow(ann, nodes=[node("ask", "human", {"approvers": ["user:ben"], "title": "Well?"})])
    execution = start(workflow)
    drain()

    assert client_for(ann).get("/api/v1/approvals/", {"mine": "true"}).json()["results"] == []
    client = client_for(ben)
    mine = client.get("/api/v1/approvals/", {"mine": "true", "status": "pending"}).json()["results"]
    assert [(each["title"], each["can_answer"], each["workflow"]["name"]) for each in mine] == [
        ("Well?", True, workflow.name)
    ]
    url = f"/api/v1/approvals/{mine[0]['id']}/"
    assert client_for(ann).post(f"{url}approve/").status_code == 403
    answer = client.post(f"{url}approve/", {"comment": "yes"})
    assert (answer.status_code, answer.json()["status"], answer.json()["decided_by"]["username"]) == (
        200,
        "approved",
        "ben",
    )
    again = client.post(f"{url}reject/")
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    drain()
    assert fresh(execution).status == "completed"


def test_payloads_are_not_in_lists(client_for: ClientFor, drain: Drain) -> None:
    execution = start(make_workflow(), {"secret": "s3cret"})
    drain()
    assert "s3cret" not in client_for(execution.started_by).get(URL).content.decode()


def test_a_list_costs_the_same_number_of_queries_however_long_it_is(
    client_for: ClientFor, drain: Drain, django_assert_max_num_queries: Any
) -> None:
    workflow = make_workflow()
    viewer = make_user()
    share(workflow, viewer, Access.VIEWER)
    for _ in range(12):
        start(workflow)
    drain()
    client = client_for(viewer)
    with django_assert_max_num_queries(6):
        assert len(client.get(URL).json()["results"]) == 12
    with django_assert_max_num_queries(4):
        client.get("/api/v1/workflows/")
    with django_assert_max_num_queries(4):
        client.get("/api/v1/approvals/")
