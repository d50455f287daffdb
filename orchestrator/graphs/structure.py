"""Questions about a graph's shape: what can be reached, and what can never stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from orchestrator.graphs.model import Graph, Node


def unreachable_nodes(graph: Graph) -> list[str]:
    """Nodes that no path from an entry leads to, in the order of the document."""
    entries = [node.id for node in graph.nodes if node.id not in graph.incoming]
    reached = _closure(entries, _neighbours(graph, forward=True))
    return [node.id for node in graph.nodes if node.id not in reached]


def endless_nodes(graph: Graph, may_stop: Callable[[Node], bool]) -> list[str]:
    """Nodes from which a run can never come to an end: every path stays in loops for ever.

    ``may_stop`` says whether a run may end after a node although it has outgoing edges.
    """
    exits = [node.id for node in graph.nodes if node.id not in graph.outgoing or may_stop(node)]
    safe = _closure(exits, _neighbours(graph, forward=False))
    return [node.id for node in graph.nodes if node.id not in safe]


def _neighbours(graph: Graph, *, forward: bool) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {node.id: [] for node in graph.nodes}
    for edge in graph.edges:
        near, far = (edge.source, edge.target) if forward else (edge.target, edge.source)
        if near in found and far in found:
            found[near].append(far)
    return found


def _closure(start: Iterable[str], neighbours: Mapping[str, list[str]]) -> set[str]:
    reached, todo = set(start), list(start)
    while todo:
        for node in neighbours[todo.pop()]:
            if node not in reached:
                reached.add(node)
                todo.append(node)
    return reached
