from __future__ import annotations

import json
import statistics
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.domain.making import D, a_book, a_broker, a_change
from trading.domain import indicators
from trading.domain.indicators import Lookback, Reading, Sample
from trading.domain.money import ZERO
from trading.domain.vocabulary import Side

SAMPLES = st.lists(
    st.tuples(st.integers(0, 9), st.none() | st.integers(1, 99).map(lambda cents: D(cents) / 100)),
    max_size=25,
)


@settings(max_examples=80)
@given(SAMPLES, st.integers(1, 15), st.integers(0, 25))
def test_what_is_kept_up_gives_the_same_as_the_definition_over_all_samples(
    steps: list[tuple[int, Decimal | None]], reach: int, stored_after: int
) -> None:
    kept, at, every = Lookback(reach), 0, dict[int, Decimal | None]()
    for number, (step, value) in enumerate(steps):
        at += step
        every[at] = value
        kept.add(at, value)
        if number == stored_after:
            kept = Lookback.restore(reach, json.loads(json.dumps(kept.snapshot())))
        samples = [Sample(*item) for item in every.items()]
        assert kept.momentum() == indicators.momentum(samples, reach)
        assert kept.volatility() == indicators.volatility(samples, reach)
        assert kept.total() == sum((v for moment, v in every.items() if moment > at - reach and v), ZERO)


def test_momentum_is_relative_to_the_value_as_it_stood_one_look_back_before() -> None:
    samples = [Sample(0, D("0.40")), Sample(70, D("0.45")), Sample(100, D("0.50"))]

    assert indicators.momentum(samples, 100).value == D("0.25")
    assert indicators.momentum(samples, 31).value == D("0.25")
    assert indicators.momentum(samples, 30).value == D("0.1111111111")
    assert indicators.momentum(samples, 101) == Reading(None, indicators.NOT_LONG_ENOUGH)


def test_momentum_is_unknown_with_a_reason_where_a_price_is_missing() -> None:
    assert indicators.momentum([], 5).reason == indicators.UNKNOWN_NOW
    assert indicators.momentum([Sample(0, D(1)), Sample(9, None)], 5).reason == indicators.UNKNOWN_NOW
    assert indicators.momentum([Sample(0, None), Sample(9, D(1))], 5).reason == indicators.UNKNOWN_THEN


def test_volatility_is_the_deviation_of_the_relative_changes() -> None:
    values = [0.40, 0.44, 0.42, 0.45]
    samples = [Sample(number, D(str(value))) for number, value in enumerate(values)]
    changes = [b / a - 1 for a, b in pairwise(values)]

    found = indicators.volatility(samples, 10).value
    assert found is not None
    assert float(found) == pytest.approx(statistics.stdev(changes), abs=1e-9)
    assert indicators.volatility(samples[:2], 10).value is None


def test_spread_and_imbalance_are_those_of_the_book() -> None:
    broker = a_broker(book=a_book(bids=[("0.49", "30"), ("0.40", "1")], asks=[("0.51", "10"), ("0.60", "1")]))
    book = broker.books.by_token["11"]

    assert indicators.spread(book).value == D("0.02")
    assert indicators.spread_bps(book).value == D(400)
    assert indicators.imbalance(book, 1).value == D("0.5")
    assert indicators.imbalance(book).value == D("0.4761904762")


def test_an_indicator_of_a_book_without_a_top_says_why() -> None:
    broker = a_broker(book=a_book(bids=[]))
    book = broker.books.by_token["11"]
    assert indicators.spread(book) == Reading(None, "one side of the book is empty")
    assert indicators.imbalance(book).value == D(-1)

    broker.on_message(a_change(2, Side.BUY, "0.51", "5"))
    assert indicators.spread_bps(book) == Reading(None, "the book is crossed")
    assert indicators.imbalance(book) == Reading(None, "the book is crossed")


def test_a_look_back_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="look-back"):
        Lookback(0)
