"""A run that goes round for long keeps the newest part of its record, goes on, and agrees with itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.queries.history import has_events
from orchestrator.executions.services import trimming
from orchestrator.executions.services.steering import signal_execution
from orchestrator.executions.services.trimming import trim_histories
from orchestrator.executions.tasks import trim_long_histories
from orchestrator.executions.verification import verify_execution
from orchestrator.graphs.steps import StepContext, Succeeded
from tests.factories import edge, fresh, log_step, make_workflow, node, start
from tests.probes import behaviour, probe

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
KEEP = 40


@pytest.fixture(autouse=True)
def _source() -> Iterator[None]:
    """More to give until the sixtieth time."""

    def give(step: StepContext) -> Succeeded:
        return Succeeded({"n": step.iteration}, again=step.iteration < 60)

    with behaviour("source", give):
        yield


def gone_round(drain: Drain) -> Execution:
    """A run of two days that went round fifty times, and waits for a signal to go on."""
    nodes = [
        probe("source"),
        log_step("a"),
        node("pause", "wait", {"any_of": [{"signal": "go", "port": "gone"}]}),
    ]
    edges = [edge("source", "a"), edge("source", "pause", when="nodes.source.output.n == 50")]
    with time_machine.travel(utc_now() - timedelta(days=2), tick=True):
        run = start(make_workflow(nodes=nodes, edges=edges, settings={"max_steps": 10}))
        drain()
    found = fresh(run)
    assert (found.status, found.state["steps_before"]) == ("waiting", 98)
    return found


def trim() -> int:
    return trim_histories(now=utc_now(), keep=KEEP)


def kept_of(run: Execution) -> tuple[list[int], list[int]]:
    events = EventRow.objects.filter(execution_id=run.pk).order_by("seq")
    steps = StepRun.objects.filter(execution=run).order_by("seq")
    return list(events.values_list("seq", flat=True)), list(steps.values_list("seq", flat=True))


def test_the_newest_events_stay_with_their_steps_and_the_run_goes_on(drain: Drain) -> None:
    run = gone_round(drain)
    assert trim() == 1
    events, steps = kept_of(run)
    assert events == list(range(run.last_seq - KEEP + 1, run.last_seq + 1))
    assert steps
    assert min(steps) >= events[0]
    assert not has_events(run)
    assert verify_execution(run.pk) == []
    assert trim() == 0

    owner = run.workflow.owner
    signal_execution(owner, run.pk, "go")
    drain()
    done = fresh(run)
    assert (done.status, done.metrics["nodes"]) == ("completed", 121)
    assert verify_execution(run.pk) == []


def test_what_is_missing_of_the_rest_is_found(drain: Drain) -> None:
    run = gone_round(drain)
    trim()
    EventRow.objects.filter(execution_id=run.pk, seq=run.last_seq - KEEP + 1).delete()
    assert verify_execution(run.pk) != []


def test_one_that_is_killed_while_it_deletes_is_finished_by_the_next(
    drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = gone_round(drain)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(trimming, "_delete", die)
        with pytest.raises(KeyboardInterrupt):
            trim()
    assert verify_execution(run.pk) == []
    assert len(kept_of(run)[0]) == run.last_seq
    trim()
    assert len(kept_of(run)[0]) == KEEP


def test_nothing_goes_that_no_snapshot_has(drain: Drain) -> None:
    run = gone_round(drain)
    Execution.objects.filter(pk=run.pk).update(state_seq=3)
    trim()
    assert kept_of(run)[0][0] == 4


def test_runs_that_are_young_over_or_without_rounds_keep_all(drain: Drain) -> None:
    plain = start(make_workflow(nodes=[log_step("a"), node("nap", "timer", {"seconds": 10**6})]))
    drain()
    run = gone_round(drain)
    assert trim_histories(now=utc_now() - timedelta(days=1, minutes=1), keep=KEEP) == 0
    trim_long_histories()
    assert len(kept_of(run)[0]) == run.last_seq, "there is little yet"
    signal_execution(run.workflow.owner, run.pk, "go")
    drain()
    later = utc_now() + timedelta(days=3)
    assert trim_histories(now=later, keep=1) == 0
    assert has_events(fresh(run))
    assert has_events(fresh(plain))
