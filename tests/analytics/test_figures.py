"""Figures: whose runs count, in which day they fall, what they add up to; pages, API and files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import Role, User
from orchestrator.analytics.queries.runs import runs_of
from orchestrator.analytics.queries.tables import MOST
from orchestrator.core.clock import utc_now
from orchestrator.workflows.models import Access
from tests.analytics.conftest import MakeHistory
from tests.factories import make_user, make_workflow, share

pytestmark = pytest.mark.django_db
BACKEND = "orchestrator.accounts.backends.AnyCaseBackend"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def summary(user: User, query: str = "") -> Any:
    answer = client_of(user).get(f"/api/v1/analytics/summary/{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def node_metric(node: str, took: int, *, failures: int = 0) -> dict[str, Any]:
    return {"node_id": node, "node_type": "action", "duration_ms": took, "longest_ms": took, "cost": "0",
            "success": not failures, "runs": 1, "failures": failures}  # fmt: skip


def test_only_runs_of_workflows_one_may_see_count(make_history: MakeHistory) -> None:
    mine, shared, hidden = make_workflow(), make_workflow(), make_workflow()
    me, admin = mine.owner, make_user(role=Role.ADMIN)
    share(shared, me, Access.VIEWER)
    for workflow in (mine, shared, hidden):
        make_history(workflow, utc_now())
    assert summary(me)["runs"]["total"] == 2
    assert summary(admin)["runs"]["total"] == 3
    assert summary(make_user())["runs"]["total"] == 0
    assert {row["name"] for row in summary(me)["workflows"]} == {mine.name, shared.name}


def test_a_workflow_one_may_not_see_is_not_found(make_history: MakeHistory) -> None:
    hidden, stranger = make_workflow(), make_user()
    client = client_of(stranger)
    for address in (
        f"/api/v1/analytics/summary/?workflow={hidden.pk}",
        f"/api/v1/analytics/workflows/{hidden.pk}/",
        f"/analytics/?workflow={hidden.pk}",
        f"/analytics/workflows/{hidden.pk}/",
        f"/analytics/export/runs.csv?workflow={hidden.pk}",
        "/analytics/?workflow=nonsense",
    ):
        assert client.get(address).status_code == 404


def test_outcomes_rates_and_durations_add_up(make_history: MakeHistory) -> None:
    workflow, now = make_workflow(), utc_now()
    for took in (100, 200, 300):
        make_history(workflow, now, took_ms=took)
    make_history(workflow, now, status="failure", took_ms=9_000)
    make_history(workflow, now, status="timeout")
    make_history(workflow, now, status="cancelled")
    runs = summary(workflow.owner)["runs"]
    assert {name: runs[name] for name in ("total", "success", "failure", "timeout", "cancelled")} == {
        "total": 6, "success": 3, "failure": 1, "timeout": 1, "cancelled": 1,
    }  # fmt: skip
    assert runs["success_rate"] == pytest.approx(3 / 5), "cancelled runs are judged by nobody"
    assert runs["average_duration_ms"] == pytest.approx(200)
    assert runs["p50_duration_ms"] == pytest.approx(200, rel=0.35)
    assert 200 < runs["p95_duration_ms"] < 450


def test_a_run_falls_in_the_day_of_the_reader(make_history: MakeHistory) -> None:
    workflow = make_workflow(make_user(time_zone="Asia/Kathmandu"))
    make_history(workflow, datetime(2026, 3, 1, 18, 20, tzinfo=UTC))  # 00:05 on the 2nd
    make_history(workflow, datetime(2026, 3, 1, 18, 10, tzinfo=UTC))  # 23:55 on the 1st
    found = summary(workflow.owner, "?from=2026-03-01&to=2026-03-02")
    assert [bucket["runs"]["total"] for bucket in found["by_time"]] == [1, 1]
    assert found["range_start"] == "2026-02-28T18:15:00Z"


def test_the_period_before_is_of_the_same_length(make_history: MakeHistory) -> None:
    workflow, now = make_workflow(), utc_now()
    make_history(workflow, now)
    make_history(workflow, now - timedelta(days=8))
    make_history(workflow, now - timedelta(days=40))
    found = summary(workflow.owner, "?range=7d")
    assert (found["runs"]["total"], found["before"]["total"]) == (1, 1)


def test_costs_are_grouped_as_asked(make_history: MakeHistory) -> None:
    workflow, now = make_workflow(), utc_now()
    usage = {
        "gemini": {"calls": 1, "tokens": 10, "cost": "0.01"},
        "groq": {"calls": 2, "tokens": 5, "cost": "0.002"},
    }
    make_history(workflow, now, ai_usage=usage, cost=Decimal("0.012"))
    make_history(workflow, now - timedelta(days=1), ai_usage={"groq": usage["groq"]}, cost=Decimal("0.002"))
    client = client_of(workflow.owner)

    def costs(group_by: str) -> Any:
        return client.get(f"/api/v1/analytics/costs/?group_by={group_by}").json()["results"]

    assert costs("provider") == [
        {"provider": "gemini", "calls": 1, "tokens": 10, "cost": "0.010000"},
        {"provider": "groq", "calls": 4, "tokens": 10, "cost": "0.004000"},
    ]
    assert len(costs("provider,day")) == 3
    assert [row["workflow"] for row in costs("workflow")] == [workflow.name]
    assert client.get("/api/v1/analytics/costs/?group_by=colour").status_code == 400


def test_response_times_are_by_person(make_history: MakeHistory) -> None:
    workflow, now = make_workflow(), utc_now()

    def answer(who: str, took: int, *, approved: bool = True) -> dict[str, Any]:
        asked = (now - timedelta(milliseconds=took)).isoformat()
        return {"node_id": "ask", "approver": who, "requested_at": asked,
                "responded_at": now.isoformat(), "approved": approved, "duration_ms": took}  # fmt: skip

    make_history(workflow, now, human_interactions=[answer("ada", 1_000), answer("bob", 9_000)])
    make_history(workflow, now, human_interactions=[answer("ada", 3_000, approved=False), answer("", 500)])
    rows = client_of(workflow.owner).get("/api/v1/analytics/approvals/").json()["results"]
    assert [(row["approver"], row["answers"], row["approved"]) for row in rows] == [
        ("ada", 2, 1), ("", 1, 1), ("bob", 1, 1),
    ]  # fmt: skip
    assert rows[0]["average_duration_ms"] == 2_000
    assert rows[0]["longest_duration_ms"] == 3_000


def test_the_slowest_nodes_come_first(make_history: MakeHistory) -> None:
    workflow = make_workflow()
    make_history(
        workflow, utc_now(), node_metrics=[node_metric("quick", 5), node_metric("slow", 900, failures=1)]
    )
    make_history(workflow, utc_now(), node_metrics=[node_metric("quick", 7), node_metric("slow", 100)])
    nodes = summary(workflow.owner)["slowest_nodes"]
    assert [(node["node_id"], node["average_duration_ms"], node["failures"]) for node in nodes] == [
        ("slow", 500, 1), ("quick", 6, 0),
    ]  # fmt: skip


def test_what_a_workflow_ever_did_stands_beside_the_range(make_history: MakeHistory) -> None:
    workflow = make_workflow()
    make_history(workflow, utc_now() - timedelta(days=300), took_ms=400)
    make_history(workflow, utc_now(), took_ms=200)
    make_history(workflow, utc_now(), status="failure")
    found = client_of(workflow.owner).get(f"/api/v1/analytics/workflows/{workflow.pk}/").json()
    ever = found["ever"]
    assert (ever["total_executions"], ever["successful_executions"], ever["failed_executions"]) == (3, 2, 1)
    assert ever["success_rate"] == pytest.approx(2 / 3)
    assert ever["average_duration_ms"] == 300
    assert found["runs"]["total"] == 2


def test_the_statistics_of_a_workflow_hold_what_is_there_and_what_ever_was(make_history: MakeHistory) -> None:
    workflow = make_workflow()
    make_history(workflow, utc_now() - timedelta(days=300), took_ms=400)
    found = client_of(workflow.owner).get(f"/api/v1/workflows/{workflow.pk}/stats/").json()
    assert (found["total"], found["by_status"], found["success_rate"]) == (0, {}, None)
    assert (found["ever"]["total_executions"], found["ever"]["success_rate"]) == (1, 1.0)


def test_slow_workflows_are_those_whose_mean_is_above_the_limit(make_history: MakeHistory) -> None:
    owner = make_user()
    slow, quick = make_workflow(owner, name="Slow one"), make_workflow(owner, name="Quick one")
    make_history(slow, utc_now() - timedelta(days=200), took_ms=6_000)
    make_history(quick, utc_now(), took_ms=4_000)
    client = client_of(owner)
    table = list(csv.DictReader(io.StringIO(_text(client.get("/analytics/export/slow.csv")))))
    assert [(row["workflow"], row["average_ms"]) for row in table] == [("Slow one", "6000")]
    assert len(_text(client.get("/analytics/export/slow.csv?over=3")).splitlines()) == 3


def test_a_table_that_is_cut_says_so(make_history: MakeHistory) -> None:
    owner = make_user()
    for _ in range(MOST - 1):
        make_history(make_workflow(owner), utc_now())
    client = client_of(owner)
    assert "The 50 busiest are listed." not in client.get("/analytics/").content.decode()
    cache.clear()  # the page keeps its figures for some seconds
    for _ in range(2):
        make_history(make_workflow(owner), utc_now())
    assert "The 50 busiest are listed." in client.get("/analytics/").content.decode()


def test_names_that_look_like_formulas_do_nothing_in_a_spreadsheet(make_history: MakeHistory) -> None:
    workflow = make_workflow(name="=HYPERLINK(1)")
    make_history(workflow, utc_now())
    text = _text(client_of(workflow.owner).get("/analytics/export/workflows.csv"))
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text


@pytest.mark.parametrize("table", ["runs", "workflows", "nodes", "costs", "answers", "slow"])
def test_every_table_is_a_file_with_a_head(make_history: MakeHistory, table: str) -> None:
    workflow = make_workflow()
    make_history(workflow, utc_now())
    answer = client_of(workflow.owner).get(f"/analytics/export/{table}.csv?range=7d")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "," in _text(answer).splitlines()[0]


@pytest.mark.parametrize("query", ["from=x&to=y", "from=2026-03-02&to=2026-03-01", "range=custom"])
def test_a_range_that_is_none_is_said_beside_its_field(query: str) -> None:
    client = client_of(make_user())
    answer = client.get(f"/api/v1/analytics/summary/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]
    page = client.get(f"/analytics/?{query}")
    assert page.status_code == 400
    assert b"The last 30 days are shown" in page.content
    assert client.get(f"/analytics/export/runs.csv?{query}").status_code == 400


def test_a_page_costs_the_same_however_much_there_is(
    make_history: MakeHistory, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    owner = make_user()
    for number in range(6):
        workflow = make_workflow(owner)
        make_history(workflow, utc_now() - timedelta(days=number), node_metrics=[node_metric("a", 5)])
    client = client_of(owner)
    with django_assert_max_num_queries(28):
        client.get(reverse("analytics:overview"))
    with django_assert_max_num_queries(12):
        client.get("/api/v1/analytics/summary/")


def test_generated_history_is_labelled(make_history: MakeHistory) -> None:
    workflow = make_workflow()
    make_history(workflow, utc_now())
    client = client_of(workflow.owner)
    assert b"generated for the demo" not in client.get("/analytics/").content
    make_history(workflow, utc_now(), is_generated=True)
    assert b"generated for the demo" in client.get("/analytics/").content


def _text(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_a_list_learns_how_its_workflows_did_lately_in_one_query(
    make_history: MakeHistory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mine, hidden, idle, now = make_workflow(), make_workflow(), make_workflow(), utc_now()
    share(idle, mine.owner, Access.VIEWER)
    for workflow in (mine, hidden):
        make_history(workflow, now, took_ms=2_000)
        make_history(workflow, now, status="failure")
        make_history(workflow, now - timedelta(days=31), took_ms=9_000)
    ids = [mine.pk, hidden.pk, idle.pk]
    with django_assert_num_queries(1):
        found = runs_of(mine.owner, ids, since=now - timedelta(days=30))
    assert {pk: (runs.success_rate, runs.average_ms) for pk, runs in found.items()} == {mine.pk: (0.5, 2_000)}
    query = "&".join(f"id={pk}" for pk in (*ids, "nonsense"))
    page = client_of(mine.owner).get(f"/analytics/rates/?{query}").content.decode()
    assert (f"rate-{mine.pk}" in page, f"rate-{hidden.pk}" in page) == (True, False)
    assert [figure in page for figure in ("50 %", "2.0 s")] == [True, True]
