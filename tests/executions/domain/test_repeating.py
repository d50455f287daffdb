"""Nodes that have more to give: they fire anew when everything else is done."""

from __future__ import annotations

from typing import Any

from orchestrator.executions.domain.codec import decode_state
from orchestrator.executions.domain.fork import reopen, state_before_failure
from orchestrator.executions.domain.state import StepKey
from orchestrator.graphs.steps import Failed, Outcome, Succeeded
from tests.executions.domain.driver import Driver, Plan, compiled, stored_state, task
from tests.factories import chain, edge


def giving(times: int, *, source: str = "source") -> Plan:
    """The source has more to give until it fired that often."""

    def plan(key: StepKey, attempt: int) -> Outcome:
        return Succeeded(f"{key.node}#{key.iteration}", again=key.node == source and key.iteration < times)

    return plan


def run(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], plan: Plan, **options: Any) -> Driver:
    return Driver(compiled(nodes, edges), plan).start(**options).run()


def test_what_follows_a_source_is_done_before_the_source_gives_more() -> None:
    driver = run([task("source"), task("a"), task("b")], chain("source", "a", "b"), giving(3))
    assert driver.fired == ["source", "a", "b"] * 3
    assert driver.status == "completed"
    assert driver.state.outputs() == {"source": "source#3", "a": "a#3", "b": "b#3"}


def test_a_branch_that_ends_early_does_not_end_the_source() -> None:
    edges = [edge("source", "a", when="false")]
    assert run([task("source"), task("a")], edges, giving(3)).fired == ["source"] * 3


def test_all_branches_are_awaited() -> None:
    nodes = [task("source"), task("a"), task("b"), task("b2")]
    edges = [edge("source", "a"), edge("source", "b"), edge("b", "b2")]
    fired = run(nodes, edges, giving(2)).fired
    assert fired[:4].count("source") == 1
    assert sorted(fired[4:]) == ["a", "b", "b2", "source"]


def test_a_source_in_the_middle_needs_no_arrival_to_give_more() -> None:
    driver = run([task("before"), task("source"), task("a")], chain("before", "source", "a"), giving(3))
    assert driver.fired == ["before", *["source", "a"] * 3]


def test_a_source_in_the_body_of_a_map_keeps_its_item_open() -> None:
    body = {"nodes": [task("source"), task("a")], "edges": chain("source", "a")}
    each = {"id": "each", "type": "map", "data": {"config": {"items": [1, 2], "body": body}}}
    driver = Driver(compiled([each], []), giving(2)).start().run()
    assert driver.fired.count("source") == driver.fired.count("a") == 4
    assert driver.status == "completed"


def test_a_source_is_followed_for_longer_than_a_loop_may_run() -> None:
    driver = run([task("source"), task("a")], chain("source", "a"), giving(500), max_steps=20)
    assert (driver.status, driver.fired.count("a")) == ("completed", 500)
    assert driver.state.steps == 1_000
    assert decode_state(stored_state(driver.state)) == driver.state


def test_a_loop_behind_a_source_is_stopped_by_the_limit_of_steps_all_the_same() -> None:
    looping = [*chain("source", "a"), edge("a", "a", when="nodes.source.output == 'source#7'")]
    driver = run([task("source"), task("a")], looping, giving(500), max_steps=20)
    assert driver.status == "failed"
    assert driver.state.error is not None
    assert driver.state.error["code"] == "max_steps"
    assert driver.fired.count("source") == 7
    assert driver.fired.count("a") == 6 + 19


def test_rounds_of_a_source_in_a_map_count_as_steps_of_the_run() -> None:
    body = {"nodes": [task("source")], "edges": []}
    each = {"id": "each", "type": "map", "data": {"config": {"items": [1], "body": body}}}
    driver = Driver(compiled([each], []), giving(10**9)).start(max_steps=20).run()
    assert driver.state.error is not None
    assert driver.state.error["code"] == "max_steps"


def test_the_state_of_a_run_does_not_grow_with_its_rounds() -> None:
    nodes = [task("source"), task("a"), task("b"), task("both", join="first")]
    edges = [edge("source", "a"), edge("source", "b"), edge("a", "both"), edge("b", "both")]
    sizes = [
        len(str(stored_state(run(nodes, edges, giving(times), max_steps=50).state))) for times in (100, 900)
    ]
    assert abs(sizes[1] - sizes[0]) < 50


def test_a_node_that_cancels_the_source_ends_it() -> None:
    driver = run([task("source"), task("a", cancels=["source"])], chain("source", "a"), giving(10**9))
    assert driver.fired == ["source", "a"]
    assert driver.status == "completed"


def test_a_retry_of_a_failure_goes_on_at_the_same_round() -> None:
    def failing(key: StepKey, attempt: int) -> Outcome:
        return Failed("broken", "it broke") if key == ("", "a", 2) else giving(3)(key, attempt)

    graph = compiled([task("source"), task("a")], chain("source", "a"))
    failed = Driver(graph, failing).start().run()
    assert failed.fired == ["source", "a", "source"]

    state = reopen(state_before_failure(failed.events), graph, same_version=True)
    again = Driver(graph, giving(3), state=state).run()
    assert again.fired == ["a", "source", "a"]
    assert stored_state(again.state)["status"] == "completed"
