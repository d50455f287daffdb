"""From a graph to layers: which edges run backwards, and how far down each node stands.

Nodes are numbers here, in the order of the document; arcs are pairs of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Arc = tuple[int, int]


@dataclass(slots=True)
class Dag:
    """Arcs that all lead downward. ``turned`` are those that were turned round for it, as they were."""

    above: list[list[int]]
    below: list[list[int]]
    kept: set[Arc] = field(default_factory=set)
    turned: set[Arc] = field(default_factory=set)
    preorder: list[int] = field(default_factory=list)
    """Every node, in the order in which a walk along the arcs meets it."""


def without_loops(count: int, arcs: Iterable[Arc]) -> Dag:
    """Turn round each arc that closes a loop on a depth-first walk from the entries."""
    after: list[list[int]] = [[] for _ in range(count)]
    entered = [False] * count
    for source, target in sorted(set(arcs)):
        if source != target:
            after[source].append(target)
            entered[target] = True
    dag = Dag([[] for _ in range(count)], [[] for _ in range(count)])
    entries = [node for node in range(count) if not entered[node]]
    _walk([*entries, *range(count)], after, dag)
    dag.kept = {arc for arc in _pairs(after) if arc not in dag.turned}
    for source, target in sorted(dag.kept | {(target, source) for source, target in dag.turned}):
        dag.below[source].append(target)
        dag.above[target].append(source)
    return dag


def _walk(starts: Iterable[int], after: Sequence[Sequence[int]], dag: Dag) -> None:
    """Without recursion: a chain of two thousand nodes is a legal graph."""
    unseen, open_, done = 0, 1, 2
    state = [unseen] * len(after)
    for start in starts:
        if state[start] != unseen:
            continue
        state[start] = open_
        dag.preorder.append(start)
        path = [(start, iter(after[start]))]
        while path:
            node, rest = path[-1]
            for target in rest:
                if state[target] == open_:
                    dag.turned.add((node, target))
                elif state[target] == unseen:
                    state[target] = open_
                    dag.preorder.append(target)
                    path.append((target, iter(after[target])))
                    break
            else:
                state[node] = done
                path.pop()


def _pairs(after: Sequence[Sequence[int]]) -> Iterable[Arc]:
    return ((source, target) for source, targets in enumerate(after) for target in targets)


def layer_numbers(dag: Dag) -> list[int]:
    """The layer of each node, from 0: by the longest path to it, then as close to its successors as
    that shortens arcs on the whole.
    """
    count = len(dag.above)
    layer = [0] * count
    missing = [len(above) for above in dag.above]
    ready = [node for node in range(count) if not missing[node]]
    order: list[int] = []
    while ready:
        node = ready.pop()
        order.append(node)
        for target in dag.below[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    for node in reversed(order):
        if len(dag.below[node]) > len(dag.above[node]):
            layer[node] = min(layer[target] for target in dag.below[node]) - 1
    lowest = min(layer, default=0)
    return [number - lowest for number in layer]
