"""What changed between two graphs."""

from __future__ import annotations

from orchestrator.graphs.diff import Change, diff_graphs
from tests.factories import edge, step


def test_equal_graphs_differ_in_nothing() -> None:
    graph = {"nodes": [step("a")], "edges": []}
    assert diff_graphs(graph, graph).is_empty


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
    diff = diff_graphs({"nodes": before, "edges": []}, {"nodes": after, "edges": []}).nodes
    assert (diff.added, diff.removed, diff.moved) == (("new",), ("gone",), ("moved",))
    assert diff.changed == {"changed": (Change("data.config.output.v", 1, 2),)}


def test_a_changed_edge_shows_the_field() -> None:
    before = {"nodes": [], "edges": [edge("a", "b")]}
    after = {"nodes": [], "edges": [{**edge("a", "b"), "condition": "true"}]}
    assert diff_graphs(before, after).edges.changed == {"a-out-b": (Change("condition", None, "true"),)}


def test_true_and_one_are_not_the_same() -> None:
    before = {"nodes": [step("a", {"v": True})], "edges": []}
    after = {"nodes": [step("a", {"v": 1})], "edges": []}
    assert diff_graphs(before, after).nodes.changed == {"a": (Change("data.config.output.v", True, 1),)}
