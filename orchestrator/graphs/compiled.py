"""A graph made ready to run: expressions compiled, edges by port, bodies of maps included.

Compiling costs milliseconds and its result never changes, so the engine keeps it by version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from orchestrator.core.json import Json
from orchestrator.graphs.expressions import (
    Binding,
    Expression,
    ExpressionError,
    compile_binding,
    compile_expression,
)
from orchestrator.graphs.model import Edge, Graph, Join, Node, read_graph
from orchestrator.graphs.nodetypes import NodeType, NodeTypeRegistry
from orchestrator.graphs.problems import InvalidGraph, Problem, errors_in
from orchestrator.graphs.reach import Reach


@dataclass(frozen=True, slots=True)
class CompiledEdge:
    id: str
    source: str
    target: str
    port: str
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class CompiledNode:
    """A node with all that is needed to fire it. ``fixed`` is a configuration in which nothing varies."""

    node: Node
    type: NodeType
    incoming: tuple[CompiledEdge, ...]
    outgoing: Mapping[str, tuple[CompiledEdge, ...]]
    binding: Binding
    raw: Mapping[str, Any]
    fixed: BaseModel | None
    body: CompiledGraph | None
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """For the engine: what follows from ``fixed`` and need not be found out again."""

    @property
    def id(self) -> str:
        return self.node.id

    @property
    def join(self) -> Join:
        return self.node.data.join

    def has_port(self, port: str) -> bool:
        """Whether any edge is drawn from this port."""
        return port in self.outgoing

    def configure(self, names: Mapping[str, Any], now: datetime) -> tuple[BaseModel, Json]:
        """The configuration with its expressions evaluated against ``names``, as a model and as JSON.

        Raises EvaluationError for an expression that fails and ValidationError for a result that the
        node type does not take.
        """
        if self.fixed is not None:
            return self.fixed, self.node.data.config
        bound = self.binding.evaluate(names, now=now)
        assert isinstance(bound, dict)
        given = {**bound, **self.raw}
        return self.type.config.model_validate(given), given


@dataclass(frozen=True, slots=True)
class CompiledGraph:
    nodes: Mapping[str, CompiledNode]
    entries: tuple[str, ...]
    reach: Reach


def compile_graph(graph: Graph, types: NodeTypeRegistry) -> CompiledGraph:
    """Raises InvalidGraph for what cannot run at all: unknown types, dangling edges, expressions that
    do not parse. The finer questions are ``validate_graph``'s and were asked before publishing.
    """
    incoming: dict[str, list[CompiledEdge]] = {node.id: [] for node in graph.nodes}
    outgoing: dict[str, dict[str, list[CompiledEdge]]] = {node.id: {} for node in graph.nodes}
    for edge in graph.edges:
        compiled = _compile_edge(edge)
        if edge.source not in incoming or edge.target not in incoming:
            raise _cannot_run(f"Edge {edge.id} leads from or to a node that does not exist.", edge=edge.id)
        incoming[edge.target].append(compiled)
        outgoing[edge.source].setdefault(edge.port, []).append(compiled)
    nodes = {
        node.id: _compile_node(node, types, tuple(incoming[node.id]), _frozen(outgoing[node.id]))
        for node in graph.nodes
    }
    bits = {node_id: 1 << index for index, node_id in enumerate(nodes)}
    entries = tuple(node_id for node_id in nodes if not incoming[node_id])
    return CompiledGraph(nodes=nodes, entries=entries, reach=Reach(bits, incoming))


def _compile_edge(edge: Edge) -> CompiledEdge:
    try:
        condition = compile_expression(edge.condition) if edge.condition else None
    except ExpressionError as error:
        raise _cannot_run(f"Edge {edge.id}: {error}", edge=edge.id) from error
    return CompiledEdge(edge.id, edge.source, edge.target, edge.port, condition)


def _compile_node(
    node: Node,
    types: NodeTypeRegistry,
    incoming: tuple[CompiledEdge, ...],
    outgoing: Mapping[str, tuple[CompiledEdge, ...]],
) -> CompiledNode:
    node_type = types.get(node.type)
    if node_type is None:
        raise _cannot_run(f'Node {node.id}: there is no node type "{node.type}".', node=node.id)
    config = node.data.config
    raw = {key: value for key, value in config.items() if key in node_type.raw_fields}
    try:
        binding = compile_binding({key: value for key, value in config.items() if key not in raw})
        fixed = node_type.config.model_validate(config) if binding.is_static else None
    except (ExpressionError, ValidationError) as error:
        raise _cannot_run(f"Node {node.id}: {error}", node=node.id) from error
    body = compile_body(node_type, config, types)
    return CompiledNode(node, node_type, incoming, outgoing, binding, raw, fixed, body)


def compile_body(
    node_type: NodeType, config: Mapping[str, Any], types: NodeTypeRegistry
) -> CompiledGraph | None:
    """The graph inside a node, for types that have one."""
    if node_type.body is None:
        return None
    graph, problems = read_graph(node_type.body(config))
    if errors_in(problems):
        raise InvalidGraph(errors_in(problems))
    return compile_graph(graph, types)


def _frozen(outgoing: Mapping[str, list[CompiledEdge]]) -> dict[str, tuple[CompiledEdge, ...]]:
    return {port: tuple(edges) for port, edges in outgoing.items()}


def _cannot_run(message: str, *, node: str | None = None, edge: str | None = None) -> InvalidGraph:
    return InvalidGraph([Problem(code="cannot_run", message=message, node=node, edge=edge)])
