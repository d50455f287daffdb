"""SVG path data for the lines of a picture."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.graphs.layout.shapes import CORNER, Point


def number(value: float) -> str:
    """With at most one decimal: a tenth of a pixel cannot be seen, and pages are long enough."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 100_000 else f"{value:.0f}"


def at(point: Point) -> str:
    return f"{number(point.x)} {number(point.y)}"


def move(point: Point) -> str:
    return f"M{at(point)}"


def curve_down(start: Point, end: Point) -> str:
    """An S from one point to another that leaves and arrives vertically."""
    if abs(start.x - end.x) < 0.5:
        return f"L{at(end)}"
    half = (end.y - start.y) / 2
    return f"C{at(Point(start.x, start.y + half))} {at(Point(end.x, end.y - half))} {at(end)}"


def curve_across(start: Point, end: Point) -> str:
    """An S that leaves and arrives horizontally."""
    if abs(start.y - end.y) < 0.5:
        return f"L{at(end)}"
    half = (end.x - start.x) / 2
    return f"C{at(Point(start.x + half, start.y))} {at(Point(end.x - half, end.y))} {at(end)}"


def angular(points: Sequence[Point]) -> str:
    """Straight pieces with rounded corners."""
    parts = [move(points[0])]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _towards(corner, before), _towards(corner, after)
        parts.append(f"L{at(into)}Q{at(corner)} {at(out)}")
    return "".join(parts) + f"L{at(points[-1])}"


def _towards(corner: Point, other: Point) -> Point:
    """The point a corner's radius away from it, or half-way if the other end is near."""
    away_x, away_y = other.x - corner.x, other.y - corner.y
    length = max(abs(away_x), abs(away_y))
    share = min(CORNER, length / 2) / length if length else 0
    return Point(corner.x + away_x * share, corner.y + away_y * share)
