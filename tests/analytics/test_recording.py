"""The history: one row per finished run, counted once, whoever records it and however often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections
from django.db.backends.utils import CursorWrapper

from orchestrator.analytics.domain.durations import counts_of
from orchestrator.analytics.models import (
    EVERYTHING,
    AnswerSum,
    ExecutionHistory,
    NodeSum,
    RunSum,
    WorkflowTotal,
)
from orchestrator.analytics.queries.stats import stats_of
from orchestrator.analytics.services import recording
from orchestrator.analytics.services.following import follow, record_missing
from orchestrator.analytics.services.recording import record_runs
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Approval, EventRow, Execution
from orchestrator.executions.services.approving import answer_approval
from orchestrator.executions.services.steering import cancel_execution
from orchestrator.graphs.steps import Succeeded, Usage
from orchestrator.workflows.models import Workflow
from tests.factories import chain, make_user, make_workflow, node, start, step
from tests.probes import behaviour, probe

Drain = Callable[[], None]
pytestmark = pytest.mark.django_db


def test_a_finished_run_becomes_one_row_with_everything_the_charts_need(drain: Drain) -> None:
    workflow = make_workflow(name="Two steps", nodes=[step("a"), step("b")], edges=chain("a", "b"))
    run = start(workflow)
    drain()
    assert follow(now=utc_now()) == 1
    row = ExecutionHistory.objects.get()
    run.refresh_from_db()
    assert (row.execution_id, row.workflow_id, row.workflow_name) == (run.pk, workflow.pk, "Two steps")
    assert (row.status, row.user_name, row.trigger) == ("success", workflow.owner.username, "manual")
    assert (row.started_at, row.finished_at) == (run.started_at, run.finished_at)
    assert row.duration_ms == run.duration_ms
    assert [(each["node_id"], each["node_type"], each["success"]) for each in row.node_metrics] == [
        ("a", "transform", True),
        ("b", "transform", True),
    ]
    assert NodeSum.objects.filter(workflow_id=workflow.pk, days=1, runs=1, failures=0).count() == 2
    assert list(RunSum.objects.order_by("workflow_id").values_list("workflow_id", "success")) == [
        (EVERYTHING, 1),
        (workflow.pk, 1),
    ]


def test_following_again_adds_nothing_and_counts_nothing_twice(drain: Drain) -> None:
    run = start(make_workflow())
    drain()
    now = utc_now()
    assert [follow(now=now), follow(now=now), record_runs([run.pk]), record_missing()] == [1, 0, 0, 0]
    assert RunSum.objects.get(workflow_id=EVERYTHING).success == 1
    assert stats_of(run.workflow_id).total_executions == 1


def test_a_run_that_is_under_way_is_recorded_when_it_has_ended(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("ask", "human", {"approvers": ["role:user"]})])
    run = start(workflow)
    drain()
    assert follow(now=utc_now()) == 0
    assert record_runs([run.pk]) == 0
    cancel_execution(workflow.owner, run.pk)
    drain()
    assert follow(now=utc_now()) == 1
    assert ExecutionHistory.objects.get().status == "cancelled"


def test_an_event_that_was_committed_late_is_still_found(drain: Drain) -> None:
    now = utc_now()
    follow(now=now + timedelta(seconds=60))
    start(make_workflow())
    drain()
    assert follow(now=now + timedelta(seconds=61)) == 1


def test_runs_that_no_event_tells_of_are_found_by_looking_for_them(drain: Drain) -> None:
    start(make_workflow())
    drain()
    EventRow.objects.all().delete()
    assert follow(now=utc_now()) == 0
    assert record_missing(since=utc_now() - timedelta(hours=1)) == 1


def test_what_people_answered_is_recorded_with_how_long_they_took(drain: Drain) -> None:
    owner = make_user("olga")
    start(make_workflow(owner, nodes=[node("ask", "human", {"approvers": ["user:olga"]})]))
    drain()
    approval = Approval.objects.get()
    Approval.objects.update(requested_at=approval.requested_at - timedelta(minutes=5))
    answer_approval(owner, approval.pk, approves=True)
    drain()
    follow(now=utc_now())
    [answer] = ExecutionHistory.objects.get().human_interactions
    assert (answer["node_id"], answer["approver"], answer["approved"]) == ("ask", "olga", True)
    assert 300_000 <= answer["duration_ms"] < 360_000
    total = AnswerSum.objects.get()
    assert (total.approver, total.approved, total.rejected) == ("olga", 1, 0)


def test_what_a_provider_charged_is_recorded_by_provider(drain: Drain) -> None:
    start(make_workflow(nodes=[probe("think")]))
    usage = Usage(cost=Decimal("0.0125"), tokens=900, ai_calls=2, provider="gemini")
    with behaviour("think", lambda step: Succeeded({}, usage=usage)):
        drain()
    follow(now=utc_now())
    row = ExecutionHistory.objects.get()
    assert row.ai_usage == {"gemini": {"calls": 2, "tokens": 900, "cost": "0.0125"}}
    assert (row.cost, row.tokens) == (Decimal("0.0125"), 900)


def test_the_history_stays_when_run_and_workflow_are_gone(drain: Drain) -> None:
    workflow = make_workflow(name="Short-lived")
    start(workflow)
    drain()
    follow(now=utc_now())
    Execution.objects.all().delete()
    Workflow.objects.all().delete()
    assert ExecutionHistory.objects.get().workflow_name == "Short-lived"
    assert stats_of(workflow.pk).successful_executions == 1


def test_sums_are_those_of_the_rows(drain: Drain) -> None:
    workflow = make_workflow()
    for _ in range(3):
        start(workflow)
    drain()
    follow(now=utc_now())
    start(workflow)
    drain()
    follow(now=utc_now())
    rows = list(ExecutionHistory.objects.values_list("duration_ms", flat=True))
    total = WorkflowTotal.objects.get()
    assert (total.success, total.duration_ms, total.average_ms) == (4, sum(rows), sum(rows) // 4)
    sums = RunSum.objects.filter(workflow_id=workflow.pk).values_list("durations", flat=True)
    assert sum(counts_of(sum(map(int, sums)))) == 4


def _record_twice(run: Execution) -> list[object]:
    """Two recorders at once; what each says, or the error that stopped it."""
    both = threading.Barrier(2)
    said: list[object] = []

    def work() -> None:
        histories = recording.histories_of([run.pk])
        both.wait(timeout=10)
        try:
            said.append(recording.add_histories(histories))
        except IntegrityError as error:
            said.append(type(error))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_two_recorders_at_once_count_a_run_once(drain: Drain) -> None:
    run = start(make_workflow())
    drain()
    assert sorted(_record_twice(run), key=str) == [0, 1]
    assert RunSum.objects.get(workflow_id=EVERYTHING).success == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_one_of_two_recorders_fails(
    drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(make_workflow())
    drain()
    meet = threading.Barrier(2)
    execute = CursorWrapper.execute

    def without_lock(cursor: CursorWrapper, sql: str, params: Any = None) -> Any:
        if "pg_advisory_xact_lock" in sql:
            return None
        if sql.startswith("INSERT") and "executionhistory" in sql:
            meet.wait(timeout=10)
        return execute(cursor, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", without_lock)
    assert IntegrityError in _record_twice(run)
    assert connection.alias == "default"
