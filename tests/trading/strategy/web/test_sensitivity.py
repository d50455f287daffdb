"""What a page says of the least change of a weight: past it the named option really wins, before it not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings

from orchestrator.accounts.models import User
from tests.factories import make_user
from tests.trading.strategy.domain.test_bands import GRIDS, winners_at
from tests.trading.strategy.making import make_matrix
from trading.strategy.domain.bands import bands
from trading.strategy.domain.matrix import Grid, winners
from trading.strategy.domain.sensitivity import sensitivities
from trading.strategy.queries.matrices import shown_matrix
from trading.strategy.services.matrix_scores import ScoreChange, set_scores
from trading.strategy.web.pictures import tones
from trading.strategy.web.sensitivity import ranges


@settings(max_examples=200)
@given(GRIDS)
def test_one_step_past_a_flip_another_wins_and_one_step_before_it_nobody_else(grid: Grid) -> None:
    for each in sensitivities(grid):
        (best,) = winners(grid)
        parts = bands(grid, each.criterion)
        for flip in (each.below, each.above):
            if flip is None:
                continue
            near = [band for band in parts if flip.share in (band.start, band.end)]
            past, before = sorted(near, key=lambda band: best in band.options)
            assert best not in winners_at(grid, each.criterion, (past.start + past.end) / 2)
            assert winners_at(grid, each.criterion, (before.start + before.end) / 2) == {best}
            assert flip.option in winners_at(grid, each.criterion, flip.share)


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owner")


def test_the_least_change_comes_first_with_the_weight_that_does_it(owner: User) -> None:
    found = shown_matrix(make_matrix(owner))

    first = ranges(found, tones(found))[0]

    turn = first.nearest
    assert turn
    assert (first.criterion, first.share, first.weight) == ("Income", "66.67 %", "2")
    assert (turn.is_up, turn.share, turn.weight, turn.names) == (False, "62.50 %", "1.667", "Hold")


def test_of_a_tie_no_turn_is_told_but_who_wins_where(owner: User) -> None:
    matrix = make_matrix(owner)
    hold, _ = matrix.options.all()
    income, safety = matrix.criteria.all()
    set_scores(
        owner,
        matrix.pk,
        [ScoreChange(hold.pk, income.pk, Decimal(9)), ScoreChange(hold.pk, safety.pk, Decimal(3))],
    )

    found = shown_matrix(matrix)

    assert all(not each.turns and each.is_steady for each in ranges(found, tones(found)))
    assert ranges(found, tones(found))[0].stretches[0].names == "Hold and Expand"
