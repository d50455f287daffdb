"""Running again from a failure, from the start or from a node, on the same version or the current one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.core.errors import NotFound, WrongState
from orchestrator.executions.domain.fork import CannotRetry
from orchestrator.executions.models import Execution
from orchestrator.executions.queries.history import state_at, state_of
from orchestrator.executions.services.retrying import retry_execution
from orchestrator.executions.services.steering import cancel_execution
from orchestrator.graphs.steps import Outcome, StepContext, StepError, Succeeded
from orchestrator.workflows.services.versions import create_version
from tests.factories import chain, edge, expression, fresh, make_workflow, node, start, step
from tests.probes import behaviour, probe

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


class Switch:
    """A step that fails until it is mended."""

    mended = False

    def __call__(self, step: StepContext) -> Outcome:
        if not self.mended:
            raise StepError("broken", "Not mended yet.", retryable=False)
        return Succeeded({"fine": True})


def nodes_of(execution: Execution) -> list[str]:
    return list(fresh(execution).steps.order_by("seq").values_list("node_id", flat=True))


def test_a_retry_from_the_failure_keeps_what_was_done(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[
            step("first", {"n": 1}),
            probe("bad"),
            step("last", {"n": expression("nodes.first.output.n + 1")}),
        ],
        edges=chain("first", "bad", "last"),
    )
    switch = Switch()
    with behaviour("bad", switch):
        execution = start(workflow)
        drain()
        assert fresh(execution).status == "failed"
        switch.mended = True
        retry = retry_execution(workflow.owner, execution.pk)
        drain()

    retry = fresh(retry)
    assert (retry.status, retry.retry_of_id) == ("completed", execution.pk)
    assert nodes_of(retry) == ["bad", "last"]
    assert retry.steps.get(node_id="last").output == {"n": 2}
    assert state_of(retry).outputs().keys() == {"first", "bad", "last"}


def test_a_retry_from_the_start_does_everything_again(drain: Drain) -> None:
    workflow = make_workflow(nodes=[step("a"), step("b")], edges=chain("a", "b"))
    execution = start(workflow, {"x": 1})
    drain()
    retry = retry_execution(workflow.owner, execution.pk, start="start")
    drain()
    assert nodes_of(retry) == ["a", "b"]
    assert fresh(retry).input == {"x": 1}


def test_a_retry_from_a_node_keeps_what_came_before_it(drain: Drain) -> None:
    workflow = make_workflow(nodes=[step("a"), step("b"), step("c")], edges=chain("a", "b", "c"))
    execution = start(workflow)
    drain()
    retry = retry_execution(workflow.owner, execution.pk, start="b")
    drain()
    assert nodes_of(retry) == ["b", "c"]


def test_a_retry_keeps_the_parallel_branches_that_had_finished(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[step("a"), step("good"), probe("bad"), step("join")],
        edges=[edge("a", "good"), edge("a", "bad"), edge("good", "join"), edge("bad", "join")],
    )
    switch = Switch()
    with behaviour("bad", switch):
        execution = start(workflow)
        drain()
        switch.mended = True
        retry = retry_execution(workflow.owner, execution.pk)
        drain()
    assert nodes_of(retry) == ["bad", "join"]


def test_a_retry_of_a_map_repeats_only_the_items_that_were_not_done(drain: Drain) -> None:
    body = {"nodes": [probe("item", name="item")], "edges": []}
    workflow = make_workflow(
        nodes=[node("each", "map", {"items": [1, 2, 3], "body": body, "concurrency": 1})]
    )
    broken = {2}

    def behave(step: StepContext) -> Outcome:
        if step.names["item"] in broken:
            raise StepError("broken", "This one.", retryable=False)
        return Succeeded(step.names["item"] * 10)

    with behaviour("item", behave) as calls:
        execution = start(workflow)
        drain()
        assert fresh(execution).error["code"] == "item_failed"
        broken.clear()
        calls.clear()
        retry = retry_execution(workflow.owner, execution.pk)
        drain()
        assert [call.names["item"] for call in calls] == [2, 3]
    assert fresh(retry).steps.get(node_id="each").output == [10, 20, 30]


def test_a_retry_on_the_current_version_uses_its_mended_step(drain: Drain) -> None:
    bad = step("second", {"x": expression("nodes.first.output.missing")})
    workflow = make_workflow(nodes=[step("first", {"a": 1}), bad], edges=chain("first", "second"))
    execution = start(workflow)
    drain()
    mended = step("second", {"x": expression("nodes.first.output.a")})
    edges: Any = chain("first", "second")
    create_version(workflow.owner, workflow.pk, nodes=[step("first"), mended], edges=edges)

    with_original = retry_execution(workflow.owner, execution.pk)
    with_current = retry_execution(workflow.owner, execution.pk, version="current")
    drain()
    assert fresh(with_original).status == "failed"
    assert fresh(with_current).status == "completed"
    assert nodes_of(with_current) == ["second"]


def test_a_version_without_the_node_is_refused_by_name(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[step("first", {"a": 1}), step("gone", {"x": expression("input.no")})],
        edges=chain("first", "gone"),
    )
    execution = start(workflow, {})
    drain()
    create_version(workflow.owner, workflow.pk, nodes=[step("first")], edges=[])
    with pytest.raises(CannotRetry, match="gone"):
        retry_execution(workflow.owner, execution.pk, version="current")
    assert Execution.objects.count() == 1


def test_a_cancelled_run_can_go_on_where_it_was(drain: Drain) -> None:
    wait = {"any_of": [{"signal": "go", "port": "out"}]}
    workflow = make_workflow(nodes=[step("a"), node("wait", "wait", wait)], edges=chain("a", "wait"))
    execution = start(workflow)
    drain()
    cancel_execution(workflow.owner, execution.pk)
    drain()
    retry = retry_execution(workflow.owner, execution.pk)
    drain()
    assert fresh(retry).status == "waiting"
    assert nodes_of(retry) == []


def test_only_a_run_that_is_over_can_be_retried_and_only_from_where_it_has_been(drain: Drain) -> None:
    workflow = make_workflow(nodes=[node("sleep", "timer", {"seconds": 60})])
    execution = start(workflow)
    drain()
    with pytest.raises(WrongState, match="under way"):
        retry_execution(workflow.owner, execution.pk)

    done = start(make_workflow(workflow.owner))
    drain()
    with pytest.raises(CannotRetry, match="has not failed"):
        retry_execution(workflow.owner, done.pk)
    with pytest.raises(CannotRetry, match="elsewhere"):
        retry_execution(workflow.owner, done.pk, start="elsewhere")


def test_replay_gives_the_state_after_any_event(drain: Drain) -> None:
    workflow = make_workflow(nodes=[step("a"), step("b")], edges=chain("a", "b"))
    execution = start(workflow)
    drain()
    execution = fresh(execution)

    assert state_at(execution, 1).root.nodes.keys() == set()
    assert state_at(execution, 2).root.nodes.keys() == {"a"}
    assert state_at(execution, execution.last_seq).status == "completed"
    with pytest.raises(NotFound, match="no event 99"):
        state_at(execution, 99)
