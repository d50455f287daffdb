"""Which steps of a session a graph draws, and in which order they come."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from orchestrator.core.errors import InvalidInput
from orchestrator.executions.runtime.graphs import graph_of
from orchestrator.graphs.compiled import CompiledGraph, CompiledNode
from trading.strategy.domain.document_schema import MOST_STEPS
from trading.strategy.domain.steps import definition_of
from trading.strategy.services.builtin import STEP


def steps_of(version: UUID) -> list[CompiledNode]:
    graph = graph_of(version)
    found = laid_out(graph)
    if not has_step(graph):
        message = "This workflow has no strategy step. Draw one in the builder, or leave the workflow out."
        raise InvalidInput(message, fields={"workflow_id": [message]})
    if len(found) > MOST_STEPS:
        message = f"A session has at most {MOST_STEPS} steps; this workflow has {len(found)}."
        raise InvalidInput(message, fields={"workflow_id": [message]})
    return found


def laid_out(graph: CompiledGraph) -> list[CompiledNode]:
    """The strategy steps of a graph in the order in which they come; those of a loop once."""
    order: list[str] = []
    seen: set[str] = set()
    for entry in reversed(graph.entries):
        _visit(graph, entry, seen, order)
    found = [graph.nodes[name] for name in reversed(order)]
    return [each for each in found if each.type.name == STEP and not each.node.data.disabled]


def _visit(graph: CompiledGraph, start: str, seen: set[str], order: list[str]) -> None:
    """Depth first; ``order`` gets each node after all that come after it."""
    if start in seen:
        return
    seen.add(start)
    stack: list[tuple[str, Iterator[str]]] = [(start, _after(graph, start))]
    while stack:
        name, rest = stack[-1]
        following = next((each for each in rest if each not in seen), None)
        if following is None:
            order.append(name)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, _after(graph, following)))


def _after(graph: CompiledGraph, name: str) -> Iterator[str]:
    edges = [edge for port in graph.nodes[name].outgoing.values() for edge in port]
    return iter([edge.target for edge in reversed(edges)])


def has_step(graph: CompiledGraph) -> bool:
    """Also within a map: those come when the map comes to them."""
    drawn = (each for each in graph.nodes.values() if not each.node.data.disabled)
    return any(each.type.name == STEP or (each.body is not None and has_step(each.body)) for each in drawn)


def node_named(graph: CompiledGraph, name: str) -> CompiledNode | None:
    """By the name of its step, which leads through maps: ``each#1/0>scout``."""
    *maps, last = name.split(">")
    for each in maps:
        node = graph.nodes.get(each.rpartition("#")[0])
        if node is None or node.body is None:
            return None
        graph = node.body
    return graph.nodes.get(last)


def title_of(node: CompiledNode) -> str:
    definition = definition_of(str(node.node.data.config.get("step_type", "situation")))
    return node.node.data.title or (definition.title if definition else node.id)
