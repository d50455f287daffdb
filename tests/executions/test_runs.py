"""Runs from their start to their end, through the real engine and the real database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.executions.models import EventRow, StepRun
from tests.factories import (
    chain,
    edge,
    expression,
    fresh,
    log_step,
    make_workflow,
    node,
    set_vars,
    start,
    step,
)

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


def test_a_run_passes_values_from_step_to_step(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[
            step("double", {"price": expression("input.price * 2")}),
            step("text", {"line": "It costs {{ nodes.double.output.price }}."}),
        ],
        edges=chain("double", "text"),
    )
    execution = start(workflow, {"price": 0.5})
    drain()

    execution = fresh(execution)
    assert execution.status == "completed"
    assert [each.output for each in execution.steps.order_by("seq")] == [
        {"price": 1},
        {"line": "It costs 1."},
    ]
    assert execution.metrics["nodes"] == 2
    assert execution.finished_at is not None


def test_a_decision_takes_the_first_rule_that_holds(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[
            node(
                "route",
                "decision",
                {
                    "rules": [
                        {"when": "input.n > 10", "port": "big"},
                        {"when": "input.n > 5", "port": "mid"},
                    ],
                    "default": "small",
                },
            ),
            *(step(name) for name in ("big", "mid", "small", "after")),
        ],
        edges=[
            *(edge("route", name, port=name) for name in ("big", "mid", "small")),
            *(edge(name, "after") for name in ("big", "mid", "small")),
        ],
    )
    runs = [start(workflow, {"n": n}) for n in (11, 7, 1)]
    drain()

    taken = [[each.node_id for each in fresh(run).steps.order_by("seq")] for run in runs]
    assert taken == [["route", "big", "after"], ["route", "mid", "after"], ["route", "small", "after"]]


def test_a_loop_counts_its_iterations(drain: Drain) -> None:
    workflow = make_workflow(
        nodes=[set_vars("init", i=0), set_vars("count", i=expression("vars.i + 1")), step("done")],
        edges=[
            edge("init", "count"),
            edge("count", "count", when="vars.i < 5"),
            edge("count", "done", when="vars.i >= 5"),
        ],
    )
    execution = start(workflow)
    drain()

    execution = fresh(execution)
    assert execution.status == "completed", execution.error
    assert execution.variables == {"i": 5}
    assert list(execution.steps.filter(node_id="count").values_list("iteration", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_a_map_gives_the_last_output_of_each_item_in_order(drain: Drain) -> None:
    body = {
        "nodes": [
            step("square", {"n": expression("item * item")}),
            step("tag", {"v": expression("nodes.square.output.n + index")}),
        ],
        "edges": chain("square", "tag"),
    }
    workflow = make_workflow(
        nodes=[
            node("each", "map", {"items": expression("input.xs"), "body": body, "concurrency": 2}),
            step("sum", {"total": expression("sum(nodes.each.output.map(o, o.v))")}),
        ],
        edges=chain("each", "sum"),
    )
    execution = start(workflow, {"xs": [1, 2, 3]})
    drain()

    execution = fresh(execution)
    assert execution.status == "completed", execution.error
    assert execution.steps.get(node_id="each").output == [{"v": 1}, {"v": 5}, {"v": 11}]
    assert execution.steps.get(node_id="sum").output == {"total": 17}


def test_a_fan_out_of_a_hundred_joins_once(drain: Drain) -> None:
    names = [f"p{i}" for i in range(100)]
    workflow = make_workflow(
        nodes=[step("split"), *(log_step(name) for name in names), step("join")],
        edges=[*(edge("split", name) for name in names), *(edge(name, "join") for name in names)],
    )
    execution = start(workflow)
    drain()

    execution = fresh(execution)
    assert execution.status == "completed"
    assert StepRun.objects.filter(execution=execution, node_id="join").count() == 1
    assert execution.metrics["nodes"] == 102


def test_every_event_is_stored_once_and_in_order(drain: Drain) -> None:
    execution = start(
        make_workflow(nodes=[log_step(f"n{i}") for i in range(5)], edges=chain(*(f"n{i}" for i in range(5))))
    )
    drain()

    seqs = list(
        EventRow.objects.filter(execution_id=execution.pk).order_by("seq").values_list("seq", flat=True)
    )
    assert seqs == list(range(1, fresh(execution).last_seq + 1))
