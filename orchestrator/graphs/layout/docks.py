"""Where lines touch a node's upper and lower border: side by side, in the order in which they leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from orchestrator.graphs.layout.shapes import Box, Point

_APART: Final = 26
_INSET: Final = 18

Ask = tuple[int, str, float]
"""A line, the node that it touches, and how far right it goes to or comes from."""


def docks_below(boxes: Mapping[str, Box], asks: Iterable[Ask]) -> dict[int, Point]:
    return {line: Point(x, boxes[node].bottom) for line, node, x in _spread(boxes, asks)}


def docks_above(boxes: Mapping[str, Box], asks: Iterable[Ask]) -> dict[int, Point]:
    return {line: Point(x, boxes[node].y) for line, node, x in _spread(boxes, asks)}


def _spread(boxes: Mapping[str, Box], asks: Iterable[Ask]) -> Iterable[tuple[int, str, float]]:
    by_node: dict[str, list[tuple[float, int]]] = {}
    for line, node, far in asks:
        by_node.setdefault(node, []).append((far, line))
    for node, lines in by_node.items():
        box = boxes[node]
        lines.sort()
        apart = min(_APART, (box.width - 2 * _INSET) / max(1, len(lines) - 1))
        left = box.middle.x - apart * (len(lines) - 1) / 2
        for index, (_, line) in enumerate(lines):
            yield line, node, left + index * apart
