"""Decision matrices: exact totals, ties, shares, and which change of a weight lets another option win."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trading.strategy.domain.matrix import (
    Grid,
    MatrixFault,
    make_grid,
    rank,
    shares,
    winners,
)
from trading.strategy.domain.sensitivity import sensitivities

D = Decimal
weights = st.decimals(0, 1_000, places=4, allow_nan=False)
scores = st.decimals(0, 10, places=4, allow_nan=False)


@st.composite
def grids(draw: st.DrawFn, gaps: bool = False) -> Grid:
    criteria, options = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    chosen = draw(st.lists(weights, min_size=criteria, max_size=criteria))
    assume(any(chosen))
    cell = st.one_of(st.none(), scores) if gaps else scores
    row = st.lists(cell, min_size=criteria, max_size=criteria)
    return make_grid(chosen, draw(st.lists(row, min_size=options, max_size=options)))


def totals_at(grid: Grid, criterion: int, share: Fraction) -> list[Fraction]:
    """Straight from the definition: the criterion has the share, the others keep their proportions."""
    rest = sum(grid.weights) - grid.weights[criterion]
    found = []
    for row in grid.scores:
        own, others = Fraction(0), Fraction(0)
        for at, (weight, score) in enumerate(zip(grid.weights, row, strict=True)):
            assert score is not None
            if at == criterion:
                own = share * score
            else:
                others += (1 - share) * Fraction(weight, rest) * score
        found.append(own + others)
    return found


def test_totals_are_weighted_averages_between_0_and_10() -> None:
    grid = make_grid([D(3), D(1)], [[D(10), D(0)], [D("7.5"), D("7.5")]])

    assert [(each.option, each.total, each.rank) for each in rank(grid)] == [
        (0, D("7.5000"), 1),
        (1, D("7.5000"), 1),
    ]
    assert winners(grid) == [0, 1], "a tie is a tie"


def test_what_floats_would_take_for_different_is_a_tie() -> None:
    grid = make_grid([D("0.1"), D("0.2"), D("0.3")], [[D(1), D(1), D(0)], [D(0), D(0), D(1)]])

    assert winners(grid) == [0, 1]
    assert 0.1 + 0.2 != 0.3, "the control"


def test_a_difference_that_rounding_hides_is_none() -> None:
    grid = make_grid([D(1_000), D("0.0001")], [[D(5), D(5)], [D(5), D("5.0001")]])

    assert [each.total for each in rank(grid)] == [D("5.0000"), D("5.0000")]
    assert winners(grid) == [1]


def test_a_gap_is_no_zero() -> None:
    grid = make_grid([D(1), D(1)], [[D(1), D(1)], [D(10), None]])

    assert not grid.is_complete
    assert [(each.option, each.rank, each.missing) for each in rank(grid)] == [(0, 1, 0), (1, None, 1)]


@pytest.mark.parametrize(
    ("weighed", "scored", "field", "words"),
    [
        ([D(0), D(0)], [[D(1), D(1)]], "weights", "above 0"),
        ([], [], "weights", "above 0"),
        ([D(-1), D(2)], [[D(1), D(1)]], "weights", "between 0 and 1000"),
        ([D("NaN")], [[D(1)]], "weights", "between"),
        ([D(1)], [[D("10.1")]], "scores", "between 0 and 10"),
        ([D(1)], [[D("-0.1")]], "scores", "between 0 and 10"),
        ([D(1)], [[D("Infinity")]], "scores", "between 0 and 10"),
        ([D(1)], [[D("1.00001")]], "scores", "4 decimal places"),
        ([D(1)], [[D(1), D(2)]], "scores", "one score for each"),
        ([D(1)] * 51, [], "scores", "at most 200 options and 50 criteria"),
        ([D(1)], [[D(1)]] * 201, "scores", "at most 200 options"),
    ],
)
def test_what_is_no_matrix_is_told(
    weighed: list[Decimal], scored: list[list[Decimal | None]], field: str, words: str
) -> None:
    with pytest.raises(MatrixFault, match=words) as caught:
        make_grid(weighed, scored)
    assert caught.value.field == field


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=50))
def test_shares_add_up_to_one_and_are_off_by_less_than_a_place(given_weights: list[int]) -> None:
    assume(any(given_weights))

    found = shares(given_weights)

    assert sum(found) == 1
    for share, weight in zip(found, given_weights, strict=True):
        assert abs(Fraction(share) - Fraction(weight, sum(given_weights))) < Fraction(1, 10_000)


@given(grids(gaps=True))
def test_ranks_follow_the_totals_and_equal_totals_share_a_rank(grid: Grid) -> None:
    standings = rank(grid)

    assert sorted(each.option for each in standings) == list(range(len(grid.scores)))
    ranked = [each for each in standings if each.rank is not None]
    for one, other in pairwise(ranked):
        assert one.total is not None
        assert other.total is not None
        assert one.total >= other.total
    for each in ranked:
        assert each.rank == 1 + sum(_sum(grid, other.option) > _sum(grid, each.option) for other in ranked)
    assert all(each.missing for each in standings[len(ranked) :])


def _sum(grid: Grid, option: int) -> int:
    return sum(w * (s or 0) for w, s in zip(grid.weights, grid.scores[option], strict=True))


@given(grids())
def test_a_flip_is_where_the_totals_meet_and_past_it_the_other_is_ahead(grid: Grid) -> None:
    alone = winners(grid)
    found = sensitivities(grid)
    if len(alone) != 1:
        assert found == []
        return
    (best,) = alone
    for each in found:
        for flip, towards in ((each.below, Fraction(0)), (each.above, Fraction(1))):
            if flip is None:
                continue
            met = totals_at(grid, each.criterion, flip.share)
            assert met[flip.option] == met[best] == max(met), "nobody else was ahead before"
            past = totals_at(grid, each.criterion, (flip.share + towards) / 2)
            assert past[flip.option] > past[best]
            short = totals_at(grid, each.criterion, (flip.share + each.share) / 2)
            assert short[best] == max(short)


@given(grids())
def test_where_no_flip_is_told_the_winner_wins_to_the_end(grid: Grid) -> None:
    for each in sensitivities(grid):
        (best,) = winners(grid)
        if sum(grid.weights) == grid.weights[each.criterion]:
            continue
        for flip, end in ((each.below, Fraction(0)), (each.above, Fraction(1))):
            if flip is None:
                totals = totals_at(grid, each.criterion, end)
                assert totals[best] == max(totals)
