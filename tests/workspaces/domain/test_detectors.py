"""Detectors: that they know nothing of the future, and what each says."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspaces.domain.bars import bars, closes, random_bars
from workspaces.domain.detectors import PATTERNS, Candles, Detection, Parameters, Pattern
from workspaces.domain.detectors.order_blocks import OrderBlockParameters
from workspaces.domain.detectors.structure import StructureParameters
from workspaces.domain.detectors.swings import SwingParameters

every_pattern = pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)


def parameters_of(pattern: Pattern) -> st.SearchStrategy[Parameters]:
    """Small windows, so that short series have patterns; shares that sometimes exclude some."""
    values: dict[str, st.SearchStrategy[Any]] = {}
    for each in fields(pattern.parameters):
        if each.type == "bool":
            values[each.name] = st.booleans()
        elif each.type == "int":
            values[each.name] = st.integers(1, 4)
        else:
            values[each.name] = st.sampled_from([0.0, 0.01, 0.05])
    return st.fixed_dictionaries(values).map(pattern.read)


@every_pattern
@given(data=st.data())
def test_one_bar_after_the_other_gives_what_all_at_once_gives(pattern: Pattern, data: st.DataObject) -> None:
    candles, parameters = data.draw(random_bars()), data.draw(parameters_of(pattern))
    stream = pattern.stream(parameters)
    one_by_one = []
    for number, candle in enumerate(candles):
        found = stream.push(candle)
        assert all(each.confirmed_at == number for each in found)
        one_by_one += found
    assert one_by_one == pattern.detect(candles, parameters)


@every_pattern
@given(data=st.data())
def test_more_bars_never_change_what_was_said(pattern: Pattern, data: st.DataObject) -> None:
    candles, parameters = data.draw(random_bars()), data.draw(parameters_of(pattern))
    whole = pattern.detect(candles, parameters)
    known = data.draw(st.integers(0, len(candles)))
    assert pattern.detect(candles.head(known), parameters) == [
        each for each in whole if each.confirmed_at < known
    ]


@every_pattern
@given(data=st.data())
def test_what_is_said_makes_sense(pattern: Pattern, data: st.DataObject) -> None:
    candles, parameters = data.draw(random_bars()), data.draw(parameters_of(pattern))
    for each in pattern.detect(candles, parameters):
        assert each.kind in pattern.kinds
        assert each.direction in ("bullish", "bearish")
        assert 0 <= each.bar <= each.confirmed_at < len(candles)
        assert candles.low.min() <= each.price <= candles.high.max()
        assert each.reason.endswith(".")
        if each.top is not None and each.bottom is not None:
            assert each.bottom <= each.top


def found(name: str, candles: Candles, parameters: Parameters) -> list[tuple[str, str, int, float, int]]:
    def brief(each: Detection) -> tuple[str, str, int, float, int]:
        return each.kind, each.direction, each.bar, each.price, each.confirmed_at

    return [brief(each) for each in PATTERNS[name].detect(candles, parameters)]


def test_a_swing_is_known_when_the_bars_after_it_have_closed() -> None:
    peak = closes(1, 2, 5, 3, 2)
    assert found("swings", peak, SwingParameters(left=2, right=2)) == [("swing_high", "bearish", 2, 5, 4)]


def test_of_a_plateau_the_first_bar_is_the_swing() -> None:
    rows = [(1, 2, 1, 2), (2, 5, 2, 4), (4, 5, 3, 4), (4, 4, 2, 2), (2, 3, 2, 2)]
    swings = found("swings", bars([tuple(map(float, row)) for row in rows]), SwingParameters(left=1, right=2))  # type: ignore[misc]
    assert swings[0] == ("swing_high", "bearish", 1, 5, 3)


def test_the_first_break_is_of_structure_and_one_against_it_of_character() -> None:
    path = closes(11, 12, 10, 13, 12.5, 9)
    small = StructureParameters(left=1, right=1)
    assert found("bos", path, small) == [("bos", "bullish", 3, 12, 3)]
    assert found("choch", path, small) == [("choch", "bearish", 5, 10, 5)]


def test_a_wick_breaks_only_where_wicks_count() -> None:
    rows = [(10, 10, 10, 10), (10, 12, 10, 12), (12, 12, 11, 11), (11, 12.5, 11, 11.5)]
    candles = bars([tuple(map(float, row)) for row in rows])  # type: ignore[misc]
    assert found("bos", candles, StructureParameters(left=1, right=1)) == []
    by_wick = StructureParameters(left=1, right=1, by_wick=True)
    assert found("bos", candles, by_wick) == [("bos", "bullish", 3, 12, 3)]


def test_the_block_before_a_rise_is_the_last_falling_candle() -> None:
    path = closes(10, 12, 11, 13)
    [block] = PATTERNS["order_blocks"].detect(path, OrderBlockParameters(left=1, right=1))
    assert (block.direction, block.bar, block.confirmed_at) == ("bullish", 2, 3)
    assert (block.bottom, block.top) == (11, 12)


def test_the_block_before_a_fall_is_the_last_rising_candle() -> None:
    path = closes(12, 10, 11, 9)
    [block] = PATTERNS["order_blocks"].detect(path, OrderBlockParameters(left=1, right=1))
    assert (block.direction, block.bar, block.price) == ("bearish", 2, 10)


def test_a_gap_lies_between_candles_that_do_not_touch() -> None:
    rows = [(10, 11, 9, 10.5), (10.5, 14, 10.5, 14), (14, 15, 12, 14.5)]
    candles = bars([tuple(map(float, row)) for row in rows])  # type: ignore[misc]
    gaps = PATTERNS["fair_value_gaps"]
    [gap] = gaps.detect(candles, gaps.parameters())
    assert (gap.direction, gap.bar, gap.bottom, gap.top, gap.confirmed_at) == ("bullish", 1, 11, 12, 2)
    assert gaps.detect(candles, gaps.read({"least_size": 0.1})) == []


def test_equal_highs_make_a_pool_and_reaching_beyond_them_sweeps_it() -> None:
    rows = [(9, 9, 9, 9), (9, 12, 9, 10), (10, 10, 9, 9), (9, 12, 9, 10), (10, 10, 9, 9), (9, 12.5, 9, 10)]
    candles = bars([tuple(map(float, row)) for row in rows])  # type: ignore[misc]
    liquidity = PATTERNS["liquidity"]
    parameters = liquidity.read({"left": 1, "right": 1})
    assert found("liquidity", candles, parameters) == [
        ("liquidity_pool", "bullish", 3, 12, 4),
        ("liquidity_sweep", "bearish", 5, 12, 5),
    ]


@every_pattern
def test_no_bars_and_few_bars_hold_nothing(pattern: Pattern) -> None:
    assert pattern.detect(bars([]), pattern.parameters()) == []
    assert pattern.detect(closes(1, 2), pattern.parameters()) == []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"left": 0}, "left is between 1 and 100, not 0."),
        ({"left": 2.5}, "left is a whole number."),
        ({"left": True}, "left is a whole number."),
        ({"least_move": "big"}, "least_move is a number."),
        ({"colour": 1}, "Swings has no parameter 'colour'."),
    ],
)
def test_parameters_that_there_are_not_are_told(values: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        PATTERNS["swings"].read(values)
