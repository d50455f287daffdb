"""Lines between boxes that stand where their author put them.

A line leaves downward, sideways or upward, by how its two boxes stand to each other; one that leads back
up past other boxes runs round their right side.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from orchestrator.graphs.layout import paths
from orchestrator.graphs.layout.docks import docks_above, docks_below
from orchestrator.graphs.layout.shapes import LANE, Box, Line, Point

_ROOM: Final = 12
"""The least height in which an S may bend."""
_STEEP: Final = 150
"""The greatest height that a line climbs straight."""
_CAREFUL: Final = 200
"""Lines beyond this number are drawn without looking what stands in their way."""
_WORD: Final = 90
"""Between boxes that stand closer, a label does not fit: it stands above them."""
_CROWD: Final = 4
"""More boxes than this in the way are not evaded: the line passes behind them."""


class Link(NamedTuple):
    """An edge between two boxes that exist."""

    id: str
    source: str
    target: str


def route(boxes: Mapping[str, Box], links: Sequence[Link]) -> list[Line]:
    """One line per link, in their order."""
    pairs = {(link.source, link.target) for link in links}
    kinds = [_kind(boxes, link, pairs) for link in links]
    down = [index for index, kind in enumerate(kinds) if kind == "down"]
    starts = docks_below(boxes, ((i, links[i].source, boxes[links[i].target].middle.x) for i in down))
    ends = docks_above(boxes, ((i, links[i].target, boxes[links[i].source].middle.x) for i in down))
    router = _Router(boxes)
    lines: list[Line] = []
    for index, (link, kind) in enumerate(zip(links, kinds, strict=True)):
        if kind == "down":
            lines.append(downward(link, router.past_boxes(link, starts[index], ends[index])))
        else:
            lines.append(getattr(router, kind)(link))
    return lines


def downward(link: Link, points: Sequence[Point]) -> Line:
    """Along points that lie below each other, curved between every second pair of them and straight
    between the others, where the line passes a layer.
    """
    path = paths.move(points[0])
    for index, (start, end) in enumerate(itertools.pairwise(points)):
        path += paths.curve_down(start, end) if index % 2 == 0 else f"L{paths.at(end)}"
    label = _between(points[0], points[1], 0.5)
    return Line(link.id, link.source, link.target, points[0], points[-1], path, label)


def around_itself(link: Link, box: Box) -> Line:
    top, bottom = Point(box.right, box.middle.y + 10), Point(box.right, box.middle.y - 10)
    side = box.right + LANE
    path = paths.angular([top, Point(side, top.y), Point(side, bottom.y), bottom])
    return Line(link.id, link.source, link.target, top, bottom, path, Point(side, box.middle.y))


def _kind(boxes: Mapping[str, Box], link: Link, pairs: set[tuple[str, str]]) -> str:
    source, target = boxes[link.source], boxes[link.target]
    if link.source == link.target:
        return "itself"
    if target.y >= source.bottom + _ROOM:
        return "down"
    if target.bottom + _ROOM > source.y:
        apart = target.x >= source.right or source.x >= target.right
        return "across" if apart else "around"
    twin = (link.target, link.source) in pairs
    beside = abs(source.middle.x - target.middle.x) < source.width
    return "up" if beside and source.y - target.bottom < _STEEP and not twin else "around"


class _Router:
    """Lines that take heed of the boxes in their way."""

    def __init__(self, boxes: Mapping[str, Box]) -> None:
        self._boxes = boxes
        self._by_left = sorted(boxes.values(), key=lambda box: (box.x, box.id))
        self._lanes: list[tuple[float, float, float]] = []
        self._looked = 0

    def past_boxes(self, link: Link, start: Point, end: Point) -> list[Point]:
        """The way down, beside the boxes that stand in it if they are few."""
        self._looked += 1
        if self._looked > _CAREFUL or end.y - start.y < self._boxes[link.source].height:
            return [start, end]
        blocking = [box for box in self._by_left if _crosses(start, end, box)]
        if not 1 <= len(blocking) <= _CROWD:
            return [start, end]
        top, bottom = min(box.y for box in blocking), max(box.bottom for box in blocking)
        sides = (min(box.x for box in blocking) - LANE, max(box.right for box in blocking) + LANE)
        side = min(sides, key=lambda x: abs(x - start.x) + abs(x - end.x))
        return [start, Point(side, top), Point(side, bottom), end]

    def itself(self, link: Link) -> Line:
        return around_itself(link, self._boxes[link.source])

    def across(self, link: Link) -> Line:
        source, target = self._boxes[link.source], self._boxes[link.target]
        rightward = target.x >= source.right
        start = Point(source.right if rightward else source.x, source.middle.y)
        end = Point(target.x if rightward else target.right, target.middle.y)
        path = paths.move(start) + paths.curve_across(start, end)
        label = _between(start, end, 0.5)
        if abs(end.x - start.x) < _WORD:
            label = Point(label.x, min(source.y, target.y) - LANE / 2)
        return Line(link.id, link.source, link.target, start, end, path, label)

    def up(self, link: Link) -> Line:
        source, target = self._boxes[link.source], self._boxes[link.target]
        start, end = Point(source.middle.x, source.y), Point(target.middle.x, target.bottom)
        path = paths.move(start) + paths.curve_down(start, end)
        label = _between(start, end, 0.5)
        return Line(link.id, link.source, link.target, start, end, path, label)

    def around(self, link: Link) -> Line:
        source, target = self._boxes[link.source], self._boxes[link.target]
        start, end = Point(source.right, source.middle.y), Point(target.right, target.middle.y)
        side = self._free_side(source, target)
        path = paths.angular([start, Point(side, start.y), Point(side, end.y), end])
        label = Point(side, (start.y + end.y) / 2)
        return Line(link.id, link.source, link.target, start, end, path, label)

    def _free_side(self, source: Box, target: Box) -> float:
        """How far right a line must go to pass all boxes and lines between the two."""
        top, bottom = sorted((source.middle.y, target.middle.y))
        side = max(source.right, target.right) + LANE
        if len(self._lanes) < _CAREFUL:
            for box in self._by_left:
                beside = box.y - LANE / 2 < bottom and box.bottom + LANE / 2 > top
                if beside and box.x - LANE / 2 < side < box.right + LANE / 2:
                    side = box.right + LANE
            for lane, above, below in sorted(self._lanes):
                if abs(lane - side) < LANE / 2 and above < bottom and below > top:
                    side = lane + LANE
        self._lanes.append((side, top, bottom))
        return side


def _crosses(start: Point, end: Point, box: Box) -> bool:
    """Whether the straight line passes through a box that lies wholly between its ends."""
    if box.y <= start.y or box.bottom >= end.y:
        return False
    xs = [start.x + (end.x - start.x) * (y - start.y) / (end.y - start.y) for y in (box.y, box.bottom)]
    return max(xs) > box.x - LANE / 2 and min(xs) < box.right + LANE / 2


def _between(start: Point, end: Point, share: float) -> Point:
    return Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
