"""The months of the event table, travelling in time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.ids import new_id
from orchestrator.executions.models import EventRow, Execution
from orchestrator.executions.services import partitions
from orchestrator.executions.services.partitions import make_event_partitions, months_from, partition_of
from orchestrator.executions.tasks import make_partitions
from orchestrator.executions.verification import verify_execution
from tests.factories import make_workflow, start, step

FAR = datetime(2041, 11, 20, 23, 30, tzinfo=UTC)


def event(at: datetime, seq: int = 1) -> EventRow:
    return EventRow.objects.create(
        execution_id=new_id(), workflow_id=new_id(), seq=seq, occurred_at=at, type="run_started"
    )


def home_of(row: EventRow) -> str:
    """The partition that holds a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM executions_event WHERE execution_id = %s",
            [row.execution_id],
        )
        (name,) = cursor.fetchone()
    return str(name)


def partitions_now() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'executions_event'::regclass"
        )
        return sorted(row[0] for row in cursor.fetchall())


def test_months_are_those_of_utc_and_pass_the_turn_of_the_year() -> None:
    new_year_in_auckland = datetime.fromisoformat("2042-01-01T05:00:00+13:00")
    assert [partition_of(month) for month in months_from(new_year_in_auckland, 3)] == [
        "executions_event_y2041m12", "executions_event_y2042m01", "executions_event_y2042m02",
    ]  # fmt: skip


@pytest.mark.django_db
def test_after_migrating_this_month_and_the_next_two_are_there() -> None:
    assert {partition_of(month) for month in months_from(utc_now(), 3)} <= set(partitions_now())
    assert home_of(event(utc_now())) == partition_of(utc_now())


@pytest.mark.django_db
def test_months_are_made_ahead_once() -> None:
    made = make_event_partitions(now=FAR)
    assert made == [
        "executions_event_y2041m11", "executions_event_y2041m12", "executions_event_y2042m01",
    ]  # fmt: skip
    assert make_event_partitions(now=FAR) == []
    assert make_event_partitions(now=FAR + timedelta(days=20)) == ["executions_event_y2042m02"]


@pytest.mark.django_db
def test_the_first_and_the_last_moment_of_a_month_are_in_it() -> None:
    make_event_partitions(now=FAR)
    first, next_first = months_from(FAR, 2)
    assert home_of(event(first)) == partition_of(FAR)
    assert home_of(event(next_first - timedelta(microseconds=1))) == partition_of(FAR)
    assert home_of(event(next_first)) == partition_of(next_first)


@pytest.mark.django_db
def test_a_month_that_nobody_made_is_kept_and_moved_home_later() -> None:
    rows = [event(FAR + timedelta(hours=number), number) for number in range(3)]
    old = event(datetime(2019, 5, 1, tzinfo=UTC))
    assert {home_of(row) for row in [*rows, old]} == {"executions_event_default"}

    make_event_partitions(now=FAR)
    assert {home_of(row) for row in rows} == {"executions_event_y2041m11"}
    assert home_of(old) == "executions_event_y2019m05"
    kept = EventRow.objects.get(execution_id=rows[2].execution_id)
    assert (kept.seq, kept.occurred_at, kept.type) == (2, rows[2].occurred_at, "run_started")


@pytest.mark.django_db
def test_a_month_has_the_keys_and_indexes_of_the_table() -> None:
    make_event_partitions(now=FAR)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indisprimary, count(inh.inhparent) FROM pg_index i"
            " LEFT JOIN pg_inherits inh ON inh.inhrelid = i.indexrelid"
            " WHERE i.indrelid = 'executions_event_y2041m11'::regclass GROUP BY i.indexrelid, 1 ORDER BY 1"
        )
        found = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid = 'executions_event'::regclass")
        (count,) = cursor.fetchone()
    assert count > 5
    assert found == [*[(False, 1)] * (count - 1), (True, 1)]


@pytest.mark.django_db
def test_the_task_may_come_twice() -> None:
    with time_machine.travel(FAR, tick=False):
        make_partitions()
        make_partitions()
    assert "executions_event_y2042m01" in partitions_now()


@pytest.mark.django_db
@pytest.mark.parametrize("upkeep", [True, False], ids=["with upkeep", "without"])
def test_runs_go_on_over_the_turn_of_a_month(drain: Callable[[], None], upkeep: bool) -> None:
    workflow = make_workflow(nodes=[step("a")])
    moment = datetime(2041, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    for _ in range(3):
        with time_machine.travel(moment, tick=True):
            run = start(workflow)
            if upkeep:
                make_event_partitions(now=utc_now())
            drain()
            moment += timedelta(days=40)
        assert Execution.objects.get(pk=run.pk).status == "completed"
    assert all(not verify_execution(run.pk) for run in Execution.objects.all())


@pytest.mark.django_db
def test_before_the_table_is_there_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "_DEFAULT", "executions_event_elsewhere")
    assert make_event_partitions(now=FAR) == []


@pytest.fixture
def _clean() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        for name in partitions_now():
            if "y204" in name:
                cursor.execute(f"DROP TABLE {name}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_clean")
def test_several_may_make_the_same_months_at_once() -> None:
    event(FAR)
    made: list[Any] = []
    together = threading.Barrier(4)

    def make() -> None:
        together.wait()
        made.append(make_event_partitions(now=FAR))
        connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name for names in made for name in names) == [
        "executions_event_y2041m11", "executions_event_y2041m12", "executions_event_y2042m01",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_clean")
def test_it_gives_up_instead_of_holding_up_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LOCK_TIMEOUT_MS", 200)
    failed: list[Exception] = []

    def make() -> None:
        try:
            make_event_partitions(now=FAR)
        except OperationalError as error:
            failed.append(error)
        connection.close()

    with transaction.atomic():
        event(utc_now())  # a writer that is not done
        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
    assert "lock timeout" in str(failed[0])
    assert make_event_partitions(now=FAR) != []


@pytest.mark.django_db(transaction=True)
def test_the_migration_runs_back_and_forth() -> None:
    """The initial one goes with it: only a database without runs is ever taken back so far."""
    try:
        call_command("migrate", "executions", "0001", verbosity=0)
        assert not partitions._table_exists()
    finally:
        call_command("migrate", verbosity=0)  # and what rests on it
    assert partition_of(utc_now()) in partitions_now()
