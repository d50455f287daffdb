"""From ordered layers to coordinates: every item as near to its neighbours as its order allows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.graphs.layout.ordering import LARGE, Layered
from orchestrator.graphs.layout.shapes import GAP_ROW, GAP_X, GAP_Y, HEIGHT, LANE, MARGIN, WIDTH

WIDEST: Final = 10
"""Nodes in one row; a layer of more becomes a block of several rows."""
_BLOCK_SHAPE: Final = 0.6
_ROUNDS: Final = 12


@dataclass(slots=True)
class Slot:
    """What is moved as one: a node, a bend, or the block of a wide layer's nodes."""

    items: list[int]
    width: float
    centre: float = 0


@dataclass(slots=True)
class Band:
    """The space of one layer, ``columns`` wide if its nodes form a block."""

    slots: list[Slot]
    columns: int
    rows: int
    top: float = 0

    @property
    def bottom(self) -> float:
        return self.top + self.rows * HEIGHT + (self.rows - 1) * GAP_ROW


@dataclass(slots=True)
class Placed:
    """The middle of each item, and the row in which it stands within its band."""

    x: list[float]
    row: list[int]
    bands: list[Band]
    in_block: list[bool]

    def top_of(self, item: int, layer: int) -> float:
        return self.bands[layer].top + self.row[item] * (HEIGHT + GAP_ROW)


def place(drawn: Layered) -> Placed:
    total = len(drawn.layer_of)
    bands = [_band(drawn, layer) for layer in drawn.layers]
    placed = Placed([0.0] * total, [0] * total, bands, [False] * total)
    for band in bands:
        left = 0.0
        for index, slot in enumerate(band.slots):
            left += _distance(band.slots[index - 1], slot) if index else 0
            slot.centre = left
            _spread(band, slot, placed)
    _settle(drawn, placed)
    left = min((slot.centre - slot.width / 2 for band in bands for slot in band.slots), default=0) - MARGIN
    placed.x = [x - left for x in placed.x]
    _stack(drawn, placed)
    return placed


def _band(drawn: Layered, layer: Sequence[int]) -> Band:
    nodes = [item for item in layer if item < drawn.nodes]
    if len(nodes) <= WIDEST:
        return Band([Slot([item], WIDTH if item < drawn.nodes else 0) for item in layer], 1, 1)
    columns = max(WIDEST - 2, math.ceil(math.sqrt(len(nodes) * _BLOCK_SHAPE)))
    block = Slot(nodes, columns * (WIDTH + GAP_X) - GAP_X)
    half = len(nodes) // 2
    before: list[Slot] = []
    after: list[Slot] = []
    seen = 0
    for item in layer:
        if item < drawn.nodes:
            seen += 1
        else:
            is_left = seen < half and item not in drawn.host
            (before if is_left else after).append(Slot([item], 0))
    return Band([*before, block, *after], columns, math.ceil(len(nodes) / columns))


def _distance(left: Slot, right: Slot) -> float:
    """Between the centres of neighbours."""
    gap = GAP_X if left.width and right.width else LANE
    return (left.width + right.width) / 2 + gap


def _spread(band: Band, slot: Slot, placed: Placed) -> None:
    """Move the items of a slot to where the slot is."""
    if len(slot.items) == 1:
        placed.x[slot.items[0]] = slot.centre
        return
    left = slot.centre - slot.width / 2 + WIDTH / 2
    for index, item in enumerate(slot.items):
        placed.row[item], column = divmod(index, band.columns)
        placed.x[item] = left + column * (WIDTH + GAP_X)
        placed.in_block[item] = True


def _settle(drawn: Layered, placed: Placed) -> None:
    """Draw every layer towards its neighbours, downward and upward in turn."""
    rounds = _ROUNDS if len(drawn.layer_of) <= LARGE else _ROUNDS // 3
    for turn in range(rounds):
        downward = turn % 2 == 0
        for band in placed.bands if downward else reversed(placed.bands):
            wishes = [_wish(drawn, placed, slot, downward=downward) for slot in band.slots]
            for slot, centre in zip(band.slots, _in_order(band.slots, wishes), strict=True):
                slot.centre = centre
                _spread(band, slot, placed)


def _wish(drawn: Layered, placed: Placed, slot: Slot, *, downward: bool) -> tuple[float, float]:
    """Where a slot would like to be, and how much: in the midst of what it follows, or of what follows it."""
    item = slot.items[0]
    if item in drawn.host:
        return placed.x[drawn.host[item]] + WIDTH / 2 + LANE, 0.1
    first, second = (drawn.above, drawn.below) if downward else (drawn.below, drawn.above)
    near = [placed.x[other] for each in slot.items for other in first[each]]
    near = near or [placed.x[other] for each in slot.items for other in second[each]]
    if not near:
        return slot.centre, 0.2
    return sum(near) / len(near), 4.0 if item >= drawn.nodes else 1.0


def _in_order(slots: Sequence[Slot], wishes: Sequence[tuple[float, float]]) -> list[float]:
    """The centres that come closest to the wishes (least squares) and keep order and distances.

    Subtracting the distances leaves an isotonic regression, solved by pooling adjacent violators.
    """
    offsets = [0.0]
    for left, right in itertools.pairwise(slots):
        offsets.append(offsets[-1] + _distance(left, right))
    pools: list[tuple[float, float, int]] = []
    for (wish, weight), offset in zip(wishes, offsets, strict=False):
        mean, count = wish - offset, 1
        while pools and pools[-1][0] >= mean:
            other, other_weight, other_count = pools.pop()
            mean = (mean * weight + other * other_weight) / (weight + other_weight)
            weight, count = weight + other_weight, count + other_count
        pools.append((mean, weight, count))
    centres = [mean for mean, _, count in pools for _ in range(count)]
    return [centre + offset for centre, offset in zip(centres, offsets, strict=False)]


def _stack(drawn: Layered, placed: Placed) -> None:
    """Put the bands below each other, farther apart where lines run far sideways."""
    top = float(MARGIN)
    for number, band in enumerate(placed.bands):
        band.top = top
        far = max(
            (
                abs(placed.x[item] - placed.x[other])
                for item in drawn.layers[number]
                for other in drawn.below[item]
            ),
            default=0.0,
        )
        top = band.bottom + GAP_Y + min(64.0, max(0.0, far - 2 * WIDTH) * 0.04)
