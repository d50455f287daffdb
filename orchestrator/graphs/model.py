"""A workflow graph as plain values, read from the JSON that React Flow also uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.core.json import Json
from orchestrator.graphs.problems import Problem, Severity

MAX_NODES = 2_000
MAX_EDGES = 10_000
MAX_DEPTH = 40
DEFAULT_PORT = "out"
ERROR_PORT = "error"

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:-]*$", max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class JoinCount(_Part):
    """Fire on the n-th arrival of a round."""

    n: int = Field(ge=1, le=MAX_EDGES)


Join: TypeAlias = Literal["sync", "all", "any", "first"] | JoinCount


class RetryPolicy(_Part):
    """How often and after which pause a failed step is tried again.

    The pause before attempt ``n + 1`` is ``backoff_seconds * 2 ** (n - 1)``, at most an hour, with up to
    a quarter of random jitter added by the engine.
    """

    max_attempts: int = Field(default=1, ge=1, le=100)
    backoff_seconds: float = Field(default=2, ge=0, le=3_600)


class NodeData(_Part):
    """What is common to all node types; what belongs to one type stands in ``config``."""

    title: str = Field(default="", max_length=200)
    config: dict[str, Any] = {}
    join: Join = "sync"
    cancels: list[str] = []
    retry: RetryPolicy | None = None
    timeout_seconds: float | None = Field(default=None, gt=0, le=366 * 86_400)
    on_error: Literal["fail", "continue", "route"] = "fail"
    disabled: bool = False


class Position(_Part):
    x: float = 0
    y: float = 0


class Node(_Part):
    id: Identifier
    type: str = Field(min_length=1, max_length=100)
    position: Position = Position()
    data: NodeData = NodeData()

    @property
    def title(self) -> str:
        return self.data.title or self.id


class Edge(_Part):
    """``source_handle`` is the port of the source that this edge leaves from."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    id: Identifier
    source: str = Field(max_length=100)
    target: str = Field(max_length=100)
    source_handle: str | None = Field(default=None, alias="sourceHandle", max_length=100)
    condition: str | None = None
    label: str | None = Field(default=None, max_length=200)

    @property
    def port(self) -> str:
        return self.source_handle or DEFAULT_PORT


class Graph(_Part):
    """Nodes and edges in the order of the document. May still be wrong: see ``validation``."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def outgoing(self) -> Mapping[str, list[Edge]]:
        """Edges by source, also of nodes that do not exist."""
        return _grouped((edge.source, edge) for edge in self.edges)

    @cached_property
    def incoming(self) -> Mapping[str, list[Edge]]:
        """Edges by target, also of nodes that do not exist."""
        return _grouped((edge.target, edge) for edge in self.edges)


def _grouped(pairs: Iterable[tuple[str, Edge]]) -> Mapping[str, list[Edge]]:
    groups: dict[str, list[Edge]] = {}
    for key, edge in pairs:
        groups.setdefault(key, []).append(edge)
    return groups


def read_graph(document: object) -> tuple[Graph, list[Problem]]:
    """What could be read of ``{"nodes": […], "edges": […]}``, and a problem for each part that could not.

    Never raises: a draft may be anything, and its author is told everything that is wrong at once.
    """
    if not isinstance(document, Mapping):
        return Graph(), [
            Problem(code="not_a_graph", message='A graph is an object with "nodes" and "edges".')
        ]
    nodes, node_problems = _read_parts(document.get("nodes", []), Node, "node", MAX_NODES)
    edges, edge_problems = _read_parts(document.get("edges", []), Edge, "edge", MAX_EDGES)
    notes = [note for node in _mappings(document.get("nodes")) for note in _unknown_fields(node)]
    return Graph(nodes=nodes, edges=edges), [*node_problems, *edge_problems, *notes]


def _read_parts(raw: object, kind: type[Any], word: str, limit: int) -> tuple[tuple[Any, ...], list[Problem]]:
    if not isinstance(raw, list | tuple):
        return (), [Problem(code="not_a_list", message=f'"{word}s" must be a list.')]
    if len(raw) > limit:
        text = f"The graph has {len(raw):,} {word}s; the limit is {limit:,}."
        return (), [Problem(code="too_large", message=text)]
    parts: list[Any] = []
    problems: list[Problem] = []
    for index, item in enumerate(raw):
        try:
            parts.append(kind.model_validate(item))
        except ValidationError as error:
            problems.extend(_explain(error, item, index, word))
    return tuple(parts), problems


def _explain(error: ValidationError, item: object, index: int, word: str) -> Iterator[Problem]:
    given = item.get("id") if isinstance(item, Mapping) else None
    name = given if isinstance(given, str) and given else f"#{index}"
    for fault in error.errors(include_url=False, include_input=False):
        path = ".".join(str(part) for part in fault["loc"]) or None
        where = f" at {path}" if path else ""
        message = f"{word.capitalize()} {name}{where}: {fault['msg']}."
        yield Problem(
            code=f"bad_{word}",
            message=message,
            node=name if word == "node" else None,
            edge=name if word == "edge" else None,
            path=path,
        )


def _unknown_fields(node: Mapping[str, Json]) -> Iterator[Problem]:
    data = node.get("data")
    name = str(node.get("id"))
    for field in sorted(set(data) - set(NodeData.model_fields)) if isinstance(data, Mapping) else ():
        yield Problem(
            code="unknown_field",
            severity=Severity.WARNING,
            node=name,
            path=f"data.{field}",
            message=f'Node {name}: "{field}" is not a field of data and is ignored; '
            "what belongs to the node's type stands in data.config.",
        )


def _mappings(raw: object) -> Iterator[Mapping[str, Json]]:
    if isinstance(raw, list | tuple):
        yield from (item for item in raw if isinstance(item, Mapping))
