"""Decides where boxes stand: where their author put them, or in layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from orchestrator.graphs.layout.coordinates import Placed, place
from orchestrator.graphs.layout.docks import docks_above, docks_below
from orchestrator.graphs.layout.layers import Arc, layer_numbers, without_loops
from orchestrator.graphs.layout.ordering import Layered, order_layers
from orchestrator.graphs.layout.paths import angular
from orchestrator.graphs.layout.routing import Link, around_itself, downward, route
from orchestrator.graphs.layout.shapes import (
    GAP_ROW,
    GAP_X,
    HEIGHT,
    LANE,
    MARGIN,
    NARROW,
    WIDTH,
    Box,
    Layout,
    Line,
    Point,
)
from orchestrator.graphs.model import Graph, Node

_CLEAR: Final = 12
"""The least space between boxes of an author's arrangement."""
_FAR: Final = 100_000
"""An arrangement that is larger is taken for a mistake."""


def lay_out(graph: Graph) -> Layout:
    """Boxes for all nodes and lines for all edges whose ends exist, from (0, 0) to the layout's size."""
    nodes = list({node.id: node for node in graph.nodes}.values())
    known = {node.id for node in nodes}
    links = [
        Link(edge.id, edge.source, edge.target)
        for edge in graph.edges
        if edge.source in known and edge.target in known
    ]
    boxes = _author_s_boxes(nodes)
    return _in_layers(nodes, links) if boxes is None else _sized(boxes, route(boxes, links))


def _author_s_boxes(nodes: Sequence[Node]) -> dict[str, Box] | None:
    """Boxes at the stored positions, made narrower if that keeps them apart; None if nothing does."""
    if not nodes or any("position" not in node.model_fields_set for node in nodes):
        return None
    xs, ys = [node.position.x for node in nodes], [node.position.y for node in nodes]
    if max(map(abs, chain(xs, ys))) > _FAR:
        return None
    left, top = min(xs), min(ys)
    closest = _closest(nodes)
    if closest < NARROW + _CLEAR:
        return None
    width = min(WIDTH, closest - _CLEAR)
    right, down = MARGIN - left, MARGIN - top
    return {
        node.id: Box(node.id, node.position.x + right, node.position.y + down, width=width) for node in nodes
    }


