"""Who wins at which share of a weight: the same as weighing anew at every share."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from trading.strategy.domain.bands import Band, bands
from trading.strategy.domain.matrix import Grid
from trading.strategy.domain.sensitivity import sensitivities

GRIDS = st.integers(1, 4).flatmap(
    lambda criteria: st.builds(
        Grid,
        st.tuples(*[st.integers(0, 5)] * criteria).filter(any),
        st.lists(st.tuples(*[st.none() | st.integers(0, 8)] * criteria), min_size=1, max_size=6).map(tuple),
    )
)


def winners_at(grid: Grid, criterion: int, share: Fraction) -> set[int]:
    """By weighing anew, in fractions."""
    rest = sum(grid.weights) - grid.weights[criterion]
    weights = [(1 - share) * Fraction(each, rest or 1) for each in grid.weights]
    weights[criterion] = share if rest else Fraction(1)
    totals = {
        option: sum((w * (s or 0) for w, s in zip(weights, row, strict=True)), Fraction(0))
        for option, row in enumerate(grid.scores)
        if None not in row
    }
    return {option for option, total in totals.items() if total == max(totals.values())}


@given(GRIDS, st.data())
def test_inside_a_band_its_options_win_and_no_others(grid: Grid, data: st.DataObject) -> None:
    criterion = data.draw(st.integers(0, len(grid.weights) - 1))
    for band in bands(grid, criterion):
        part = data.draw(st.fractions(Fraction(1, 100), Fraction(99, 100)))
        inside = band.start + (band.end - band.start) * part
        assert winners_at(grid, criterion, inside) == set(band.options)


@given(GRIDS, st.data())
def test_bands_cover_the_whole_way_without_a_gap(grid: Grid, data: st.DataObject) -> None:
    found = bands(grid, data.draw(st.integers(0, len(grid.weights) - 1)))
    if not any(None not in row for row in grid.scores):
        assert found == []
        return
    assert [found[0].start, found[-1].end] == [Fraction(0), Fraction(1)]
    assert all(one.end == other.start for one, other in itertools.pairwise(found))
    assert all(one.options != other.options for one, other in itertools.pairwise(found))


@given(GRIDS)
def test_the_nearest_flips_are_edges_of_bands(grid: Grid) -> None:
    for each in sensitivities(grid):
        edges = {band.end for band in bands(grid, each.criterion)}
        assert {flip.share for flip in (each.below, each.above) if flip} <= edges


def test_a_winner_at_any_weight_is_one_band() -> None:
    grid = Grid((1, 1), ((5, 5), (4, 4)))

    assert bands(grid, 0) == [Band(Fraction(0), Fraction(1), (0,))]


def test_options_that_are_equal_share_their_band() -> None:
    grid = Grid((1, 1), ((5, 5), (5, 5), (9, 0)))

    assert bands(grid, 0) == [
        Band(Fraction(0), Fraction(5, 9), (0, 1)),
        Band(Fraction(5, 9), Fraction(1), (2,)),
    ]
