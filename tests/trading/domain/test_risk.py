from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.domain.making import D
from trading.domain.risk import (
    Ask,
    Decision,
    Exposure,
    Limit,
    Limits,
    Outcome,
    day_of,
    decide,
)
from trading.domain.vocabulary import Side

SEEN = Exposure(
    position=D(50),
    offered=D(10),
    open_notional=D(20),
    market=D(30),
    total=D(80),
    daily_profit=D(-15),
    orders_in_window=3,
    reference_price=D("0.50"),
)


def decided(limits: Mapping[str, object], side: Side = Side.BUY, price: str = "0.50") -> Decision:
    """On an order of 100 tokens."""
    return decide(Ask(side=side, size=D(100), price=D(price), minimum_size=D(5)), SEEN, Limits.parse(limits))


def test_an_order_within_every_limit_passes_as_it_is() -> None:
    decision = decided(
        {
            "max_position": "160",
            "max_order_notional": "50",
            "max_open_notional": "70",
            "max_market_exposure": "80",
            "max_exposure": "130",
            "max_daily_loss": "15.01",
            "max_orders": 4,
            "min_price": "0.5",
            "max_price": "0.5",
            "max_slippage_bps": 0,
        }
    )

    assert decision == Decision(Outcome.PASSED, D(100))
    assert decided({}) == decision


@pytest.mark.parametrize(
    ("name", "value", "asked", "room"),
    [
        ("max_position", "159", "160", "99"),
        ("max_order_notional", "49", "50", "98"),
        ("max_open_notional", "60", "70", "80"),
        ("max_market_exposure", "60", "80", "60"),
        ("max_exposure", "100.0000005", "130", "40.000001"),
    ],
)
def test_a_limit_of_size_refuses_or_reduces(name: str, value: str, asked: str, room: str) -> None:
    refused = decided({name: value})
    (breach,) = refused.breaches
    assert (refused.outcome, refused.size) == (Outcome.REFUSED, D(0))
    assert (breach.limit, breach.value, breach.asked) == (Limit(name), D(value), D(asked))
    assert f"the limit of {value}" in breach.sentence

    reduced = decided({name: value, "reduce": True})
    assert (reduced.outcome, reduced.size) == (Outcome.REDUCED, D(room))


@pytest.mark.parametrize(
    ("name", "value", "price"),
    [
        ("max_daily_loss", "15", "0.50"),
        ("max_orders", 3, "0.50"),
        ("min_price", "0.51", "0.50"),
        ("max_price", "0.49", "0.50"),
        ("max_slippage_bps", 199, "0.51"),
    ],
)
def test_a_limit_that_no_smaller_size_keeps_refuses_even_where_it_may_be_reduced(
    name: str, value: object, price: str
) -> None:
    decision = decided({name: value, "reduce": True}, price=price)

    assert decision.outcome is Outcome.REFUSED
    assert [breach.limit for breach in decision.breaches] == [Limit(name)]


def test_all_limits_that_are_breached_are_told_and_the_tightest_counts() -> None:
    decision = decided({"max_position": "150", "max_order_notional": "10", "reduce": True})

    assert [breach.limit for breach in decision.breaches] == [Limit.MAX_ORDER_NOTIONAL, Limit.MAX_POSITION]
    assert decision.size == 20


def test_what_would_fall_below_the_minimum_is_refused_rather_than_reduced() -> None:
    assert decided({"max_order_notional": "2.4", "reduce": True}).outcome is Outcome.REFUSED
    assert decided({"max_order_notional": "2.5", "reduce": True}).size == 5


def test_a_sale_is_never_stopped_by_what_limits_exposure_or_losses() -> None:
    tight = {"max_position": 0, "max_open_notional": 0, "max_exposure": 0, "max_daily_loss": 0}

    assert decided(tight, Side.SELL).outcome is Outcome.PASSED
    assert decided({"max_order_notional": 10}, Side.SELL).outcome is Outcome.REFUSED


def test_slippage_of_a_sale_is_measured_downwards() -> None:
    assert decided({"max_slippage_bps": 399}, Side.SELL, "0.48").outcome is Outcome.REFUSED
    assert decided({"max_slippage_bps": 1}, Side.SELL, "0.60").outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"max_positions": 1}, "max_positions"),
        ({"max_position": "lots"}, "max_position"),
        ({"max_orders": -1}, "max_orders"),
    ],
)
def test_limits_that_cannot_be_are_refused_by_name(data: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Limits.parse(data)


def test_a_day_is_that_of_the_person() -> None:
    midnight = 20_000 * 86_400_000

    assert (day_of(midnight - 1), day_of(midnight)) == (19_999, 20_000)
    assert day_of(midnight - 1, utc_offset_minutes=60) == 20_000
    assert day_of(-1) == -1


MONEY = st.integers(0, 200_000_000).map(lambda millionths: Decimal(millionths).scaleb(-6))


@settings(max_examples=80)
@given(MONEY, MONEY, MONEY, st.sampled_from([D("0.01"), D("0.333"), D("0.99")]))
def test_what_was_reduced_passes_when_it_is_asked_again(
    size: Decimal, notional: Decimal, position: Decimal, price: Decimal
) -> None:
    limits = Limits(
        max_order_notional=notional, max_exposure=notional + 80, max_position=position, reduce=True
    )
    decision = decide(Ask(side=Side.BUY, size=size, price=price), SEEN, limits)

    assert decision.size <= size
    if decision.outcome is not Outcome.REFUSED:
        again = decide(Ask(side=Side.BUY, size=decision.size, price=price), SEEN, limits)
        assert again == Decision(Outcome.PASSED, decision.size)
