"""Schedules that fire: once a moment, whoever looks, with what became of the moments that were missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrator.executions.domain.status import Status
from orchestrator.executions.models import Execution
from orchestrator.executions.services.firing import Fired, fire_by_hand, fire_due_triggers
from orchestrator.workflows.models import Access, Trigger
from orchestrator.workflows.services.definitions import archive_workflow
from orchestrator.workflows.services.triggers import change_trigger, create_trigger
from tests.factories import fresh, make_user, make_workflow, node, share, step

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAITS = [node("wait", "wait", {"any_of": [{"signal": "go", "port": "out"}]})]


def schedule(nodes: list[Any] | None = None, **fields: Any) -> Trigger:
    """Every hour on the hour, next at noon."""
    workflow = make_workflow(nodes=nodes or [step("only")])
    given = {"name": "Hourly", "cron": "0 * * * *", **fields}
    trigger = create_trigger(workflow.owner, workflow.pk, kind="schedule", **given)
    Trigger.objects.filter(pk=trigger.pk).update(next_run_at=NOON, due_at=NOON)
    trigger.refresh_from_db()
    return trigger


def test_a_moment_that_has_come_starts_one_run_and_the_next_is_planned() -> None:
    trigger = schedule(input={"at": {"=": "trigger.scheduled_at"}})
    assert fire_due_triggers(now=NOON - timedelta(seconds=1)) == Fired()
    assert fire_due_triggers(now=NOON) == Fired(started=1)
    assert fire_due_triggers(now=NOON) == Fired()
    run = Execution.objects.get()
    assert run.input == {"at": NOON.isoformat()}
    assert run.trigger["type"] == "schedule"
    assert (run.trigger["id"], run.trigger["name"]) == (str(trigger.pk), "Hourly")
    assert run.started_by == trigger.workflow.owner
    trigger.refresh_from_db()
    assert trigger.next_run_at == trigger.due_at == NOON + timedelta(hours=1)
    assert (trigger.last_run_at, trigger.last_execution_id, trigger.started_count) == (NOON, run.pk, 1)


@pytest.mark.parametrize(("missed", "hours"), [("skip", [15]), ("run_once", [15]), ("run_all", [13, 14, 15])])
def test_missed_moments_are_left_out_run_once_or_caught_up(missed: str, hours: list[int]) -> None:
    """It is exactly 15:00: that moment is on time, three were missed, and two are caught up at most."""
    trigger = schedule(missed=missed, catch_up=2)
    fire_due_triggers(now=NOON + timedelta(hours=3))
    moments = [run.trigger["scheduled_at"] for run in Execution.objects.order_by("id")]
    assert moments == [NOON.replace(hour=hour).isoformat() for hour in hours]
    trigger.refresh_from_db()
    assert trigger.started_count + trigger.skipped_count == 4


def test_after_a_pause_that_ends_between_two_moments_the_last_missed_one_runs() -> None:
    trigger = schedule(missed="run_once")
    fire_due_triggers(now=NOON + timedelta(hours=3, minutes=30))
    assert Execution.objects.get().trigger["scheduled_at"] == NOON.replace(hour=15).isoformat()
    trigger.refresh_from_db()
    assert (trigger.started_count, trigger.skipped_count) == (1, 3)


def test_skip_leaves_a_moment_out_while_the_earlier_run_is_under_way(drain: Drain) -> None:
    trigger = schedule(WAITS, overlap="skip")
    fire_due_triggers(now=NOON)
    drain()
    assert fire_due_triggers(now=NOON + timedelta(hours=1)) == Fired(skipped=1)
    trigger.refresh_from_db()
    assert trigger.skipped_count == 1


def test_queue_starts_the_moment_when_the_earlier_run_has_ended(drain: Drain) -> None:
    trigger = schedule(overlap="queue")
    fire_due_triggers(now=NOON)
    later = NOON + timedelta(hours=1)
    assert fire_due_triggers(now=later) == Fired()
    trigger.refresh_from_db()
    assert trigger.queued == [later]
    assert fire_due_triggers(now=later + timedelta(minutes=5)) == Fired()
    drain()
    assert fire_due_triggers(now=later + timedelta(minutes=6)) == Fired(started=1)
    latest = Execution.objects.latest("id")
    assert latest.trigger["scheduled_at"] == later.isoformat()
    trigger.refresh_from_db()
    assert trigger.queued == []
    assert trigger.due_at == trigger.next_run_at == NOON + timedelta(hours=2)


@pytest.mark.django_db(transaction=True)
def test_cancel_previous_ends_the_earlier_run(drain: Drain) -> None:
    schedule(WAITS, overlap="cancel_previous")
    fire_due_triggers(now=NOON)
    drain()
    fire_due_triggers(now=NOON + timedelta(hours=1))
    drain()
    first, second = Execution.objects.order_by("id")
    assert (first.status, second.status) == (Status.CANCELLED, Status.WAITING)


def test_an_archived_workflow_starts_nothing_and_the_trigger_says_why() -> None:
    trigger = schedule()
    archive_workflow(trigger.workflow.owner, trigger.workflow_id)
    assert fire_due_triggers(now=NOON) == Fired(failed=1)
    trigger.refresh_from_db()
    assert "archived" in trigger.last_error
    assert trigger.next_run_at == NOON + timedelta(hours=1), "it goes on when the workflow is taken out"


def test_nothing_runs_on_behalf_of_somebody_deactivated_until_another_saves_it() -> None:
    trigger = schedule()
    editor = make_user()
    share(trigger.workflow, editor, Access.EDITOR)
    owner = trigger.workflow.owner
    owner.is_active = False
    owner.save()
    assert fire_due_triggers(now=NOON) == Fired(failed=1)
    trigger.refresh_from_db()
    assert "not active" in trigger.last_error
    change_trigger(editor, trigger.workflow_id, trigger.pk, name="Hourly")
    Trigger.objects.filter(pk=trigger.pk).update(next_run_at=NOON, due_at=NOON)
    assert fire_due_triggers(now=NOON + timedelta(seconds=30)) == Fired(started=1)
    assert Execution.objects.get().started_by == editor


def test_nothing_runs_on_behalf_of_somebody_who_lost_the_right_to_run_it() -> None:
    workflow, editor = make_workflow(), make_user("eve")
    share(workflow, editor, Access.EDITOR)
    trigger = create_trigger(editor, workflow.pk, kind="schedule", name="Mine", cron="0 * * * *")
    Trigger.objects.filter(pk=trigger.pk).update(next_run_at=NOON, due_at=NOON)
    workflow.permissions.filter(user=editor).delete()
    assert fire_due_triggers(now=NOON) == Fired(failed=1)
    trigger.refresh_from_db()
    assert "eve" in trigger.last_error


def test_an_input_that_cannot_be_made_is_the_triggers_error() -> None:
    trigger = schedule(input={"x": {"=": "trigger.nothing_here"}})
    assert fire_due_triggers(now=NOON) == Fired(failed=1)
    trigger.refresh_from_db()
    assert "nothing_here" in trigger.last_error


def test_a_pinned_version_is_the_one_that_runs() -> None:
    trigger = schedule(version_number=1)
    fire_due_triggers(now=NOON)
    assert Execution.objects.get().version.number == 1
    assert trigger.version_number == 1


def test_a_trigger_that_is_off_does_not_fire() -> None:
    trigger = schedule()
    change_trigger(trigger.workflow.owner, trigger.workflow_id, trigger.pk, enabled=False)
    assert fire_due_triggers(now=NOON + timedelta(days=1)) == Fired()


def test_one_trigger_that_cannot_be_fired_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, good = schedule(), schedule()
    read: Any = Trigger.__dict__["schedule"].fget
    broken = property(lambda trigger: 1 / 0 if trigger.pk == bad.pk else read(trigger))
    monkeypatch.setattr(Trigger, "schedule", broken)
    assert fire_due_triggers(now=NOON) == Fired(started=1)
    assert Execution.objects.get().workflow_id == good.workflow_id


def test_firing_by_hand_runs_as_the_person_who_asks() -> None:
    trigger = schedule(input={"by": {"=": "trigger.by"}})
    editor = make_user("eve")
    share(trigger.workflow, editor, Access.EDITOR)
    run = fresh(fire_by_hand(editor, trigger.workflow_id, trigger.pk))
    assert (run.trigger["type"], run.trigger["id"]) == ("manual", str(trigger.pk))
    assert (run.input, run.started_by) == ({"by": "eve"}, editor)
