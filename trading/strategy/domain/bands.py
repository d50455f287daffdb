"""Which option wins at which share of one criterion's weight, over the whole way from none of it to all.

The other criteria keep their proportions. Every option's total is then a straight line in the share, and who
wins is the upper edge of all lines: its corners are the shares at which the winner changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from trading.strategy.domain.matrix import Grid, weighed


@dataclass(frozen=True, slots=True)
class Band:
    """From ``start`` to ``end`` of the whole weight ``options`` win: several are equal all along."""

    start: Fraction
    end: Fraction
    options: tuple[int, ...]


def bands(grid: Grid, criterion: int) -> list[Band]:
    """They cover 0 to 1 without a gap. Empty where no option has all its scores."""
    whole = sum(grid.weights)
    rest = whole - grid.weights[criterion]
    lines: dict[tuple[int, int], list[int]] = {}
    for option, row in enumerate(grid.scores):
        total, score = weighed(grid, option), row[criterion]
        if total is None or score is None:
            continue
        without = total - grid.weights[criterion] * score
        ends = (without, score * rest) if rest else (score, score)  # the totals at 0 and at 1, to one scale
        lines.setdefault(ends, []).append(option)
    return _edge(lines)


def _edge(lines: dict[tuple[int, int], list[int]]) -> list[Band]:
    found: list[Band] = []
    if not lines:
        return found
    here, at = max(lines), Fraction(0)
    while True:
        following: tuple[int, int] | None = None
        above = below = 1
        for each in lines:
            gain = each[1] - here[1]
            if gain <= 0:
                continue
            behind = here[0] - each[0]
            across = gain + behind
            nearer = behind * below - above * across
            if following is None or nearer < 0 or (nearer == 0 and each[1] > following[1]):
                following, above, below = each, behind, across
        end = Fraction(above, below) if following else Fraction(1)
        if end > at:
            found.append(Band(at, end, tuple(lines[here])))
        if following is None:
            return found
        here, at = following, end
