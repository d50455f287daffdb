"""A step that waits may be asked to be done again: another attempt of the same firing, by a signal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.executions.models import EventRow, Execution
from orchestrator.executions.services.steering import signal_for
from orchestrator.executions.verification import verify_execution
from orchestrator.graphs.steps import Failed, Outcome, SignalPort, StepContext, Waiting
from tests.factories import chain, fresh, make_workflow, start, step
from tests.probes import behaviour, probe

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
WAITS = Waiting(signals=(SignalPort("good", "out", True), SignalPort("again", "", True)))


def answer(run: Execution, name: str) -> None:
    assert run.started_by is not None
    signal_for(run.started_by, run.pk, name)


def make_run(effect: str = "idempotent") -> Execution:
    return start(make_workflow(nodes=[probe("ask", effect), step("then")], edges=chain("ask", "then")))


@pytest.mark.parametrize("effect", ["idempotent", "pure"])
def test_it_is_done_again_as_often_as_it_is_asked_for(drain: Drain, effect: str) -> None:
    with behaviour("ask", lambda _: WAITS) as calls:
        run = make_run(effect)
        drain()
        for _ in range(5):
            answer(run, "again")
            drain()
        answer(run, "good")
        drain()
    assert [(each.attempt, each.iteration) for each in calls] == [(number, 1) for number in range(1, 7)]
    assert len({each.idempotency_key for each in calls}) == 1
    assert fresh(run).status == "completed"
    assert verify_execution(run.pk) == []


@pytest.mark.parametrize("effect", ["idempotent", "pure"])
def test_what_was_asked_before_it_waited_counts_once(drain: Drain, effect: str) -> None:
    with behaviour("ask", lambda _: WAITS) as calls:
        run = make_run(effect)
        answer(run, "again")
        drain()
        assert [each.attempt for each in calls] == [1, 2]
        assert fresh(run).status == "waiting"
        answer(run, "good")
        drain()
    assert fresh(run).status == "completed"
    assert verify_execution(run.pk) == []
    kinds = list(EventRow.objects.filter(execution_id=run.pk).values_list("type", flat=True))
    assert kinds.count("step_restarted") == 1


def test_a_handler_knows_which_attempt_is_the_last(drain: Drain) -> None:
    def fails(context: StepContext) -> Outcome:
        if context.attempt < context.most_attempts:
            return Failed("down", "Not now.")
        return WAITS

    with behaviour("ask", fails) as calls:
        retry = {"max_attempts": 3, "backoff_seconds": 0}
        run = start(
            make_workflow(nodes=[probe("ask", retry=retry), step("then")], edges=chain("ask", "then"))
        )
        drain()
        assert [(each.attempt, each.most_attempts) for each in calls] == [(1, 3), (2, 3), (3, 3)]
        answer(run, "good")
        drain()
    assert fresh(run).status == "completed"
