"""Old events are dropped by the month; what is left of their runs behaves, and live runs lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import override_settings
from pytest_django import Settings

from orchestrator.executions.domain.fork import CannotRetry
from orchestrator.executions.models import EventRow, Execution
from orchestrator.executions.queries.history import EventsGone, has_events, outputs_of, state_at
from orchestrator.executions.services.partitions import event_months, make_event_partitions, partition_of
from orchestrator.executions.services.retention import OldMonth, drop_old_events
from orchestrator.executions.services.retrying import retry_execution
from orchestrator.executions.services.steering import signal_execution
from orchestrator.executions.tasks import drop_events
from orchestrator.executions.verification import verify_execution
from tests.factories import chain, fresh, make_workflow, start, step
from tests.web.run_pages import NEVER

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]

LONG_AGO = datetime(2019, 5, 10, 12, tzinfo=UTC)
LATER = datetime(2019, 9, 20, 12, tzinfo=UTC)
MAY = "executions_event_y2019m05"


def ran_long_ago(drain: Drain, **options: object) -> Execution:
    """A run of two steps that began in May 2019, with events in a partition of that month."""
    make_event_partitions(now=LONG_AGO)
    with time_machine.travel(LONG_AGO, tick=False):
        nodes = options.pop("nodes", [step("a", {"x": 1}), step("b")])
        run = start(make_workflow(nodes=nodes, edges=chain("a", "b")))  # type: ignore[arg-type]
        drain()
    return fresh(run)


def test_months_are_dropped_when_all_of_them_is_older_than_the_retention_period(drain: Drain) -> None:
    run = ran_long_ago(drain)
    end_of_may = datetime(2019, 6, 1, tzinfo=UTC)
    assert drop_old_events(now=end_of_may + timedelta(days=90, seconds=-1), keep_days=90) == []
    assert EventRow.objects.filter(execution_id=run.pk).count() == run.last_seq
    due = end_of_may + timedelta(days=90)
    assert drop_old_events(now=due, keep_days=90, dry_run=True) == [OldMonth(MAY, 0)]
    assert partition_of(event_months()[0]) == MAY
    assert drop_old_events(now=due, keep_days=90) == [OldMonth(MAY, 0)]
    assert not EventRow.objects.filter(execution_id=run.pk).exists()
    assert MAY not in [partition_of(month) for month in event_months()]
    assert drop_old_events(now=due, keep_days=90) == []


def test_zero_days_keep_everything(drain: Drain) -> None:
    run = ran_long_ago(drain)
    assert drop_old_events(now=LATER + timedelta(days=900), keep_days=0) == []
    assert has_events(run)


def test_the_task_drops_what_the_settings_say(drain: Drain, settings: Settings) -> None:
    run = ran_long_ago(drain)
    settings.EVENT_RETENTION_DAYS = 60
    with time_machine.travel(LATER, tick=False):
        drop_events()
        drop_events()
    assert not has_events(run)


def test_a_finished_run_without_events_keeps_its_results_and_says_what_is_gone(drain: Drain) -> None:
    run = ran_long_ago(drain)
    drop_old_events(now=LATER, keep_days=60)
    assert verify_execution(run.pk) == []
    assert outputs_of(run)["a"] == {"x": 1}
    assert state_at(run, run.last_seq).status == "completed"
    with pytest.raises(EventsGone):
        state_at(run, 2)
    user = run.workflow.owner
    for point in ("failed", "a"):
        with pytest.raises(EventsGone):
            retry_execution(user, run.pk, start=point)
    again = retry_execution(user, run.pk, start="start")
    drain()
    assert fresh(again).status == "completed"


def test_with_its_events_the_same_run_can_be_replayed(drain: Drain) -> None:
    run = ran_long_ago(drain)
    assert state_at(run, 2).root.nodes.keys() == {"a"}
    with pytest.raises(CannotRetry):
        retry_execution(run.workflow.owner, run.pk, start="failed")


def test_a_run_that_waits_longer_than_events_are_kept_goes_on(drain: Drain) -> None:
    run = ran_long_ago(drain, nodes=[NEVER | {"id": "a"}, step("b")])
    assert run.status == "waiting"
    with time_machine.travel(LATER, tick=False):
        assert OldMonth(MAY, 0) in drop_old_events(now=LATER, keep_days=60)
        assert verify_execution(run.pk) == []
        signal_execution(run.workflow.owner, run.pk, "go", None)
        drain()
    assert fresh(run).status == "completed"
    assert verify_execution(run.pk) == []


def test_events_that_no_snapshot_has_yet_are_kept_until_one_does(drain: Drain) -> None:
    """As of a run whose worker died, in an installation that stood still for months."""
    run = ran_long_ago(drain, nodes=[step("a"), NEVER | {"id": "b"}])
    snapshot = {"state": None, "state_seq": 0}
    Execution.objects.filter(pk=run.pk).update(**snapshot)
    assert drop_old_events(now=LATER, keep_days=60) == [OldMonth(MAY, 1)]
    assert verify_execution(run.pk) == []
    with time_machine.travel(LATER, tick=False):
        signal_execution(run.workflow.owner, run.pk, "go", None)
        drain()
    assert fresh(run).status == "completed"
    assert OldMonth(MAY, 0) in drop_old_events(now=LATER, keep_days=60)


def test_events_that_are_missing_for_another_reason_are_differences(drain: Drain) -> None:
    run = ran_long_ago(drain)
    EventRow.objects.filter(execution_id=run.pk, seq=1).delete()
    assert verify_execution(run.pk), "its month is still there"
    drop_old_events(now=LATER, keep_days=60)
    assert verify_execution(run.pk) == []
    Execution.objects.filter(pk=run.pk).update(variables={"x": 1})
    assert verify_execution(run.pk), "and its row must still be what its snapshot says"


def test_the_command_says_what_it_does(drain: Drain, capsys: pytest.CaptureFixture[str]) -> None:
    ran_long_ago(drain)
    with time_machine.travel(LATER, tick=False):
        call_command("drop_old_events", "--days", "60", "--dry-run")
        assert f"{MAY}: would be dropped" in capsys.readouterr().out
        call_command("drop_old_events", "--days", "60")
        assert f"{MAY}: dropped" in capsys.readouterr().out
        call_command("drop_old_events", "--days", "60")
        assert "No month" in capsys.readouterr().out
    with pytest.raises(CommandError), override_settings():
        call_command("drop_old_events", "--days", "soon")
