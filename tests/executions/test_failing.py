"""Steps that fail: retried, routed, timed out, or ending the run with an error that names what and where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.graphs.steps import Outcome, StepContext, StepError, Succeeded
from tests.factories import (
    chain,
    edge,
    expression,
    fresh,
    make_workflow,
    node,
    set_vars,
    start,
    step,
)
from tests.probes import behaviour, probe

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(utc_now() + timedelta(**span), tick=True)


def attempts(execution: Execution) -> list[tuple[int, str]]:
    return list(StepRun.objects.filter(execution=execution).order_by("seq").values_list("attempt", "status"))


def failing(times: int) -> Callable[[StepContext], Outcome]:
    def behave(step: StepContext) -> Outcome:
        if step.attempt <= times:
            raise StepError("unavailable", f"Not yet, at attempt {step.attempt}.")
        return Succeeded({"attempt": step.attempt})

    return behave


def test_a_failed_step_is_retried_after_its_backoff_with_the_same_idempotency_key(drain: Drain) -> None:
    workflow = make_workflow(nodes=[probe("flaky", retry={"max_attempts": 3, "backoff_seconds": 10})])
    with behaviour("flaky", failing(2)) as calls:
        execution = start(workflow)
        drain()
        waiting = fresh(execution)
        assert waiting.status == "waiting"
        assert waiting.wake_at is not None
        assert timedelta(seconds=9) < waiting.wake_at - utc_now() < timedelta(seconds=13)
        with later(seconds=13):
            drain()
        with later(seconds=40):
            drain()

    execution = fresh(execution)
    assert execution.status == "completed"
    assert attempts(execution) == [(1, "error"), (2, "error"), (3, "success")]
    assert len({call.idempotency_key for call in calls}) == 1


def test_a_step_out_of_attempts_fails_the_run_with_its_last_error(drain: Drain) -> None:
    workflow = make_workflow(nodes=[probe("flaky", retry={"max_attempts": 2, "backoff_seconds": 0})])
    with behaviour("flaky", failing(9)):
        execution = start(workflow)
        drain()

    execution = fresh(execution)
    assert execution.status == "failed"
    assert execution.error == {
        "code": "unavailable",
        "message": "Not yet, at attempt 2.",
        "node": "flaky",
    }


def test_a_workflow_can_give_all_its_steps_retries(drain: Drain) -> None:
    workflow = make_workflow(nodes=[probe("flaky")], settings={"max_retries": 1})
    with behaviour("flaky", failing(1)):
        execution = start(workflow)
        drain()
        with later(seconds=5):
            drain()
    assert fresh(execution).status == "completed"


def test_an_error_that_cannot_pass_is_not_retried(drain: Drain) -> None:
    def behave(step: StepContext) -> Outcome:
        raise StepError("wrong", "This will never work.", retryable=False)

    workflow = make_workflow(nodes=[probe("bad", retry={"max_attempts": 5})])
    with behaviour("bad", behave):
        execution = start(workflow)
        drain()
    assert attempts(fresh(execution)) == [(1, "error")]


def test_a_handler_that_raises_fails_its_step_with_the_exception_s_name(drain: Drain) -> None:
    def behave(step: StepContext) -> Outcome:
        raise ZeroDivisionError("by nought")

    workflow = make_workflow(nodes=[probe("bug")])
    with behaviour("bug", behave):
        execution = start(workflow)
        drain()
    error = fresh(execution).error
    assert (error["code"], error["message"], error["node"]) == (
        "handler_error",
        "ZeroDivisionError: by nought",
        "bug",
    )


def test_on_error_continue_goes_on_and_later_steps_can_read_the_error(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[
            probe("bad", on_error="continue"),
            step("after", {"why": expression("nodes.bad.error.message")}),
        ],
        edges=chain("bad", "after"),
    )
    with behaviour("bad", failing(9)):
        execution = start(workflow)
        drain()
    execution = fresh(execution)
    assert execution.status == "completed"
    assert execution.steps.get(node_id="after").output == {"why": "Not yet, at attempt 1."}


def test_on_error_route_takes_the_error_port(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[probe("bad", on_error="route"), step("well"), step("badly")],
        edges=[edge("bad", "well"), edge("bad", "badly", port="error")],
    )
    with behaviour("bad", failing(9)):
        execution = start(workflow)
        drain()
    assert [each.node_id for each in fresh(execution).steps.order_by("seq")] == ["bad", "badly"]


def test_a_handler_that_takes_too_long_is_stopped(drain: Drain) -> None:
    stopped = []

    async def behave(step: StepContext) -> Outcome:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.append(step.node_id)
            raise
        return Succeeded()

    workflow = make_workflow(nodes=[probe("slow", timeout_seconds=0.05)])
    with behaviour("slow", behave):
        execution = start(workflow)
        drain()
    assert fresh(execution).error["code"] == "timeout"
    assert stopped == ["slow"]


def test_a_step_that_waits_longer_than_its_timeout_fails(drain: Drain) -> None:
    wait = {"any_of": [{"signal": "never", "port": "out"}]}
    workflow = make_workflow(nodes=[node("wait", "wait", wait, timeout_seconds=60)])
    execution = start(workflow)
    drain()
    with later(seconds=61):
        drain()
    assert fresh(execution).error["code"] == "timeout"


def test_a_run_that_takes_longer_than_its_workflow_allows_is_timed_out(drain: Drain) -> None:
    wait = {"any_of": [{"signal": "never", "port": "out"}]}
    workflow = make_workflow(nodes=[node("wait", "wait", wait)], settings={"timeout_seconds": 60})
    execution = start(workflow)
    drain()
    with later(seconds=61):
        drain()
    execution = fresh(execution)
    assert execution.status == "timed_out"
    assert attempts(execution) == [(1, "cancelled")]


def test_a_missing_key_is_told_with_its_whole_path_and_the_field(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[step("first", {"a": 1}), step("second", {"b": expression("nodes.first.output.prize")})],
        edges=chain("first", "second"),
    )
    execution = start(workflow)
    drain()
    error = fresh(execution).error
    assert error["code"] == "expression_error"
    assert error["node"] == "second"
    assert "config.output.b" in error["message"]
    assert "nodes.first.output.prize" in error["message"]


def test_a_computed_value_of_the_wrong_type_is_told_with_its_field(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("sleep", "timer", {"seconds": expression("input.s")})])
    execution = start(workflow, {"s": "soon"})
    drain()
    error = fresh(execution).error
    assert error["code"] == "bad_config"
    assert "config.seconds" in error["message"]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("x" * (1024 * 1024 + 1), "the limit is 1,048,576"),
        ({"when": object()}, "cannot be written as JSON"),
        ({"text": "a\x00b"}, "NUL"),
        (2**70, "cannot be written as JSON"),
        ("\ud800", "cannot be written as JSON"),
    ],
    ids=["too large", "no JSON", "NUL", "too large a number", "half a character"],
)
def test_an_output_that_cannot_be_stored_fails_the_step_and_not_the_engine(
    drain: Drain, output: Any, words: str
) -> None:
    workflow = make_workflow(nodes=[probe("odd")])
    healthy = make_workflow()
    with behaviour("odd", lambda step: Succeeded(output)):
        execution, other = start(workflow), start(healthy)
        drain()
    error = fresh(execution).error
    assert error["code"] == "bad_output"
    assert words in error["message"]
    assert fresh(other).status == "completed"


def test_a_runaway_loop_is_stopped_at_max_steps(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[set_vars("init", i=0), set_vars("more", i=expression("vars.i + 1"))],
        edges=[edge("init", "more"), edge("more", "more", when="vars.i > 0")],
    )
    execution = start(workflow)
    drain()
    execution = fresh(execution)
    assert execution.status == "failed"
    assert execution.error["code"] == "max_steps"
    assert "10,000" in execution.error["message"]
    assert execution.steps.count() == 10_000
    assert EventRow.objects.filter(execution_id=execution.pk).count() == execution.last_seq


def test_a_decision_without_a_matching_rule_or_default_fails_naming_the_node(drain: Drain) -> None:
    rules = [{"when": "input.n > 1", "port": "big"}]
    workflow = make_workflow(nodes=[node("route", "decision", {"rules": rules})])
    execution = start(workflow, {"n": 1})
    drain()
    error = fresh(execution).error
    assert (error["code"], error["node"]) == ("no_rule_matched", "route")


def test_a_failing_branch_stops_the_others(drain: Drain) -> None:
    async def behave(step: StepContext) -> Outcome:
        await asyncio.sleep(60)
        return Succeeded()

    workflow = make_workflow(nodes=[probe("slow"), probe("bad")])
    with behaviour("slow", behave), behaviour("bad", failing(9)):
        execution = start(workflow)
        drain()
    statuses = dict(StepRun.objects.filter(execution=execution).values_list("node_id", "status"))
    assert statuses == {"bad": "error", "slow": "cancelled"}
    assert fresh(execution).status == "failed"


def test_an_end_node_stops_everything_at_once(drain: Drain) -> None:
    wait = {"any_of": [{"signal": "never", "port": "out"}]}
    workflow = make_workflow(
        nodes=[step("go"), node("wait", "wait", wait), node("stop", "end", {"output": {"result": 1}})],
        edges=[edge("go", "wait"), edge("go", "stop")],
    )
    execution = start(workflow)
    drain()
    execution = fresh(execution)
    assert (execution.status, execution.output) == ("completed", {"result": 1})
    assert dict(execution.steps.values_list("node_id", "status"))["wait"] == "cancelled"


def test_an_end_node_can_end_the_run_as_failed(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("stop", "end", {"status": "failed", "output": "no stock"})])
    execution = start(workflow)
    drain()
    execution = fresh(execution)
    assert (execution.status, execution.output, execution.error["node"]) == ("failed", "no stock", "stop")


def test_a_disabled_step_lets_the_run_pass(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[step("a"), probe("off", disabled=True), step("b")], edges=chain("a", "off", "b")
    )
    execution = start(workflow)
    drain()
    execution = fresh(execution)
    assert [(each.node_id, each.status) for each in execution.steps.order_by("seq")] == [
        ("a", "success"),
        ("off", "skipped"),
        ("b", "success"),
    ]
    assert execution.metrics["nodes"] == 2
