"""Histograms of durations: what is added up, and how near their percentiles come."""

from __future__ import annotations

import random
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.analytics.domain.durations import BINS, EDGES, add, bin_of, percentile

DURATIONS = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


def histogram(values: list[int]) -> list[int]:
    found = [0] * BINS
    for value in values:
        found[bin_of(value)] += 1
    return found


@given(st.integers(0, 10**10))
def test_a_duration_lies_within_its_bin(value: int) -> None:
    number = bin_of(value)
    assert 0 <= number < BINS
    assert number == len(EDGES) or value <= EDGES[number]
    assert number == 0 or value > EDGES[number - 1]


@given(DURATIONS, DURATIONS)
def test_histograms_add_up_also_where_they_are_cut_short(one: list[int], other: list[int]) -> None:
    short = histogram(one)
    while short and not short[-1]:
        short.pop()
    assert add(short, histogram(other)) == histogram([*one, *other])
    assert add([], short) == short


@given(DURATIONS, st.floats(0.01, 1))
def test_a_percentile_lies_in_the_bin_of_the_value_it_stands_for(values: list[int], share: float) -> None:
    found = percentile(histogram(values), share)
    assert found is not None
    rank = max(0, -(-share * len(values) // 1) - 1)
    exact = sorted(values)[min(len(values) - 1, int(rank))]
    assert abs(bin_of(found * 0.999999) - min(bin_of(exact), len(EDGES) - 1)) <= 1


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_percentiles_of_usual_durations_are_off_by_a_tenth_at_most(share: float) -> None:
    dice = random.Random(7)
    values = [round(800 * dice.lognormvariate(0, 0.7)) for _ in range(5_000)]
    exact = quantiles(values, n=100)[round(share * 100) - 1]
    assert percentile(histogram(values), share) == pytest.approx(exact, rel=0.1)


def test_nothing_has_no_percentile() -> None:
    assert percentile([], 0.5) is None
    assert percentile([0] * BINS, 0.5) is None
