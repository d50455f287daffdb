"""Boxes and lines, and the sizes that a picture is made with. All lengths are in pixels at full size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

WIDTH: Final = 208
NARROW: Final = 88
"""The least width of a box, for arrangements that are close."""
HEIGHT: Final = 52
GAP_X: Final = 36
GAP_Y: Final = 56
GAP_ROW: Final = 24
"""Between the rows of a layer that is too wide for one."""
LANE: Final = 18
"""Beside a line that passes through a layer."""
MARGIN: Final = 24
CORNER: Final = 10


class Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A node. ``x`` and ``y`` are its left upper corner."""

    id: str
    x: float
    y: float
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)


@dataclass(frozen=True, slots=True)
class Line:
    """An edge. ``path`` is SVG path data from ``start`` to ``end``, which lie on its nodes' borders."""

    id: str
    source: str
    target: str
    start: Point
    end: Point
    path: str
    label: Point
    """Where a label may stand, centred."""


@dataclass(frozen=True, slots=True)
class Layout:
    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
