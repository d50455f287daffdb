"""Durations as histograms, which can be added up, unlike percentiles.

The edges lie five to a power of ten, from 1 ms to a week; within one, values are taken to lie evenly on the
logarithmic scale. A percentile read from it is off by a tenth at most for smooth distributions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

PER_DECADE: Final = 5
EDGES: Final = tuple(10 ** (step / PER_DECADE) for step in range(9 * PER_DECADE))
"""Upper edges in ms; what is longer than the last falls into one more."""
BINS: Final = len(EDGES) + 1


def bin_of(milliseconds: float) -> int:
    """The number of the bin, from 0."""
    return bisect_left(EDGES, milliseconds)


def percentile(histogram: Sequence[int], share: float) -> float | None:
    """The duration in ms that ``share`` of the values do not pass; None without values."""
    total = sum(histogram)
    if not total:
        return None
    wanted, seen = share * total, 0
    for number, count in enumerate(histogram):
        if count and seen + count >= wanted:
            low = EDGES[number - 1] if number else EDGES[0] / 10 ** (1 / PER_DECADE)
            high = EDGES[min(number, len(EDGES) - 1)]
            within = (wanted - seen) / count
            return float(low * (high / low) ** within) if high > low else float(high)
        seen += count
    return float(EDGES[-1])


def add(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """The sum of two histograms, which may be cut short where nothing follows."""
    long, short = (one, other) if len(one) >= len(other) else (other, one)
    return [count + (short[number] if number < len(short) else 0) for number, count in enumerate(long)]
