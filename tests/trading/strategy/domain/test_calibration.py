"""Confidence against outcome: counts, intervals and scores that say how little few cases mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.strategy.domain.calibration import Case, Verdict, calibrate, wilson
from trading.strategy.domain.judging import FROM, LEADS_TO, Judgement, possible
from trading.strategy.domain.vocabulary import Outcome, RecommendationStatus

CASES = st.lists(st.builds(Case, st.floats(0, 1), st.sampled_from(Outcome)), max_size=60)


@given(CASES, st.randoms())
def test_the_order_of_cases_says_nothing(cases: list[Case], random: object) -> None:
    mixed = sorted(cases, key=lambda _: random.random())  # type: ignore[attr-defined]

    assert calibrate(cases) == calibrate(mixed)


@given(CASES)
def test_every_case_is_in_one_bin_and_every_interval_holds_its_share(cases: list[Case]) -> None:
    found = calibrate(cases)

    assert sum(each.count for each in found.bins) == found.count == len(cases)
    for each in found.bins:
        if each.least is not None and each.came_true is not None and each.most is not None:
            assert 0 <= each.least <= each.came_true <= each.most <= 1
            assert each.confidence is not None
            assert each.low - 1e-9 <= each.confidence <= each.high + 1e-9
    assert found.brier is None if not cases else 0 <= (found.brier or 0) <= 1


@given(st.integers(1, 500), st.data())
def test_more_cases_of_the_same_kind_narrow_the_interval(count: int, data: st.DataObject) -> None:
    worth = data.draw(st.integers(0, count))
    least, most = wilson(worth, count)
    narrower = wilson(worth * 4, count * 4)

    assert narrower[1] - narrower[0] < most - least


def test_wilson_says_what_the_literature_says() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_few_cases_say_nothing_and_many_do() -> None:
    sure_and_wrong = Case(0.9, Outcome.FAILURE)

    assert calibrate([sure_and_wrong] * 9).verdict is Verdict.TOO_FEW
    assert calibrate([sure_and_wrong] * 10).verdict is Verdict.OVERCONFIDENT
    assert calibrate([Case(0.1, Outcome.SUCCESS)] * 10).verdict is Verdict.UNDERCONFIDENT
    assert calibrate([Case(0.5, Outcome.PARTIAL)] * 10).verdict is Verdict.UNREMARKABLE


def test_the_brier_score_of_a_half_is_a_quarter_and_of_the_truth_nothing() -> None:
    halves = [Case(0.5, Outcome.SUCCESS), Case(0.5, Outcome.FAILURE)]

    assert calibrate(halves).brier == 0.25
    assert calibrate([Case(1.0, Outcome.SUCCESS), Case(0.0, Outcome.FAILURE)]).brier == 0
    assert calibrate([]).brier is None


def test_what_was_done_stays_done_and_nothing_leads_to_itself() -> None:
    assert possible(RecommendationStatus.DONE) == []
    assert all(LEADS_TO[each] not in FROM[each] for each in Judgement)
    assert all(possible(each) for each in RecommendationStatus if each is not RecommendationStatus.DONE)
