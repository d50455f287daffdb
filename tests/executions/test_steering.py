"""Pausing, resuming, cancelling and signalling runs under way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, TooLarge, WrongState
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.runtime.engine import Engine, MailFor
from orchestrator.executions.services.approving import AlreadyAnswered, answer_approval
from orchestrator.executions.services.steering import (
    cancel_execution,
    pause_execution,
    resume_execution,
    signal_execution,
)
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from orchestrator.workflows.models import Access
from tests.factories import chain, fresh, make_user, make_workflow, node, share, start, step
from tests.probes import behaviour, probe

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
NEVER = {"any_of": [{"signal": "go", "port": "out"}]}


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(utc_now() + timedelta(**span), tick=True)


def test_a_paused_run_begins_nothing_until_it_is_resumed(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[node("sleep", "timer", {"seconds": 60}), step("after")], edges=chain("sleep", "after")
    )
    execution = start(workflow)
    drain()
    pause_execution(workflow.owner, execution.pk)
    drain()
    assert fresh(execution).status == "paused"

    with later(seconds=61):
        drain()
        assert fresh(execution).status == "paused"
        resume_execution(workflow.owner, execution.pk)
        drain()
    assert fresh(execution).status == "completed"


def test_a_signal_to_a_paused_run_is_not_lost(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("wait", "wait", NEVER), step("after")], edges=chain("wait", "after"))
    execution = start(workflow)
    drain()
    pause_execution(workflow.owner, execution.pk)
    signal_execution(workflow.owner, execution.pk, "go", 5)
    drain()
    assert fresh(execution).status == "paused"
    resume_execution(workflow.owner, execution.pk)
    drain()
    assert fresh(execution).status == "completed"


def test_the_time_spent_paused_does_not_count_against_the_deadline(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("wait", "wait", NEVER)], settings={"timeout_seconds": 60})
    execution = start(workflow)
    drain()
    pause_execution(workflow.owner, execution.pk)
    drain()
    with later(seconds=300):
        resume_execution(workflow.owner, execution.pk)
        drain()
        assert fresh(execution).status == "waiting"
    with later(seconds=365):
        drain()
    assert fresh(execution).status == "timed_out"


def test_cancelling_withdraws_waits_and_approvals_and_says_who(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("ask", "human", {"approvers": ["role:user"]})])
    execution = start(workflow)
    drain()
    approval = execution.approvals.get()
    cancel_execution(workflow.owner, execution.pk, reason="ordered twice")
    drain()

    assert fresh(execution).status == "cancelled"
    approval.refresh_from_db()
    assert approval.status == "withdrawn"
    with pytest.raises(AlreadyAnswered):
        answer_approval(workflow.owner, approval.pk, approves=True)
    requested = EventRow.objects.get(execution_id=execution.pk, type="cancel_requested")
    assert requested.data == {"by": workflow.owner.username, "reason": "ordered twice"}


def test_cancelling_asks_running_handlers_to_stop(engine: Engine) -> None:
    began, stopped = threading.Event(), []

    async def behave(step: StepContext) -> Outcome:
        began.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.append(step.node_id)
            raise
        return Succeeded()

    workflow = make_workflow(nodes=[probe("slow")])
    with behaviour("slow", behave):
        execution = start(workflow)
        while not began.is_set():
            engine.turn()
        cancel_execution(workflow.owner, execution.pk)
        engine.tell(MailFor((execution.pk,)))  # what the heartbeat does twice a second
        engine.run_until_idle()

    assert stopped == ["slow"]
    assert fresh(execution).status == "cancelled"
    assert StepRun.objects.get(execution=execution).status == "cancelled"


def test_a_once_step_is_let_finish_and_recorded_before_its_run_is_cancelled(engine: Engine) -> None:
    began, may_end = threading.Event(), threading.Event()

    async def behave(step: StepContext) -> Outcome:
        began.set()
        while not may_end.is_set():
            await asyncio.sleep(0.005)
        return Succeeded({"order": 7})

    workflow = make_workflow(nodes=[probe("order", "once"), step("after")], edges=chain("order", "after"))
    with behaviour("order", behave):
        execution = start(workflow)
        while not began.is_set():
            engine.turn()
        cancel_execution(workflow.owner, execution.pk)
        engine.tell(MailFor((execution.pk,)))
        engine.turn()
        may_end.set()
        engine.run_until_idle()

    only = StepRun.objects.get(execution=execution)
    assert (only.node_id, only.status, only.output) == ("order", "success", {"order": 7})
    assert fresh(execution).status == "cancelled"


def test_cancelling_a_run_cancels_the_runs_it_started(drain: Drain) -> None:
    inner = make_workflow(nodes=[node("wait", "wait", NEVER)])
    outer = make_workflow(inner.owner, nodes=[node("sub", "subworkflow", {"workflow": str(inner.pk)})])
    execution = start(outer)
    drain()
    cancel_execution(outer.owner, execution.pk)
    drain()
    assert set(Execution.objects.values_list("status", flat=True)) == {"cancelled"}


def test_what_a_state_does_not_admit_is_refused(drain: Drain) -> None:
    workflow = make_workflow()
    execution = start(workflow)
    drain()
    owner = workflow.owner
    with pytest.raises(WrongState, match="it is completed"):
        cancel_execution(owner, execution.pk)
    with pytest.raises(WrongState):
        pause_execution(owner, execution.pk)
    with pytest.raises(WrongState):
        resume_execution(owner, execution.pk)
    with pytest.raises(WrongState):
        signal_execution(owner, execution.pk, "go")


def test_a_run_that_is_not_paused_cannot_be_resumed_and_a_paused_one_not_paused(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("wait", "wait", NEVER)])
    execution = start(workflow)
    drain()
    with pytest.raises(WrongState, match="waiting, not paused"):
        resume_execution(workflow.owner, execution.pk)
    pause_execution(workflow.owner, execution.pk)
    drain()
    with pytest.raises(WrongState, match="paused already"):
        pause_execution(workflow.owner, execution.pk)


def test_only_editors_steer_a_run(drain: Drain) -> None:
    workflow, viewer, stranger = make_workflow(nodes=[node("wait", "wait", NEVER)]), make_user(), make_user()
    share(workflow, viewer, Access.VIEWER)
    execution = start(workflow)
    with pytest.raises(NotAllowed):
        cancel_execution(viewer, execution.pk)
    with pytest.raises(NotFound):
        cancel_execution(stranger, execution.pk)


def test_a_signal_needs_a_name_and_a_payload_of_some_size() -> None:
    workflow = make_workflow(nodes=[node("wait", "wait", NEVER)])
    execution = start(workflow)
    with pytest.raises(InvalidInput):
        signal_execution(workflow.owner, execution.pk, "")
    with pytest.raises(TooLarge):
        signal_execution(workflow.owner, execution.pk, "go", "x" * (256 * 1024))
