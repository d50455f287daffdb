"""Everything that is wrong with a graph, found before it runs and told where it sits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from orchestrator.graphs.expressions import ExpressionError, compile_binding, compile_expression
from orchestrator.graphs.model import ERROR_PORT, Edge, Graph, JoinCount, Node, read_graph
from orchestrator.graphs.nodetypes import NodeType, NodeTypeRegistry
from orchestrator.graphs.problems import Problem, errors_in
from orchestrator.graphs.structure import endless_nodes, unreachable_nodes

ROOT_NAMES = frozenset({"input", "vars", "nodes", "trigger", "execution"})
BODY_NAMES = frozenset({"item", "index"})
MAX_BODY_DEPTH = 5


def validate_graph(
    document: object,
    types: NodeTypeRegistry,
    *,
    extra_names: Collection[str] = (),
    internal: bool = False,
) -> list[Problem]:
    """All problems of a graph document, in the order of its parts. Empty: it may be published and run.

    ``extra_names`` are the names a product adds to the scope of expressions. ``internal`` says that the
    product made the graph itself.
    """
    names = frozenset(extra_names) | ROOT_NAMES
    return list(_Validator(types, names, internal=internal).run(document))


class _Validator:
    """One level of graph; the bodies of map nodes are levels of their own that also see the outer nodes."""

    def __init__(
        self,
        types: NodeTypeRegistry,
        names: frozenset[str],
        outer: frozenset[str] = frozenset(),
        depth: int = 0,
        *,
        internal: bool,
    ) -> None:
        self.types, self.names, self.outer, self.depth = types, names, outer, depth
        self.internal = internal
        self.ids: frozenset[str] = outer

    def run(self, document: object) -> Iterator[Problem]:
        graph, unread = read_graph(document)
        self.ids = self.outer | {node.id for node in graph.nodes}
        broken = [*unread, *self._duplicates(graph), *self._dangling(graph)]
        yield from broken
        for node in graph.nodes:
            yield from self._node(node, graph)
        for edge in graph.edges:
            yield from self._edge(edge, graph)
        if not errors_in(broken):
            yield from self._structure(graph)

    def _duplicates(self, graph: Graph) -> Iterator[Problem]:
        for name, count in Counter(node.id for node in graph.nodes).items():
            if count > 1:
                yield Problem(code="duplicate_id", node=name, message=f"{count} nodes have the id {name}.")
        for name, count in Counter(edge.id for edge in graph.edges).items():
            if count > 1:
                yield Problem(code="duplicate_id", edge=name, message=f"{count} edges have the id {name}.")

    def _node(self, node: Node, graph: Graph) -> Iterator[Problem]:
        node_type = self.types.get(node.type)
        if node_type is None:
            yield Problem(code="unknown_type", node=node.id, path="type", message=self._no_such_type(node))
            return
        if node_type.internal and not self.internal:
            message = f'Node {node.id}: "{node.type}" is only for workflows of the product itself.'
            yield Problem(code="internal_type", node=node.id, path="type", message=message)
        yield from self._config(node, node_type)
        yield from self._join(node, graph)
        for target in node.data.cancels:
            if target not in graph.by_id:
                message = f'Node {node.id} cancels "{target}", which does not exist.'
                yield Problem(code="unknown_node", node=node.id, path="data.cancels", message=message)

    def _no_such_type(self, node: Node) -> str:
        near = get_close_matches(node.type, [each.name for each in self.types.offered()], n=1)
        hint = f' Do you mean "{near[0]}"?' if near else ""
        return f'Node {node.id}: there is no node type "{node.type}".{hint}'

    def _config(self, node: Node, node_type: NodeType) -> Iterator[Problem]:
        config = node.data.config
        dynamic: set[tuple[str | int, ...]] = set()
        for field, value in config.items():
            if field in node_type.raw_fields:
                continue
            binding = compile_binding(value, names=self.names, collect=True)
            dynamic |= {(field, *path) for path in binding.dynamic_paths}
            for path, fault in binding.problems:
                yield self._bad_expression(fault, f"data.config.{_dotted((field, *path))}", node=node.id)
            yield from self._references(binding.references, node.id, f"data.config.{field}")
        yield from self._config_faults(node, node_type, dynamic)
        for place, source in node_type.expressions(config):
            names = self.names | node_type.expression_names
            yield from self._expression(source, f"data.config.{place}", names, node=node.id)
        if node_type.body is not None:
            yield from self._body(node, node_type.body(config))

    def _config_faults(
        self, node: Node, node_type: NodeType, dynamic: Collection[tuple[str | int, ...]]
    ) -> Iterator[Problem]:
        """The node type's own complaints, but for values that are known only when the node runs."""
        try:
            node_type.config.model_validate(node.data.config)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                place = _place(node.data.config, fault["loc"])
                if any(place[: len(path)] == path for path in dynamic):
                    continue
                path = _dotted(("data", "config", *place))
                message = f"Node {node.id} at {path}: {fault['msg']}."
                yield Problem(code="bad_config", node=node.id, path=path, message=message)

    def _body(self, node: Node, body: object) -> Iterator[Problem]:
        if self.depth >= MAX_BODY_DEPTH:
            message = f"Node {node.id}: bodies nest deeper than {MAX_BODY_DEPTH}."
            yield Problem(code="too_deep", node=node.id, message=message)
            return
        names = self.names | BODY_NAMES
        inner = _Validator(self.types, names, self.ids, self.depth + 1, internal=self.internal)
        for problem in inner.run(body):
            where = problem.node or problem.edge
            yield Problem(
                code=problem.code,
                severity=problem.severity,
                node=node.id,
                path=".".join(filter(None, ("data.config.body", where, problem.path))),
                position=problem.position,
                message=f"In the body of {node.id}: {problem.message}",
            )

    def _join(self, node: Node, graph: Graph) -> Iterator[Problem]:
        join = node.data.join
        incoming = len(graph.incoming.get(node.id, ()))
        if isinstance(join, JoinCount) and join.n > max(incoming, 1):
            message = f"Node {node.id} joins {join.n} arrivals and has {incoming} incoming edges."
            yield Problem(code="impossible_join", node=node.id, path="data.join", message=message)

    def _dangling(self, graph: Graph) -> Iterator[Problem]:
        for edge in graph.edges:
            for end, name in (("source", edge.source), ("target", edge.target)):
                if name not in graph.by_id:
                    message = f'Edge {edge.id}: its {end} "{name}" does not exist.'
                    yield Problem(code="dangling_edge", edge=edge.id, path=end, message=message)

    def _edge(self, edge: Edge, graph: Graph) -> Iterator[Problem]:
        if edge.condition:
            yield from self._expression(edge.condition, "condition", self.names, edge=edge.id)
        source = graph.by_id.get(edge.source)
        node_type = self.types.get(source.type) if source else None
        if source and node_type:
            ports = ports_of(source, node_type)
            if edge.port not in ports:
                offered = ", ".join(ports) or "none"
                message = f'Edge {edge.id}: node {source.id} has no port "{edge.port}"; it has: {offered}.'
                yield Problem(code="unknown_port", edge=edge.id, path="sourceHandle", message=message)

    def _expression(
        self,
        source: str,
        path: str,
        names: frozenset[str],
        *,
        node: str | None = None,
        edge: str | None = None,
    ) -> Iterator[Problem]:
        try:
            expression = compile_expression(source, names=names)
        except ExpressionError as error:
            yield self._bad_expression(error, path, node=node, edge=edge)
        else:
            yield from self._references(expression.references, node, path, edge=edge)

    def _bad_expression(
        self, error: ExpressionError, path: str, *, node: str | None = None, edge: str | None = None
    ) -> Problem:
        where = f"Node {node}" if node else f"Edge {edge}"
        message = f"{where} at {path}: {error}"
        return Problem(
            code="bad_expression", node=node, edge=edge, path=path, position=error.offset, message=message
        )

    def _references(
        self, references: Collection[tuple[str, ...]], node: str | None, path: str, *, edge: str | None = None
    ) -> Iterator[Problem]:
        where = f"Node {node}" if node else f"Edge {edge}"
        for reference in sorted(references):
            if reference[0] == "nodes" and len(reference) > 1 and reference[1] not in self.ids:
                near = get_close_matches(reference[1], self.ids, n=1)
                hint = f' Do you mean "{near[0]}"?' if near else ""
                message = f'{where} at {path}: there is no node "{reference[1]}".{hint}'
                yield Problem(code="unknown_node", node=node, edge=edge, path=path, message=message)

    def _structure(self, graph: Graph) -> Iterator[Problem]:
        if not graph.nodes:
            yield Problem(code="empty", message="The graph has no nodes.")
            return
        if not {node.id for node in graph.nodes} - {edge.target for edge in graph.edges}:
            names = ", ".join(node.id for node in graph.nodes[:5])
            message = f"No node can begin: each of them ({names}) has an incoming edge."
            yield Problem(code="no_entry", node=graph.nodes[0].id, message=message)
            return
        for name in unreachable_nodes(graph):
            message = f"Node {name} cannot be reached from any entry."
            yield Problem(code="unreachable", node=name, message=message)
        endless = endless_nodes(graph, lambda node: self._open_ended(node, graph))
        if endless:
            message = f"The loop {' → '.join(endless[:8])} has no way out."
            yield Problem(code="endless_loop", node=endless[0], message=message)

    def _open_ended(self, node: Node, graph: Graph) -> bool:
        """Whether a run can stop after this node: it has a port, or only conditions, that lead nowhere."""
        edges = graph.outgoing.get(node.id, [])
        node_type = self.types.get(node.type)
        ports = ports_of(node, node_type) if node_type else ()
        undrawn = set(ports) - {edge.port for edge in edges} - {ERROR_PORT}
        return bool(undrawn) or all(edge.condition for edge in edges)


def ports_of(node: Node, node_type: NodeType) -> tuple[str, ...]:
    """The ports edges may leave from, the ``error`` port included where the node routes its errors."""
    ports = node_type.ports(node.data.config)
    return (*ports, ERROR_PORT) if node.data.on_error == "route" else ports


def _place(config: object, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """A complaint's path without the names of union members that pydantic puts in between."""
    path: list[str | int] = []
    for part in location[:-1]:
        try:
            config = config[part]  # type: ignore[index]  # whatever it is, it has the part or it has not
        except (KeyError, IndexError, TypeError):
            continue
        path.append(part)
    return (*path, *location[-1:])  # a complaint about the whole of it has no location


def _dotted(path: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in path)
