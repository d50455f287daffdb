"""Steps that must not be repeated blindly, and whose answer did not arrive."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.executions.models import Approval, EventRow
from orchestrator.executions.services.approving import answer_approval
from orchestrator.executions.verification import verify_execution
from orchestrator.graphs.steps import Failed, Outcome, StepContext, StepError, Succeeded
from tests.executions.dying import Died, dying_at, engine, finish_elsewhere
from tests.factories import fresh, make_workflow, start
from tests.probes import behaviour, probe

Drain = Callable[[], None]
RETRY: dict[str, Any] = {"retry": {"max_attempts": 3, "backoff_seconds": 0.001}}


def no_answer(step: StepContext) -> Outcome:
    raise StepError("http_timeout", "No answer came.", uncertain=True)


def raises(step: StepContext) -> Outcome:
    raise RuntimeError("who knows")


@pytest.mark.django_db
@pytest.mark.parametrize("behave", [no_answer, raises])
def test_a_person_is_asked_instead_of_trying_again(drain: Drain, behave: Any) -> None:
    workflow = make_workflow(nodes=[probe("order", "once", **RETRY)])
    with behaviour("order", behave) as calls:
        execution = start(workflow)
        drain()
        assert (fresh(execution).status, len(calls)) == ("waiting", 1)

        approval = Approval.objects.get(execution=execution)
        assert "take place?" in approval.title
        answer_approval(workflow.owner, approval.pk, approves=True, payload={"id": 9})
        drain()
    assert (fresh(execution).status, len(calls)) == ("completed", 1)
    assert verify_execution(execution.pk) == []


@pytest.mark.django_db
def test_the_time_out_of_the_step_leaves_it_open_whether_it_took_place(drain: Drain) -> None:
    async def slow() -> Outcome:
        await asyncio.sleep(30)
        return Succeeded()

    workflow = make_workflow(nodes=[probe("order", "once", timeout_seconds=0.05, **RETRY)])
    with behaviour("order", lambda step: slow()) as calls:
        execution = start(workflow)
        drain()
    assert (fresh(execution).status, len(calls)) == ("waiting", 1)


@pytest.mark.django_db
def test_the_outside_is_asked_first_where_it_can_answer(drain: Drain) -> None:
    workflow = make_workflow(nodes=[probe("order", "once", **RETRY)])
    with behaviour("order", no_answer, lambda step: Succeeded("found")) as calls:
        execution = start(workflow)
        drain()
    assert (fresh(execution).status, len(calls)) == ("completed", 1)
    assert fresh(execution).steps.get().output == "found"


@pytest.mark.django_db
def test_an_outside_that_cannot_be_asked_either_leaves_it_to_a_person(drain: Drain) -> None:
    workflow = make_workflow(nodes=[probe("order", "once", **RETRY)])
    with behaviour("order", no_answer, no_answer) as calls:
        execution = start(workflow)
        drain()
    assert (fresh(execution).status, len(calls)) == ("waiting", 1)
    assert Approval.objects.filter(execution=execution).exists()


@pytest.mark.django_db
def test_what_surely_did_not_take_place_is_tried_again(drain: Drain) -> None:
    refused = iter([Failed("http_error", "Connection refused."), Succeeded("made")])
    workflow = make_workflow(nodes=[probe("order", "once", **RETRY)])
    with behaviour("order", lambda step: next(refused)) as calls:
        execution = start(workflow)
        while not fresh(execution).is_final:
            drain()
    assert (fresh(execution).status, len(calls)) == ("completed", 2)


@pytest.mark.django_db
def test_the_intent_of_a_once_step_is_stored_before_it_acts() -> None:
    may_end = threading.Event()

    async def behave(step: StepContext) -> Outcome:
        await asyncio.to_thread(may_end.wait)
        return Succeeded(7)

    workflow = make_workflow(nodes=[probe("order", "once")])
    with behaviour("order", behave):
        execution = start(workflow)
        with engine() as worker:
            worker._claim()
            worker._advance()
            run = worker.runs[execution.pk]
            assert run.jobs.at_work == {}, "nothing may act before the commit"
            worker._commit()
            assert len(run.jobs.at_work) == 1
            stored = list(EventRow.objects.order_by("seq").values_list("type", flat=True))
            may_end.set()
            worker.run_until_idle()
    assert stored == ["execution_started", "step_started"]


@pytest.mark.django_db
def test_an_interrupted_once_step_asks_the_outside_and_is_not_repeated() -> None:
    workflow = make_workflow(nodes=[probe("order", "once")])
    with behaviour("order", lambda step: Succeeded("made"), lambda step: Succeeded("found")) as calls:
        execution = start(workflow)
        with dying_at("before_commit", 2), engine() as worker, pytest.raises(Died):
            worker.run_until_idle()
        finish_elsewhere()
    assert len(calls) == 1
    assert fresh(execution).steps.get().output == "found"


@pytest.mark.django_db
@pytest.mark.parametrize(("took_place", "calls_in_all", "output"), [(True, 1, {"id": 9}), (False, 2, "made")])
def test_an_interrupted_once_step_that_nobody_can_ask_about_stops_for_a_person(
    took_place: bool, calls_in_all: int, output: object
) -> None:
    workflow = make_workflow(nodes=[probe("order", "once")])
    with behaviour("order", lambda step: Succeeded("made")) as calls:
        execution = start(workflow)
        with dying_at("before_commit", 2), engine() as worker, pytest.raises(Died):
            worker.run_until_idle()
        finish_elsewhere()
        assert (fresh(execution).status, len(calls)) == ("waiting", 1)
        approval = Approval.objects.get(execution=execution)
        assert "take place?" in approval.title

        payload = {"payload": {"id": 9}} if took_place else {}
        answer_approval(workflow.owner, approval.pk, approves=took_place, **payload)  # type: ignore[arg-type]
        with engine() as worker:
            worker.run_until_idle()
    assert fresh(execution).steps.get().output == output
    assert len(calls) == calls_in_all
    assert verify_execution(execution.pk) == []
