"""The order of nodes and passing lines within each layer, for few crossings."""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from orchestrator.graphs.layout.layers import Arc, Dag

MAX_BENDS: Final = 6_000
"""Bends in all. Lines that would need more, longest first, are drawn without."""
SWEEPS: Final = 8
LARGE: Final = 1_000


@dataclass(slots=True)
class Layered:
    """Layers of items: nodes by number, and above them numbers for bends, where a line passes a layer."""

    nodes: int
    layer_of: list[int]
    layers: list[list[int]] = field(default_factory=list)
    above: list[list[int]] = field(default_factory=list)
    below: list[list[int]] = field(default_factory=list)
    bends: dict[Arc, list[int]] = field(default_factory=dict)
    """By arc of the graph, in its own direction: the bends from its source to its target. A back arc
    has one in the layers of its ends, too, since it runs beside the nodes that it joins."""
    host: dict[int, int] = field(default_factory=dict)
    """The node beside which a back arc's first or last bend must stand."""

    def bend(self, layer: int) -> int:
        self.layer_of.append(layer)
        self.above.append([])
        self.below.append([])
        return len(self.layer_of) - 1

    def join(self, items: Sequence[int]) -> None:
        for upper, lower in itertools.pairwise(items):
            self.below[upper].append(lower)
            self.above[lower].append(upper)


def order_layers(dag: Dag, layer_of: list[int]) -> Layered:
    """Items of every layer, from left to right."""
    drawn = Layered(len(layer_of), list(layer_of))
    drawn.above = [[] for _ in layer_of]
    drawn.below = [[] for _ in layer_of]
    _add_bends(drawn, dag)
    drawn.layers = [[] for _ in range(max(layer_of, default=-1) + 1)]
    for node in dag.preorder:
        drawn.layers[layer_of[node]].append(node)
    for item in range(drawn.nodes, len(drawn.layer_of)):
        if item not in drawn.host:
            drawn.layers[drawn.layer_of[item]].append(item)
    _reduce_crossings(drawn)
    _seat_beside_hosts(drawn)
    return drawn


def _add_bends(drawn: Layered, dag: Dag) -> None:
    layer_of = drawn.layer_of
    spans = [(layer_of[target] - layer_of[source] - 1, source, target) for source, target in dag.kept]
    spans += [(layer_of[source] - layer_of[target] + 1, source, target) for source, target in dag.turned]
    left = MAX_BENDS
    for needed, source, target in sorted(spans):
        left -= needed
        if left < 0:
            break
        if (source, target) in dag.turned:
            bends = [drawn.bend(layer_of[target] + step) for step in range(needed)]
            drawn.join(bends)
            drawn.host[bends[0]], drawn.host[bends[-1]] = target, source
            drawn.bends[source, target] = bends[::-1]
        else:
            bends = [drawn.bend(layer_of[source] + 1 + step) for step in range(needed)]
            drawn.join([source, *bends, target])
            drawn.bends[source, target] = bends


def _reduce_crossings(drawn: Layered) -> None:
    """Barycentre sweeps, down and up; the best order that was met is kept."""
    best, fewest = [list(layer) for layer in drawn.layers], crossings(drawn)
    for sweep in range(SWEEPS if len(drawn.layer_of) <= LARGE else SWEEPS // 2):
        if fewest == 0:
            break
        neighbours, layers = (drawn.above, drawn.layers)
        if sweep % 2:
            neighbours, layers = drawn.below, drawn.layers[::-1]
        for fixed, free in itertools.pairwise(layers):
            _sort(free, _places(fixed), neighbours)
        found = crossings(drawn)
        if found < fewest:
            best, fewest = [list(layer) for layer in drawn.layers], found
    drawn.layers = best


def _sort(layer: list[int], places: Mapping[int, int], neighbours: Sequence[Sequence[int]]) -> None:
    """By the mean place of each item's neighbours; an item that has none stays about where it is."""
    keys: dict[int, float] = {}
    for index, item in enumerate(layer):
        met = [places[other] for other in neighbours[item] if other in places]
        keys[item] = sum(met) / len(met) if met else index * max(1, len(places)) / max(1, len(layer))
    layer.sort(key=keys.__getitem__)


def _places(layer: Iterable[int]) -> dict[int, int]:
    return {item: place for place, item in enumerate(layer)}


def crossings(drawn: Layered) -> int:
    """How many pairs of arcs between neighbouring layers cross."""
    total = 0
    for upper, lower in zip(drawn.layers, drawn.layers[1:], strict=False):
        places = _places(lower)
        met: list[int] = []
        for item in upper:
            ends = sorted(places[other] for other in drawn.below[item] if other in places)
            total += sum(len(met) - bisect_right(met, end) for end in ends)
            for end in ends:
                insort(met, end)
    return total


def _seat_beside_hosts(drawn: Layered) -> None:
    """Put the ends of back arcs directly to the right of the nodes that they begin and end at."""
    guests: dict[int, list[int]] = {}
    for bend, node in drawn.host.items():
        guests.setdefault(node, []).append(bend)
    for number, layer in enumerate(drawn.layers):
        drawn.layers[number] = [item for node in layer for item in (node, *guests.get(node, ()))]
