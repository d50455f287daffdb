"""Which nodes can still bring a token to an edge: the question behind the ``sync`` join.

Sets of nodes are bit masks (bit i is the i-th node), so that a join with a hundred edges over a graph
with a thousand nodes is decided by a hundred integer operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Arrow(Protocol):
    """Anything with an id that leads from a source node to a target node."""

    @property
    def id(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...


@dataclass(slots=True)
class Reach:
    """Reachability over one graph; the masks of a join are computed when first asked for, then kept."""

    bits: Mapping[str, int]
    """Node id to its single-bit mask."""
    incoming: Mapping[str, Sequence[Arrow]]
    _feeders: dict[str, dict[str, int]] = field(default_factory=dict)

    def feeders(self, join: str) -> Mapping[str, int]:
        """For each incoming edge of ``join``, the nodes that can bring a token to it.

        Paths through ``join`` itself do not count, but paths that start there do: a run of the join's
        node may loop back to its own input.
        """
        known = self._feeders.get(join)
        if known is None:
            known = {edge.id: self._sources(edge, join) for edge in self.incoming[join]}
            self._feeders[join] = known
        return known

    def _sources(self, edge: Arrow, join: str) -> int:
        mask, todo = 0, [edge.source]
        while todo:
            node = todo.pop()
            if mask & self.bits[node]:
                continue
            mask |= self.bits[node]
            if node != join:
                todo.extend(arrow.source for arrow in self.incoming[node])
        return mask