def _closest(nodes: Sequence[Node]) -> float:
    """The least distance between the left borders of two boxes that stand beside each other."""
    tall = HEIGHT + _CLEAR
    rows: dict[int, list[Node]] = {}
    for node in nodes:
        rows.setdefault(int(node.position.y // tall), []).append(node)
    least = float(WIDTH + _CLEAR)
    for number, row in rows.items():
        near = sorted((*row, *rows.get(number + 1, ())), key=lambda node: (node.position.x, node.id))
        for index, node in enumerate(near):
            for other in near[index + 1 :]:
                apart = other.position.x - node.position.x
                if apart >= least:
                    break
                if abs(other.position.y - node.position.y) < tall:
                    least = apart
    return least


def _in_layers(nodes: Sequence[Node], links: Sequence[Link]) -> Layout:
    number = {node.id: index for index, node in enumerate(nodes)}
    arcs = [(number[link.source], number[link.target]) for link in links]
    dag = without_loops(len(nodes), arcs)
    drawn = order_layers(dag, layer_numbers(dag))
    placed = place(drawn)
    boxes = {
        node.id: Box(
            node.id, round(placed.x[index] - WIDTH / 2), round(placed.top_of(index, drawn.layer_of[index]))
        )
        for index, node in enumerate(nodes)
    }
    lines = _lines(boxes, links, arcs, _Course(drawn, placed, dag.turned))
    return _sized(boxes, lines, max(placed.x, default=0))


class _Course:
    """Which way the line of an arc takes through the layers."""

    def __init__(self, drawn: Layered, placed: Placed, turned: set[Arc]) -> None:
        self._drawn, self._placed, self.turned = drawn, placed, turned

    def goes_down(self, arc: Arc) -> bool:
        return arc[0] != arc[1] and arc not in self.turned

    def goes_up(self, arc: Arc) -> bool:
        return arc in self.turned and arc in self._drawn.bends

    def bends(self, arc: Arc) -> list[Point]:
        """Where a line enters and leaves each layer that it passes, from its source to its target."""
        points: list[Point] = []
        for item in self._drawn.bends.get(arc, ()):
            band, x = self._placed.bands[self._drawn.layer_of[item]], self._placed.x[item]
            inward, outward = Point(x, band.top), Point(x, band.bottom)
            points += [outward, inward] if arc in self.turned else [inward, outward]
        if arc in self.turned:
            return points
        return [*self._out_of_block(arc[0]), *points, *self._into_block(arc[1])]

    def _out_of_block(self, item: int) -> list[Point]:
        return self._beside(item, GAP_X / 2 - 4, below=True)

    def _into_block(self, item: int) -> list[Point]:
        return self._beside(item, GAP_X / 2 + 4, below=False)

    def _beside(self, item: int, space: float, *, below: bool) -> list[Point]:
        """Between the columns of a block, past the rows that lie on the way out of it or into it."""
        layer, row = self._drawn.layer_of[item], self._placed.row[item]
        band = self._placed.bands[layer]
        top = self._placed.top_of(item, layer)
        if not self._placed.in_block[item] or (row == band.rows - 1 if below else row == 0):
            return []
        if below:
            x = self._placed.x[item] + WIDTH / 2 + space
            return [Point(x, top + HEIGHT + GAP_ROW), Point(x, band.bottom)]
        x = self._placed.x[item] - WIDTH / 2 - GAP_X + space
        return [Point(x, band.top), Point(x, top - GAP_ROW)]


def _lines(
    boxes: Mapping[str, Box], links: Sequence[Link], arcs: Sequence[Arc], course: _Course
) -> list[Line]:
    bends = [course.bends(arc) for arc in arcs]
    down = [index for index, arc in enumerate(arcs) if course.goes_down(arc)]
    leaving = ((i, links[i].source, _first(boxes, links[i].target, bends[i])) for i in down)
    arriving = ((i, links[i].target, _last(boxes, links[i].source, bends[i])) for i in down)
    starts, ends = docks_below(boxes, leaving), docks_above(boxes, arriving)
    lines: dict[int, Line] = {}
    for index, link in enumerate(links):
        if index in starts:
            lines[index] = downward(link, [starts[index], *bends[index], ends[index]])
        elif link.source == link.target:
            lines[index] = around_itself(link, boxes[link.source])
        elif course.goes_up(arcs[index]):
            lines[index] = _upward(link, boxes, bends[index])
    rest = [index for index in range(len(links)) if index not in lines]
    lines.update(zip(rest, route(boxes, [links[index] for index in rest]), strict=True))
    return [lines[index] for index in range(len(links))]


def _first(boxes: Mapping[str, Box], target: str, bends: Sequence[Point]) -> float:
    return bends[0].x if bends else boxes[target].middle.x


def _last(boxes: Mapping[str, Box], source: str, bends: Sequence[Point]) -> float:
    return bends[-1].x if bends else boxes[source].middle.x


def _upward(link: Link, boxes: Mapping[str, Box], bends: Sequence[Point]) -> Line:
    """A loop's way back: out at the right, up through its bends, in at the right."""
    source, target = boxes[link.source], boxes[link.target]
    start, end = Point(source.right, source.middle.y), Point(target.right, target.middle.y)
    side = max(point.x for point in bends)
    straight = all(abs(point.x - side) < LANE / 2 for point in bends)
    way = [Point(side, start.y), Point(side, end.y)]
    if not straight:
        way = [Point(bends[0].x, start.y), *bends[1:-1], Point(bends[-1].x, end.y)]
    path = angular([start, *way, end])
    label = Point((way[0].x + way[1].x) / 2, (way[0].y + way[1].y) / 2)
    return Line(link.id, link.source, link.target, start, end, path, label)


def _sized(boxes: Mapping[str, Box], lines: Sequence[Line], reach: float = 0) -> Layout:
    """``reach`` is how far right a line's bend lies; the lines' labels lie within it or at their sides."""
    right = max(
        chain([reach], (box.right for box in boxes.values()), (line.label.x + LANE for line in lines))
    )
    bottom = max((box.bottom for box in boxes.values()), default=0)
    return Layout(right + MARGIN, bottom + MARGIN, boxes, tuple(lines))
