"""Many occasions make few notifications, and the same occasion never makes two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Notification, NotificationKind, Occasion
from orchestrator.executions.services.notifications import expanding
from orchestrator.executions.services.notifications.expanding import SINGLES, WINDOW, expand_due
from orchestrator.executions.services.notifications.recipients import targets_of
from orchestrator.workflows.models import Workflow
from tests.factories import make_user, make_workflow, node, start

Drain = Callable[[], None]
BOOM = node("boom", "end", {"status": "failed", "output": "Out of paper"})


def fail(workflow: Workflow, drain: Drain, times: int = 1) -> None:
    for _ in range(times):
        start(workflow)
    drain()


@pytest.mark.django_db
def test_a_storm_becomes_one_message_and_then_one_a_window(drain: Drain) -> None:
    flow = make_workflow(make_user("ann"), nodes=[BOOM], name="Nightly")
    fail(flow, drain)
    noon = utc_now()
    expand_due(now=noon)
    assert [each.count for each in Notification.objects.all()] == [1]

    fail(flow, drain, 30)
    expand_due(now=noon + timedelta(seconds=5))
    digest = Notification.objects.latest("id")
    assert digest.count == 30
    assert digest.execution is None
    assert digest.subject == "30 runs of Nightly failed"
    assert len(digest.facts["examples"]) == expanding.EXAMPLES

    fail(flow, drain, 30)
    expand_due(now=noon + timedelta(seconds=10))
    assert Notification.objects.count() == 2, "the next ones wait for the window to end"
    assert Occasion.objects.count() == 30
    expand_due(now=noon + WINDOW)
    assert Notification.objects.count() == 2
    expand_due(now=noon + WINDOW + timedelta(seconds=6))
    assert [each.count for each in Notification.objects.order_by("id")] == [1, 30, 30]
    assert not Occasion.objects.exists()


@pytest.mark.django_db
def test_a_few_failures_are_told_one_by_one(drain: Drain) -> None:
    flow = make_workflow(nodes=[BOOM])
    for _ in range(SINGLES):
        fail(flow, drain)
        expand_due(now=utc_now())
    assert Notification.objects.filter(count=1).count() == SINGLES
    fail(flow, drain)
    expand_due(now=utc_now())
    assert Notification.objects.latest("id").execution is None


@pytest.mark.django_db
def test_storms_of_workflows_are_counted_apart(drain: Drain) -> None:
    flows = [make_workflow(nodes=[BOOM]) for _ in range(5)]
    for flow in flows:
        fail(flow, drain)
    expand_due(now=utc_now())
    assert Notification.objects.filter(count=1).count() == 5


def occasion(workflow: Workflow, **fields: Any) -> Occasion:
    return Occasion.objects.create(
        kind=NotificationKind.UPDATE.value,
        workflow=workflow,
        facts={"people": [str(workflow.owner_id)], "subject": "News"},
        **fields,
    )


@pytest.mark.django_db
def test_an_occasion_that_is_delivered_twice_is_told_once() -> None:
    flow = make_workflow(make_user("ann"))
    again = occasion(flow)
    expand_due(now=utc_now())
    again.save(force_insert=True)
    expand_due(now=utc_now())
    assert Notification.objects.count() == 1


def _race(workflow: Workflow, monkeypatch: pytest.MonkeyPatch) -> int:
    """Two workers expand the same occasion, the second while the first is about to write."""
    reached, go_on = threading.Event(), threading.Event()
    first = threading.current_thread()
    made: list[int] = []

    def slow(each: Occasion) -> Any:
        found = targets_of(each)
        if threading.current_thread() is not first:
            reached.set()
            go_on.wait(10)
        return found

    monkeypatch.setattr(expanding, "targets_of", slow)

    def work() -> None:
        try:
            made.append(expand_due(now=utc_now()))
        finally:
            connection.close()

    other = threading.Thread(target=work)
    other.start()
    assert reached.wait(10)
    made.append(expand_due(now=utc_now()))
    go_on.set()
    other.join(10)
    return sum(made)


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_expand_the_same_occasion(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = make_workflow(make_user("ann"))
    occasion(flow)
    assert _race(flow, monkeypatch) == 1
    assert Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_would_and_the_key_keeps_it_single(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flow = make_workflow(make_user("ann"))
    occasion(flow)
    rows = type(Workflow.objects.all())
    monkeypatch.setattr(rows, "select_for_update", lambda self, **options: self)
    monkeypatch.setattr(type(Occasion.objects.all()), "select_for_update", lambda self, **options: self)
    assert _race(flow, monkeypatch) == 2, "both made it"
    assert Notification.objects.count() == 1, "and the unique key let one through"
