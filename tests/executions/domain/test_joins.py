"""Splits and joins, by the pure machine."""

from __future__ import annotations

from orchestrator.executions.domain.state import StepKey
from orchestrator.graphs.steps import Outcome, Succeeded
from tests.executions.domain.driver import Driver, compiled, task
from tests.factories import chain, edge


def by_ports(**ports: str) -> object:
    """A plan in which the named nodes leave by the given port (several: ``a+b``), others by ``out``."""

    def plan(key: StepKey, attempt: int) -> Outcome:
        return Succeeded(key.node, tuple(ports.get(key.node, "out").split("+")))

    return plan


def diamond(join: object, **after: object) -> list[dict[str, object]]:
    return [task("a", "left", "right"), task("b"), task("c"), task("d", join=join), task("e")]


DIAMOND = [
    edge("a", "b", port="left"),
    edge("a", "c", port="right"),
    edge("b", "d"),
    edge("c", "d"),
    edge("d", "e"),
]


def run(nodes: list[dict[str, object]], edges: list[dict[str, object]], **ports: str) -> Driver:
    return Driver(compiled(nodes, edges), by_ports(**ports)).start().run()  # type: ignore[arg-type]


def test_sync_waits_for_both_branches_of_a_parallel_split() -> None:
    assert run(diamond("sync"), DIAMOND, a="left+right").fired == ["a", "b", "c", "d", "e"]


def test_sync_does_not_wait_for_a_branch_that_was_not_taken() -> None:
    assert run(diamond("sync"), DIAMOND, a="left").fired == ["a", "b", "d", "e"]


def test_sync_waits_for_a_long_branch_however_short_the_other_is() -> None:
    nodes = [task("a", "short", "long"), *(task(f"l{i}") for i in range(4)), task("d")]
    edges = [edge("a", "d", port="short"), edge("a", "l0", port="long"), *chain("l0", "l1", "l2", "l3", "d")]
    assert run(nodes, edges, a="short+long").fired == ["a", "l0", "l1", "l2", "l3", "d"]


def test_sync_in_a_loop_fires_once_each_time_round() -> None:
    nodes = [task("start"), task("top"), task("work", "again", "done"), task("end")]
    edges = [
        edge("start", "top"),
        edge("work", "top", port="again"),
        edge("top", "work"),
        edge("work", "end", port="done"),
    ]

    def plan(key: StepKey, attempt: int) -> Outcome:
        again = key.node == "work" and key.iteration < 3
        ports = ("again",) if again else ("done",) if key.node == "work" else ("out",)
        return Succeeded(key.node, ports)

    driver = Driver(compiled(nodes, edges), plan).start().run()
    assert driver.fired == ["start", *["top", "work"] * 3, "end"]
    assert driver.status == "completed"


def test_two_sync_joins_that_wait_for_each_other_fire_in_the_order_of_their_tokens() -> None:
    nodes = [task("a", "x", "y"), task("p"), task("q")]
    edges = [
        edge("a", "p", port="x"),
        edge("a", "q", port="y"),
        edge("p", "q", when="false"),
        edge("q", "p", when="false"),
    ]
    driver = run(nodes, edges, a="x+y")
    assert driver.fired == ["a", "p", "q"]
    assert driver.status == "completed"


def test_all_fires_only_when_every_edge_has_a_token() -> None:
    assert run(diamond("all"), DIAMOND, a="left+right").fired == ["a", "b", "c", "d", "e"]


def test_all_that_can_no_longer_be_satisfied_fails_the_run_naming_the_join_and_the_edge() -> None:
    driver = run(diamond("all"), DIAMOND, a="left")
    assert driver.status == "failed"
    assert driver.state.error is not None
    assert driver.state.error["code"] == "join_starved"
    assert driver.state.error["node"] == "d"
    assert "c-out-d" in str(driver.state.error["message"])


def test_any_fires_for_every_arrival() -> None:
    assert sorted(run(diamond("any"), DIAMOND, a="left+right").fired) == ["a", "b", "c", "d", "d", "e", "e"]


def test_first_fires_once_and_swallows_the_straggler() -> None:
    driver = run(diamond("first"), DIAMOND, a="left+right")
    assert driver.fired.count("d") == 1
    assert driver.status == "completed"


def test_n_fires_on_the_nth_arrival_and_swallows_the_rest() -> None:
    names = [f"p{i}" for i in range(5)]
    nodes = [task("a"), *(task(name) for name in names), task("d", join={"n": 3})]
    edges = [*(edge("a", name) for name in names), *(edge(name, "d") for name in names)]
    driver = run(nodes, edges)
    assert driver.fired.count("d") == 1
    assert driver.status == "completed"


def test_first_in_a_loop_with_exclusive_branches_fires_every_time_round() -> None:
    nodes = [
        task("a", "left", "right"),
        task("b"),
        task("c"),
        task("d", join="first"),
        task("again", "up", "out"),
    ]
    edges = [
        edge("a", "b", port="left"),
        edge("a", "c", port="right"),
        edge("b", "d"),
        edge("c", "d"),
        edge("d", "again"),
        edge("again", "a", port="up"),
    ]
    edges.insert(0, edge("begin", "a"))
    nodes.insert(0, task("begin"))

    def plan(key: StepKey, attempt: int) -> Outcome:
        if key.node == "a":
            return Succeeded(None, ("left",) if key.iteration % 2 else ("right",))
        if key.node == "again":
            return Succeeded(None, ("up",) if key.iteration < 4 else ("out",))
        return Succeeded(None)

    driver = Driver(compiled(nodes, edges), plan).start().run()
    assert driver.fired.count("d") == 4
    assert driver.status == "completed"


def test_first_in_a_loop_with_parallel_branches_swallows_one_straggler_a_round() -> None:
    nodes = [
        task("begin"),
        task("a"),
        task("b"),
        task("c"),
        task("d", join="first"),
        task("again", "up", "out"),
    ]
    edges = [
        edge("begin", "a"),
        edge("a", "b"),
        edge("a", "c"),
        edge("b", "d"),
        edge("c", "d"),
        edge("d", "again"),
        edge("again", "a", port="up"),
    ]

    def plan(key: StepKey, attempt: int) -> Outcome:
        up = key.node == "again" and key.iteration < 3
        return Succeeded(None, ("up",) if up else ("out",))

    driver = Driver(compiled(nodes, edges), plan).start().run()
    assert driver.fired.count("d") == 3
    assert driver.status == "completed"


def test_cancels_withdraws_what_is_under_way_in_the_named_nodes() -> None:
    nodes = [task("a"), task("slow"), task("quick", cancels=["slow"]), task("after"), task("never")]
    edges = [edge("a", "quick"), edge("a", "slow"), edge("quick", "after"), edge("slow", "never")]
    driver = run(nodes, edges)
    assert driver.fired == ["a", "quick", "after"]
    assert driver.status == "completed"


def test_a_branch_whose_conditions_are_all_false_ends_there_and_says_so() -> None:
    driver = run([task("a"), task("b")], [edge("a", "b", when="1 == 2")])
    assert driver.fired == ["a"]
    assert driver.status == "completed"
    assert [type(event).__name__ for event in driver.events].count("BranchEnded") == 1


def test_a_condition_that_cannot_be_evaluated_fails_the_run_naming_edge_and_path() -> None:
    driver = run([task("a"), task("b")], [edge("a", "b", when="nodes.a.output.price > 1")])
    assert driver.status == "failed"
    assert driver.state.error is not None
    assert driver.state.error["code"] == "condition_error"
    assert "a-out-b" in str(driver.state.error["message"])
