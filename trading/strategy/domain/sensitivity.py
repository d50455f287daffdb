"""How far the weight of one criterion would have to move for another option to win.

The weight of one criterion is moved and the others keep their proportions. Totals are then straight lines in
its share, so two options change places at most once, where their lines cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trading.strategy.domain.matrix import Grid, shown, weighed, winners


@dataclass(frozen=True, slots=True)
class Flip:
    """Past ``share`` of the whole weight, ``option`` is ahead of the one that wins now."""

    share: Fraction
    option: int

    @property
    def shown_share(self) -> Decimal:
        return shown(self.share)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Of one criterion. ``below`` and ``above`` are the nearest flips on either side; None: never."""

    criterion: int
    share: Fraction
    below: Flip | None
    above: Flip | None

    @property
    def nearest(self) -> Fraction | None:
        """The least change of the share, 0 to 1, that makes another option win."""
        moves = [abs(each.share - self.share) for each in (self.below, self.above) if each]
        return min(moves, default=None)


def sensitivities(grid: Grid) -> list[Sensitivity]:
    """One for each criterion. Empty where nobody wins alone: of a tie, any change decides.

    Options that lack a score take no part.
    """
    first = winners(grid)
    if len(first) != 1:
        return []
    best = first[0]
    sums = [weighed(grid, option) for option in range(len(grid.scores))]
    ahead = sums[best] or 0
    leads = {at: ahead - found for at, found in enumerate(sums) if found is not None and at != best}
    return [_of(grid, criterion, best, leads) for criterion in range(len(grid.weights))]


def _of(grid: Grid, criterion: int, best: int, leads: dict[int, int]) -> Sensitivity:
    """``leads``: by how much the best one's weighted sum is above each rival's."""
    weight, whole = grid.weights[criterion], sum(grid.weights)
    share, rest = Fraction(weight, whole), whole - weight
    below = above = None
    for rival, lead in leads.items() if rest else ():
        here = (grid.scores[best][criterion] or 0) - (grid.scores[rival][criterion] or 0)
        elsewhere = lead - weight * here
        slope = elsewhere - here * rest
        if not slope or not 0 < (crossing := Fraction(elsewhere, slope)) < 1:
            continue
        if crossing < share and (below is None or crossing > below.share):
            below = Flip(crossing, rival)
        elif crossing > share and (above is None or crossing < above.share):
            above = Flip(crossing, rival)
    return Sensitivity(criterion, share, below, above)
