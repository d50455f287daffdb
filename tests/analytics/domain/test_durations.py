"""Histograms of durations: what is added up, and how near their percentiles come."""

from __future__ import annotations

import random
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.analytics.domain.durations import (
    BINS,
    DIGITS,
    EDGES,
    bin_of,
    counts_of,
    histogram_of,
    percentile,
)

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
def test_histograms_as_numbers_add_up_bin_by_bin(one: list[int], other: list[int]) -> None:
    packed = sum(map(histogram_of, one)) + sum(map(histogram_of, other))
    assert counts_of(packed) == histogram([*one, *other])


def test_a_bin_does_not_spill_into_the_next_before_a_million_million_values() -> None:
    full = (10**12 - 1) * sum(histogram_of(edge) for edge in (*EDGES, 10**12))
    assert counts_of(full) == [10**12 - 1] * BINS
    assert len(str(full)) == DIGITS


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
