"""Steps that must not be repeated blindly, and whose answer did not arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.executions.models import Approval
from orchestrator.executions.services.approving import answer_approval
from orchestrator.executions.verification import verify_execution
from orchestrator.graphs.steps import Failed, Outcome, StepContext, StepError, Succeeded
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
