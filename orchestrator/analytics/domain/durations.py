"""Durations as histograms, which can be added up, unlike percentiles.

A histogram is one number, twelve decimal digits to a bin: adding two of them adds all their bins, in Python
and in a ``sum()`` of PostgreSQL, which takes as long for one number as for one bin.

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
DIGITS_OF_BIN: Final = 12
DIGITS: Final = BINS * DIGITS_OF_BIN
_BASE: Final = 10**DIGITS_OF_BIN


def bin_of(milliseconds: float) -> int:
    """The number of the bin, from 0."""
    return bisect_left(EDGES, milliseconds)


def histogram_of(milliseconds: float) -> int:
    """Of one value."""
    return int(_BASE ** bin_of(milliseconds))


def counts_of(histogram: int) -> list[int]:
    """How many values lie in each bin."""
    counts = []
    for _ in range(BINS):
        histogram, count = divmod(histogram, _BASE)
        counts.append(count)
    return counts


def percentile(counts: Sequence[int], share: float) -> float | None:
    """The duration in ms that ``share`` of the values do not pass, from the counts of bins; None for none."""
    total = sum(counts)
    if not total:
        return None
    wanted, seen = share * total, 0
    for number, count in enumerate(counts):
        if count and seen + count >= wanted:
            low = EDGES[number - 1] if number else EDGES[0] / 10 ** (1 / PER_DECADE)
            high = EDGES[min(number, len(EDGES) - 1)]
            within = (wanted - seen) / count
            return float(low * (high / low) ** within) if high > low else float(high)
        seen += count
    return float(EDGES[-1])
