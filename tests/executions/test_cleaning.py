"""Runs that ended long ago are deleted with all that belongs to them, and nothing else is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import Settings

from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.models import Approval, Execution, StepRun
from orchestrator.executions.services import cleaning
from orchestrator.executions.services.cleaning import Cleaned, clean_executions
from orchestrator.executions.services.retrying import retry_execution
from orchestrator.executions.services.steering import cancel_execution
from orchestrator.executions.tasks import clean
from tests.factories import chain, fresh, make_user, make_workflow, node, start, step
from tests.web.run_pages import BOOM, NEVER

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
DAY = timedelta(days=1)


def clean_in(days: float, **options: Any) -> Cleaned:
    return clean_executions(now=utc_now() + days * DAY, keep_days=30, keep_failed_days=90, **options)


def left() -> set[object]:
    return set(Execution.objects.values_list("pk", flat=True))


def test_runs_stay_for_their_time_and_failed_ones_longer(drain: Drain) -> None:
    user = make_user()
    done, failed = start(make_workflow(user)), start(make_workflow(user, nodes=[BOOM]), {})
    live, stopped = start(make_workflow(user, nodes=[NEVER])), start(make_workflow(user, nodes=[NEVER]))
    drain()
    cancel_execution(user, stopped.pk)
    drain()
    assert clean_in(29.9) == Cleaned()
    assert clean_in(30.1, dry_run=True) == Cleaned(runs=2)
    assert clean_in(30.1) == Cleaned(runs=2)
    assert left() == {failed.pk, live.pk}
    assert clean_in(89.9) == Cleaned()
    assert clean_in(90.1) == Cleaned(runs=1)
    assert clean_in(900) == Cleaned()
    assert left() == {live.pk}
    assert not StepRun.objects.filter(execution=done.pk).exists()


def test_zero_days_keep_a_kind_for_good(drain: Drain) -> None:
    start(make_workflow())
    failed = start(make_workflow(nodes=[BOOM]), {})
    drain()
    now = utc_now() + 900 * DAY
    assert clean_executions(now=now, keep_days=0, keep_failed_days=0) == Cleaned()
    assert clean_executions(now=now, keep_days=1, keep_failed_days=0) == Cleaned(runs=1)
    assert left() == {failed.pk}


def test_the_time_is_counted_from_the_end_and_not_from_the_start(drain: Drain) -> None:
    run = start(make_workflow(nodes=[NEVER]))
    drain()
    long_ago = utc_now() - 200 * DAY
    Execution.objects.filter(pk=run.pk).update(id=id_at(long_ago, tail=7), created_at=long_ago)
    old = Execution.objects.get()
    cancel_execution(old.workflow.owner, old.pk)
    drain()
    assert clean_in(1) == Cleaned()
    assert clean_in(31) == Cleaned(runs=1)


def parent_of(child_nodes: list[object], drain: Drain) -> Execution:
    user = make_user()
    inner = make_workflow(user, nodes=child_nodes)
    call = node("call", "subworkflow", {"workflow": str(inner.pk)})
    run = start(make_workflow(user, nodes=[call]))
    drain()
    return run


def test_a_run_goes_with_those_it_started_and_never_without_them(drain: Drain) -> None:
    done, stuck = parent_of([step("a")], drain), parent_of([NEVER], drain)
    child = Execution.objects.get(parent=stuck)
    Execution.objects.filter(pk=stuck.pk).update(status="completed", wake_at=None, finished_at=utc_now())
    assert clean_in(31) == Cleaned(runs=1, children=1, kept=1)
    assert left() == {stuck.pk, child.pk}
    assert not Execution.objects.filter(pk=done.pk).exists()


def test_a_child_stays_as_long_as_the_run_that_started_it(drain: Drain) -> None:
    run = parent_of([step("a")], drain)
    Execution.objects.filter(pk=run.pk).update(status="failed")
    assert clean_in(31) == Cleaned()
    assert clean_in(91) == Cleaned(runs=1, children=1)


def test_approvals_go_and_retries_stay(drain: Drain) -> None:
    asks = node("ask", "human", {"approvers": ["role:admin"]})
    user = make_user()
    run = start(make_workflow(user, nodes=[step("a"), asks], edges=chain("a", "ask")))
    drain()
    cancel_execution(user, run.pk)
    drain()
    retry = retry_execution(user, run.pk, start="a")
    drain()
    assert clean_in(31) == Cleaned(runs=1)
    assert left() == {retry.pk}
    assert fresh(retry).retry_of is None
    assert fresh(retry).trigger["of"] == str(run.pk)
    assert {each.execution_id for each in Approval.objects.all()} == {retry.pk}


def test_many_runs_go_in_batches_and_a_limit_bounds_them(
    drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = make_workflow()
    for _ in range(7):
        start(flow)
    drain()
    monkeypatch.setattr(cleaning, "BATCH", 2)
    assert clean_in(31, limit=3) == Cleaned(runs=3)
    assert clean_in(31) == Cleaned(runs=4)


def test_the_task_and_the_command_go_by_the_settings(
    drain: Drain, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = make_workflow()
    start(flow)
    drain()
    settings.EXECUTION_RETENTION_DAYS = 2
    with time_machine.travel(utc_now() + 3 * DAY):
        call_command("clean_executions", "--dry-run", "--days", "2")
        assert "1 runs and 0 that they had started would be deleted." in capsys.readouterr().out
        clean()
        clean()
    assert left() == set()
    call_command("clean_executions")
    assert "0 runs" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_rows_that_somebody_else_holds_are_passed_over(drain: Drain) -> None:
    held, free = start(make_workflow()), start(make_workflow())
    drain()
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Execution.objects.select_for_update().get(pk=held.pk)
                locked.set()
                done.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert locked.wait(20)
    try:
        assert clean_in(31) == Cleaned(runs=1)
    finally:
        done.set()
        thread.join()
    assert left() == {held.pk}
    assert clean_in(31) == Cleaned(runs=1)
    assert not Execution.objects.filter(pk=free.pk).exists()
