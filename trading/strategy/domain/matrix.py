"""Options against weighted criteria: exact totals, ranks with ties, and shares that add up to 1.

Everything is reckoned in integers: weights and scores are scaled by a power of ten, so that two options are
equal exactly when they are, and are rounded only to be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Final

LEAST_SCORE: Final = Decimal(0)
MOST_SCORE: Final = Decimal(10)
MOST_WEIGHT: Final = Decimal(1_000)
PLACES: Final = 4
"""Of scores and weights as they are entered, and of totals and shares as they are shown."""
MOST_OPTIONS: Final = 200
MOST_CRITERIA: Final = 50

_SCALE: Final = 10**PLACES
_SHOWN: Final = Decimal(1).scaleb(-PLACES)
_ROOMY: Final = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Grid:
    """``scores[option][criterion]``; None where nobody has judged yet. Integers in ten-thousandths."""

    weights: tuple[int, ...]
    scores: tuple[tuple[int | None, ...], ...]

    @property
    def is_complete(self) -> bool:
        return all(score is not None for row in self.scores for score in row)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an option does. ``total`` is 0 to 10; options with the same rank are exactly equal.

    An option that lacks a score has neither total nor rank: a gap is no zero.
    """

    option: int
    total: Decimal | None
    rank: int | None
    missing: int


class MatrixFault(ValueError):
    """What is wrong with the numbers, in words; ``field`` says with which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def scaled(value: Decimal, *, field: str, most: Decimal) -> int:
    """In ten-thousandths. Raises MatrixFault outside 0 to ``most`` and with more than four places."""
    if not value.is_finite() or not LEAST_SCORE <= value <= most:
        raise MatrixFault(field, f"This is not between 0 and {most}.")
    moved = value * _SCALE
    if moved != moved.to_integral_value():
        raise MatrixFault(field, f"This has more than {PLACES} decimal places.")
    return int(moved)


def make_grid(weights: Sequence[Decimal], scores: Sequence[Sequence[Decimal | None]]) -> Grid:
    """Raises MatrixFault: for shapes that do not fit, numbers out of range, and weights that are all zero."""
    if not weights or not any(weights):
        raise MatrixFault("weights", "At least one criterion needs a weight above 0.")
    if len(weights) > MOST_CRITERIA or len(scores) > MOST_OPTIONS:
        raise MatrixFault(
            "scores", f"A matrix has at most {MOST_OPTIONS} options and {MOST_CRITERIA} criteria."
        )
    if any(len(row) != len(weights) for row in scores):
        raise MatrixFault("scores", f"Every option has one score for each of the {len(weights)} criteria.")
    return Grid(
        tuple(scaled(each, field="weights", most=MOST_WEIGHT) for each in weights),
        tuple(
            tuple(None if each is None else scaled(each, field="scores", most=MOST_SCORE) for each in row)
            for row in scores
        ),
    )


def shares(weights: Sequence[int]) -> list[Decimal]:
    """The weights, normalised and rounded to four places such that they add up to exactly 1.

    What rounding down leaves goes to those that lost most by it, earlier ones first.
    """
    whole = sum(weights)
    parts = [divmod(weight * _SCALE, whole) for weight in weights]
    left = _SCALE - sum(down for down, _ in parts)
    ups = set(sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))[:left])
    return [Decimal(down + (at in ups)).scaleb(-PLACES) for at, (down, _) in enumerate(parts)]


def weighed(grid: Grid, option: int) -> int | None:
    """The sum of weight times score, by which options are compared; None with a score missing."""
    row = grid.scores[option]
    whole = 0
    for weight, score in zip(grid.weights, row, strict=True):
        if score is None:
            return None
        whole += weight * score
    return whole


def rank(grid: Grid) -> list[Standing]:
    """Best first, equal ones in the order of the options, and last those that lack a score."""
    sums = [weighed(grid, option) for option in range(len(grid.scores))]
    judged = Counter(each for each in sums if each is not None)
    place: dict[int, int] = {}
    ahead = 0
    for each in sorted(judged, reverse=True):
        place[each] = ahead + 1
        ahead += judged[each]
    whole = sum(grid.weights)
    standings = [
        Standing(
            option,
            None if found is None else shown(Fraction(found, whole * _SCALE)),
            None if found is None else place[found],
            sum(score is None for score in grid.scores[option]),
        )
        for option, found in enumerate(sums)
    ]
    return sorted(standings, key=lambda each: (each.rank is None, each.rank or 0, each.option))


def winners(grid: Grid) -> list[int]:
    """The options with the highest total: several are a tie, none has all its scores: nobody."""
    return [each.option for each in rank(grid) if each.rank == 1]


def shown(value: Fraction) -> Decimal:
    """Rounded to four places, half to even."""
    exact = _ROOMY.divide(Decimal(value.numerator), Decimal(value.denominator))
    return exact.quantize(_SHOWN, ROUND_HALF_EVEN)
