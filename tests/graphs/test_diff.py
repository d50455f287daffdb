"""What changed between two graphs."""

from __future__ import annotations

from typing import Any

from orchestrator.graphs.diff import Change, diff_graphs
from tests.factories import edge, step


def graph(nodes: Any = (), edges: Any = ()) -> Any:
    return {"nodes": list(nodes), "edges": list(edges)}


def test_equal_graphs_differ_in_nothing() -> None:
    same = graph([step("a")])
    assert diff_graphs(same, same).is_empty


def test_added_removed_moved_and_changed_nodes_are_told_apart() -> None:
    before = [
        step("gone"),
        {**step("moved"), "position": {"x": 0, "y": 0}},
        step("changed", {"v": 1}),
        step("same"),
    ]
    after = [
        {**step("moved"), "position": {"x": 5, "y": 0}},
        {**step("changed", {"v": 2}), "position": {"x": 1, "y": 1}},
        step("same"),
        step("new"),
    ]
    diff = diff_graphs(graph(before), graph(after)).nodes
    assert (diff.added, diff.removed, diff.moved) == (("new",), ("gone",), ("moved",))
    assert diff.changed == {"changed": (Change("data.config.output.v", 1, 2),)}


def test_a_changed_edge_shows_the_field() -> None:
    before = graph(edges=[edge("a", "b")])
    after = graph(edges=[{**edge("a", "b"), "condition": "true"}])
    assert diff_graphs(before, after).edges.changed == {"a-out-b": (Change("condition", None, "true"),)}


def test_true_and_one_are_not_the_same() -> None:
    before = graph([step("a", {"v": True})])
    after = graph([step("a", {"v": 1})])
    assert diff_graphs(before, after).nodes.changed == {"a": (Change("data.config.output.v", True, 1),)}
