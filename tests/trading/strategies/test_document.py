"""The source document's own example, “Momentum Strategy”, as it stands there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.workflows.services.versions import check_graph
from tests.factories import fresh, make_user, make_workflow, start
from trading.models import StrategyRun, Tape
from trading.services.tapes import generate_tape

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]

NODES: Any = [
    {
        "id": "node-1",
        "type": "polymarket-stream",
        "position": {"x": 100, "y": 100},
        "data": {"config": {"categories": ["Politics"]}},
    },
    {
        "id": "node-2",
        "type": "filter",
        "position": {"x": 300, "y": 100},
        "data": {"config": {"conditions": [{"field": "momentum", "operator": "gt", "value": 0.05}]}},
    },
]
EDGES: Any = [{"id": "edge-1", "source": "node-1", "target": "node-2"}]


def test_it_has_no_problem() -> None:
    assert check_graph({"nodes": NODES, "edges": EDGES}) == []


def test_it_runs_as_given_on_the_newest_tape_that_fits(drain: Drain) -> None:
    ann = make_user("ann")
    tape = generate_tape(ann, name="Autumn", seed=7, messages=30_000)
    execution = start(make_workflow(ann, name="Momentum Strategy", nodes=NODES, edges=EDGES))
    drain()

    execution = fresh(execution)
    assert execution.error is None
    assert execution.status == "completed"
    outputs = {each.node_id: each.output for each in execution.steps.order_by("seq")}
    stream, kept = outputs["node-1"], outputs["node-2"]
    assert {row["category"] for row in stream["markets"]} == {"Politics"}
    assert all(row["momentum"] is not None for row in stream["markets"])
    assert kept["filtered"] == [row for row in stream["markets"] if row["momentum"] > 0.05]
    run = StrategyRun.objects.get(execution_id=execution.pk)
    assert (run.mode, run.tape, run.window) == ("paper", tape, 1)
    assert any("started plainly" in note for note in stream["notes"])
    assert any("nobody traded" in note for note in stream["notes"])


def test_without_any_tape_it_runs_on_a_generated_one_that_says_so(drain: Drain) -> None:
    execution = start(make_workflow(nodes=NODES, edges=EDGES))
    drain()
    assert fresh(execution).status == "completed"
    assert Tape.objects.get().name == "Demo tape (generated)"
