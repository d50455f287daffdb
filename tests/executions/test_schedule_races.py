"""Two at the same moment: one beat fires and the other finds nothing to do; one run ends the other."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet

from orchestrator.executions.models import Execution
from orchestrator.executions.runtime import mail
from orchestrator.executions.services import firing
from orchestrator.executions.services.firing import Fired, fire_by_hand, fire_schedule
from orchestrator.workflows.domain.occurrences import find_due
from orchestrator.workflows.models import Trigger
from orchestrator.workflows.services.triggers import create_trigger
from tests.factories import make_workflow, node

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Patch = pytest.MonkeyPatch


def make_due() -> Trigger:
    workflow = make_workflow()
    trigger = create_trigger(workflow.owner, workflow.pk, kind="schedule", name="t", cron="0 * * * *")
    Trigger.objects.filter(pk=trigger.pk).update(next_run_at=NOON, due_at=NOON)
    return trigger


def fire_twice(trigger: Trigger, patch: Patch) -> list[Fired]:
    """By two at once: whoever has read the row goes on when the other has, too, or was turned away."""
    both = threading.Barrier(2)
    outcomes: list[Fired] = []

    def meet() -> None:
        try:
            both.wait(timeout=5)
        except threading.BrokenBarrierError:
            pytest.fail("the other never came")

    def find_and_meet(*args: Any, **options: Any) -> Any:
        meet()
        return find_due(*args, **options)

    def work() -> None:
        fired = fire_schedule(trigger.pk, now=NOON)
        if fired == Fired():
            meet()
        outcomes.append(fired)
        connections.close_all()

    patch.setattr(firing, "find_due", find_and_meet)
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def without_lock(patch: Patch) -> None:
    same: Callable[..., Any] = lambda rows, **options: rows  # noqa: E731
    patch.setattr(QuerySet, "select_for_update", same)


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_start_a_moment_once_and_count_it_once(monkeypatch: Patch) -> None:
    trigger = make_due()
    outcomes = fire_twice(trigger, monkeypatch)
    assert sorted(fired.started for fired in outcomes) == [0, 1]
    assert Execution.objects.count() == 1
    trigger.refresh_from_db()
    assert trigger.started_count == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_row_lock_both_fire_and_only_the_key_keeps_it_to_one_run(
    monkeypatch: Patch,
) -> None:
    trigger = make_due()
    without_lock(monkeypatch)
    outcomes = fire_twice(trigger, monkeypatch)
    assert [fired.started for fired in outcomes] == [1, 1]
    assert Execution.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_lock_and_key_a_moment_starts_two_runs(monkeypatch: Patch) -> None:
    trigger = make_due()
    without_lock(monkeypatch)
    start = firing.start_for
    monkeypatch.setattr(
        firing, "start_for", lambda *args, **options: start(*args, **{**options, "key": None})
    )
    fire_twice(trigger, monkeypatch)
    assert Execution.objects.count() == 2


def make_cancelling() -> Trigger:
    workflow = make_workflow(nodes=[node("wait", "wait", {"any_of": [{"signal": "go", "port": "out"}]})])
    return create_trigger(
        workflow.owner, workflow.pk, kind="schedule", name="t", cron="0 * * * *", overlap="cancel_previous"
    )


def fire_by_hand_twice(trigger: Trigger, patch: Patch, *, patience: float = 2) -> list[bool]:
    """By two at once: whoever has started a run looks for others when the other has started one, too, or
    has not come within `patience` seconds, as it waits for the lock. Says of each run whether it was told
    to end.
    """
    both = threading.Barrier(2)
    cancel = firing._cancel_others

    def meet_and_cancel(*args: Any) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(timeout=patience)
        cancel(*args)

    def work() -> None:
        assert trigger.run_as is not None
        fire_by_hand(trigger.run_as, trigger.workflow_id, trigger.pk)
        connections.close_all()

    patch.setattr(firing, "_cancel_others", meet_and_cancel)
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runs = Execution.objects.order_by("pk")
    return [run.mail.filter(kind="cancel").exists() for run in runs]


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_that_are_started_at_once_one_ends_the_other(monkeypatch: Patch) -> None:
    assert sorted(fire_by_hand_twice(make_cancelling(), monkeypatch)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_row_lock_both_runs_stay(monkeypatch: Patch) -> None:
    trigger = make_cancelling()
    without_lock(monkeypatch)
    assert fire_by_hand_twice(trigger, monkeypatch, patience=60) == [False, False]


@pytest.mark.django_db(transaction=True)
def test_a_run_that_cannot_end_those_before_it_does_not_start(monkeypatch: Patch) -> None:
    trigger = make_cancelling()
    assert trigger.run_as is not None
    fire_by_hand(trigger.run_as, trigger.workflow_id, trigger.pk)

    def killed(*args: Any, **options: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mail, "post", killed)
        Trigger.objects.filter(pk=trigger.pk).update(next_run_at=NOON, due_at=NOON)
        with pytest.raises(KeyboardInterrupt):
            fire_schedule(trigger.pk, now=NOON)
    assert Execution.objects.count() == 1
    assert fire_schedule(trigger.pk, now=NOON).started == 1
    first, second = Execution.objects.order_by("pk")
    assert (first.mail.count(), second.mail.count()) == (1, 0)
