"""The operations page: what it shows, and that it says plainly what is wrong and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
import structlog
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.core.context import Origin, origin
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime import presence
from orchestrator.executions.services import operations as service
from orchestrator.executions.services import vitals
from orchestrator.executions.services.operations import operations
from orchestrator.executions.services.vitals import partitions
from tests.factories import chain, log_step, make_user, make_workflow, node, start
from tests.probes import behaviour, probe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("signs_of_its_own")]


@pytest.fixture
def all_well() -> None:
    presence.announce("here:1:abc", now=utc_now(), runs=2)
    presence.note_sweep(now=utc_now())


def visit(user: User, part: str = "") -> str:
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    answer = client.get(f"/operations/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


def titles() -> list[str]:
    return [finding.title for finding in operations(now=utc_now()).findings]


def test_staff_see_workers_runs_partitions_and_versions(all_well: None) -> None:
    start(make_workflow())
    page = visit(make_user(is_staff=True))
    for text in ("Everything is as it should be", "here:1:abc", "Event partitions", "PostgreSQL", "Pending"):
        assert text in page
    assert f"{utc_now():%B %Y}" in page


def test_the_part_that_refreshes_is_no_whole_page(all_well: None) -> None:
    part = visit(make_user(role=Role.ADMIN), "?part=live")
    assert "<html" not in part
    assert "Engine workers" in part


def test_it_counts_over_everybody_and_shows_nothing_of_them(all_well: None) -> None:
    start(make_workflow(make_user(), name="Quite private"))
    staff = make_user(is_staff=True)
    assert "Quite private" not in visit(staff)
    assert operations(now=utc_now()).load.live["pending"] == 1


def test_a_missing_worker_and_a_missing_sweep_are_told_with_what_to_start() -> None:
    page = visit(make_user(is_staff=True))
    assert "No engine worker is about" in page
    assert "celery -A orchestrator worker --pool solo -Q engine" in page
    assert "The sweep has not run" in page
    presence.note_sweep(now=utc_now() - timedelta(seconds=40))
    assert "The sweep last ran 40 s ago" in titles()


def test_redis_that_is_away_is_told_alone(all_well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(vitals, "redis_client", lambda: gone)
    assert titles() == ["Redis cannot be reached"]


def test_runs_that_wait_too_long_are_told(all_well: None) -> None:
    run = start(make_workflow())
    Execution.objects.filter(pk=run.pk).update(wake_at=utc_now() - timedelta(seconds=90))
    assert titles() == ["1 runs wait for a worker, the oldest for 90 s"]


def test_a_deep_queue_is_told(all_well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "DEEP_QUEUE", -1)
    assert any("wait in the queue engine" in title for title in titles())


def test_few_connections_left_and_old_transactions_are_told(
    all_well: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick = vitals.Database("18", 1, connections=99, max_connections=100, oldest_transaction_seconds=3_600)
    monkeypatch.setattr(service, "database", lambda: sick)
    assert titles() == ["99 of 100 connections are in use", "A transaction has been open for 60 minutes"]


def test_a_month_without_partition_and_strays_are_told(
    all_well: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray = vitals.Partition("executions_event_default", None, 1, 1, None)
    monkeypatch.setattr(service, "partitions", lambda: [stray])
    assert titles() == [
        "There is no event partition for next month",
        "The default event partition holds rows",
    ]


def test_a_partition_says_when_it_will_be_dropped() -> None:
    found = [each for each in partitions() if each.month is not None]
    newest = found[0]
    assert newest.month is not None
    assert newest.drops_at is not None
    assert newest.drops_at - newest.month > timedelta(days=90 + 27)
    assert newest.bytes > 0


def test_the_page_asks_as_often_however_many_runs_there_are(
    all_well: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        start(make_workflow())
    with django_assert_num_queries(7):
        operations(now=utc_now())


def test_every_line_that_is_logged_in_a_step_names_the_run_and_the_step(
    drain: Callable[[], None],
) -> None:
    def chatty(_: object) -> dict[str, bool]:
        structlog.get_logger("somebody.else").warning("thinking")
        logging.getLogger("a.library").warning("noticed")
        return {"ok": True}

    with (
        behaviour("talks", chatty),
        structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines,
    ):
        run = start(make_workflow(nodes=[probe("talks")]))
        drain()
    [line] = [each for each in lines if each["event"] == "thinking"]
    assert (line["execution"], line["node"], line["attempt"]) == (str(run.pk), "talks", 1)


def test_lines_of_a_run_name_the_request_that_started_it_also_in_its_children(
    drain: Callable[[], None],
) -> None:
    inner = make_workflow(nodes=[probe("talks")])
    call = node("call", "subworkflow", {"workflow": str(inner.pk)})
    outer = make_workflow(inner.owner, nodes=[log_step("writes"), call], edges=chain("writes", "call"))

    def chatty(_: object) -> dict[str, bool]:
        structlog.get_logger("somebody.else").warning("thinking")
        return {"ok": True}

    with (
        behaviour("talks", chatty),
        structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines,
    ):
        with origin(Origin(request_id="abc123")):
            start(outer)
        drain()
    told = {each["event"]: each.get("request_id") for each in lines}
    assert (told["workflow_log"], told["thinking"]) == ("abc123", "abc123")


def test_a_handler_that_breaks_at_once_is_logged_with_its_run(drain: Callable[[], None]) -> None:
    def broken(_: object) -> dict[str, bool]:
        raise RuntimeError("no")

    with (
        behaviour("breaks", broken),
        structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines,
    ):
        run = start(make_workflow(nodes=[probe("breaks", "pure")]))
        drain()
    [line] = [each for each in lines if each["event"] == "handler_error"]
    assert (line["execution"], line["node"]) == (str(run.pk), "breaks")
