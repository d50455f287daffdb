"""How long this process's commits take: a histogram that the engine fills and its heartbeat tells on.

One thread writes, another reads; a figure that is a commit behind does no harm, so there is no lock.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

BOUNDS: Final = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""Upper bounds of the buckets, in seconds; one more holds what took longer."""


class Latency:
    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


commits: Final = Latency()
