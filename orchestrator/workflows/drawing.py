"""The picture of a graph, drawn once and kept: everything of it that does not depend on a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from orchestrator.core import json
from orchestrator.core.json import Json
from orchestrator.graphs.layout import Box, Line, lay_out
from orchestrator.graphs.model import DEFAULT_PORT, Edge, Graph, Node, read_graph
from orchestrator.graphs.nodetypes import node_types

_NARROW: Final = 150
"""Below this width a box holds only its title."""
_ARROW: Final = 7
_LABEL: Final = 26


@dataclass(frozen=True, slots=True)
class DrawnNode:
    id: str
    title: str
    shown_title: str
    """Cut to what fits into the box."""
    kind: str
    kind_title: str
    icon: str
    box: Box
    is_narrow: bool
    is_stack: bool
    """It runs a graph of its own, once for each item."""
    is_nested: bool
    is_disabled: bool
    leads_to: tuple[str, ...]
    """Titles."""


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    id: str
    line: Line
    arrow: str
    label: str
    shown_label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]


def draw(nodes: object, edges: object) -> Drawing:
    """Of a version's or a draft's JSON, whatever it is worth."""
    return _draw(json.canonical({"nodes": _visible(nodes, _NODE), "edges": _visible(edges, _EDGE)}))


_NODE: Final = ("id", "type", "position", "data")
_DATA: Final = ("title", "disabled")
_EDGE: Final = ("id", "source", "target", "sourceHandle", "label", "condition")


def _visible(parts: object, names: Sequence[str]) -> list[dict[str, Json]]:
    """Only what can be seen, so that the picture is made anew only when something of it changes."""
    found: list[dict[str, Json]] = []
    for part in parts if isinstance(parts, list | tuple) else ():
        if not isinstance(part, Mapping):
            continue
        kept = {name: part[name] for name in names if part.get(name) is not None}
        if isinstance(data := kept.get("data"), Mapping):
            kept["data"] = {name: data[name] for name in _DATA if name in data}
        found.append(kept)
    return found


@lru_cache(maxsize=128)
def _draw(document: bytes) -> Drawing:
    graph, _ = read_graph(json.loads(document))
    layout = lay_out(graph)
    by_id = {node.id: node for node in graph.nodes}
    edges = {(edge.id, edge.source, edge.target): edge for edge in graph.edges}
    return Drawing(
        width=round(layout.width),
        height=round(layout.height),
        nodes=tuple(_node(graph, by_id[node_id], box) for node_id, box in layout.boxes.items()),
        edges=tuple(
            _edge(edges[line.id, line.source, line.target], line, layout.boxes[line.target])
            for line in layout.lines
        ),
    )


def _node(graph: Graph, node: Node, box: Box) -> DrawnNode:
    kind = node_types.get(node.type)
    narrow = box.width < _NARROW
    room = box.width - (30 if narrow else 68)
    followers = (graph.by_id.get(edge.target) for edge in graph.outgoing.get(node.id, ()))
    return DrawnNode(
        id=node.id,
        title=node.title,
        shown_title=fitted(node.title, room, 11 if narrow else 13),
        kind=node.type,
        kind_title=kind.title if kind else node.type,
        icon=_ICONS.get(kind.icon, kind.icon) if kind else "circle-question-mark",
        box=box,
        is_narrow=narrow,
        is_stack=kind is not None and kind.body is not None,
        is_nested=node.type == "subworkflow",
        is_disabled=node.data.disabled,
        leads_to=tuple(dict.fromkeys(each.title for each in followers if each is not None)),
    )


_ICONS: Final[Mapping[str, str]] = {
    "bolt": "zap",
    "clock": "timer",
    "function": "wand-sparkles",
    "nested": "network",
    "person": "user-check",
    "signal": "radio",
    "stop": "circle-stop",
}
"""Names of the registry's icons in the sprite of the pages, where they differ."""


def _edge(edge: Edge, line: Line, target: Box) -> DrawnEdge:
    label = edge.label or (edge.port if edge.port != DEFAULT_PORT else "") or edge.condition or ""
    shown = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
    return DrawnEdge(edge.id, line, _arrow(line, target), label, shown)


def _arrow(line: Line, target: Box) -> str:
    """The head of a line, as a polygon's points: it points into the box."""
    x, y = line.end
    away: tuple[tuple[float, float], tuple[float, float]]
    if abs(y - target.y) < 0.5:
        away = ((-0.6, -1), (0.6, -1))
    elif abs(y - target.bottom) < 0.5:
        away = ((-0.6, 1), (0.6, 1))
    else:
        side = 1 if abs(x - target.right) < 0.5 else -1
        away = ((side, -0.6), (side, 0.6))
    points = [(x, y), *((x + right * _ARROW, y + down * _ARROW) for right, down in away)]
    return " ".join(f"{right:.1f},{down:.1f}" for right, down in points)


def fitted(text: str, width: float, size: float) -> str:
    """The text, cut so that it is about ``width`` wide at a font size. SVG cannot shorten text itself."""
    room = width / size
    if _letters_in(room, text) == len(text):
        return text
    return f"{text[: _letters_in(room - 0.7, text)].rstrip()}…"


def _letters_in(room: float, text: str) -> int:
    used = 0.0
    for index, letter in enumerate(text):
        used += _width(letter)
        if used > room:
            return index
    return len(text)


def _width(letter: str) -> float:
    """In units of the font size, about those of Inter."""
    if letter in "iljtfrI.,:;'|!()[] ":
        return 0.33
    if letter in "mwMW@%—…":
        return 0.88
    if letter.isupper() or not letter.isascii():
        return 0.7
    return 0.57
