from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.domain.making import MARKET, NO, YES, D, a_book, a_broker, a_trade, an_order, resolved
from trading.domain.orders import Event, EventKind
from trading.domain.statistics import (
    YEAR_MS,
    Point,
    drawdown,
    exposure,
    longest_drawdown,
    mark,
    round_trips,
    sharpe,
    summarise,
    thin,
)
from trading.domain.vocabulary import OrderType, Side

DAY = 86_400_000


def curve(*equities: int, step: int = 10) -> list[Point]:
    return [Point(number * step, D(equity)) for number, equity in enumerate(equities)]


def a_fill(at: int, side: Side, size: str, notional: str, *, fee: str = "0", token: str = YES) -> Event:
    return Event(
        kind=EventKind.FILLED,
        at=at,
        token=token,
        market=MARKET,
        side=side,
        size=D(size),
        notional=D(notional),
        fee=D(fee),
    )


def test_a_round_trip_goes_from_the_first_token_held_to_none() -> None:
    events = [
        a_fill(1, Side.BUY, "10", "5", fee="0.1"),
        a_fill(2, Side.BUY, "10", "6"),
        a_fill(2, Side.BUY, "5", "1", token=NO),
        a_fill(3, Side.SELL, "20", "13", fee="0.2"),
        a_fill(4, Side.BUY, "10", "5"),
    ]

    (trip,) = round_trips(events)

    assert (trip.opened_at, trip.closed_at, trip.size) == (1, 3, D(20))
    assert (trip.paid, trip.received, trip.profit) == (D(11), D(13), D("1.7"))


def test_a_pay_out_ends_a_round_trip() -> None:
    broker = a_broker()
    events = broker.place(an_order(size="100", type=OrderType.MARKET), 5) + broker.on_message(resolved(9))

    (trip,) = round_trips(events)

    assert (trip.closed_at, trip.profit) == (9, D(49))
    assert broker.portfolio.realised == trip.profit


def test_a_drawdown_is_the_deepest_fall_from_a_peak_and_when_it_was_made_up_for() -> None:
    found = drawdown(curve(100, 110, 99, 105, 110, 120, 115))

    assert found is not None
    assert (found.amount, found.share) == (D(11), D("0.1"))
    assert (found.peak_at, found.trough_at, found.recovered_at) == (10, 20, 40)
    assert longest_drawdown(curve(100, 110, 99, 105, 110, 120, 115)) == 30


def test_a_drawdown_that_is_not_over_has_no_recovery_and_a_rise_has_none() -> None:
    found = drawdown(curve(100, 90, 95))

    assert found is not None
    assert found.recovered_at is None
    assert longest_drawdown(curve(100, 90, 95)) == 20
    assert drawdown(curve(1, 2, 2, 3)) is None
    assert longest_drawdown(curve(1, 2, 2, 3)) == 0


@settings(max_examples=60)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=25))
def test_a_drawdown_is_the_most_that_any_later_point_lies_below_an_earlier_one(values: list[int]) -> None:
    falls = [a - b for i, a in enumerate(values) for b in values[i:]]

    found = drawdown(curve(*values))

    assert (found.amount if found else 0) == max(falls)


def test_sharpe_is_the_mean_return_by_its_deviation_over_a_year() -> None:
    points = [Point(0, D(100)), Point(DAY, D(110)), Point(2 * DAY, D(104)), Point(3 * DAY, D(115))]
    returns = [0.1, 104 / 110 - 1, 115 / 104 - 1]
    mean = sum(returns) / 3
    deviation = math.sqrt(sum((each - mean) ** 2 for each in returns) / 2)

    found = sharpe(points, period_ms=DAY)

    assert found == pytest.approx(mean / deviation * math.sqrt(YEAR_MS / DAY))


def test_sharpe_reads_equity_as_it_stood_at_the_end_of_each_period() -> None:
    whole = [Point(0, D(100)), Point(DAY, D(110)), Point(2 * DAY, D(104))]
    between = [Point(0, D(100)), Point(5, D(90)), Point(DAY - 1, D(110)), Point(2 * DAY, D(104))]

    assert sharpe(between, period_ms=DAY) == sharpe(whole, period_ms=DAY)


@pytest.mark.parametrize(
    "equities", [(), (100,), (100, 110), (100, 100, 100, 100), (100, 0, 100), (100, -5, 50)]
)
def test_sharpe_is_none_where_it_is_not_defined(equities: tuple[int, ...]) -> None:
    assert sharpe(curve(*equities), period_ms=10) is None


def test_exposure_is_the_share_of_the_time_in_which_anything_was_held() -> None:
    events = [
        a_fill(10, Side.BUY, "5", "1"),
        a_fill(20, Side.BUY, "5", "1", token=NO),
        a_fill(30, Side.SELL, "5", "1"),
        a_fill(40, Side.SELL, "5", "1", token=NO),
        a_fill(80, Side.BUY, "5", "1"),
    ]

    assert exposure(events, 0, 100) == D("0.5")
    assert exposure([], 0, 100) == 0
    assert exposure([], 5, 5) is None


def test_a_run_is_summed_up() -> None:
    broker = a_broker("100")
    points = [mark(broker.portfolio, broker.books.marks(), 1)]
    events = broker.place(an_order("b", size="100", type=OrderType.MARKET), 2)
    events += broker.on_message(a_book(3, bids=[("0.55", "500")], asks=[("0.57", "500")]))
    points.append(mark(broker.portfolio, broker.books.marks(), 3))
    events += broker.place(an_order("s", Side.SELL, "100", type=OrderType.MARKET), 4)
    events += broker.on_message(a_trade(5, Side.BUY, "0.57", "1"))
    points.append(mark(broker.portfolio, broker.books.marks(), 5))

    found = summarise(points, events, capital=D(100), period_ms=2)

    assert found is not None
    assert (found.profit, found.total_return) == (D("4.000000"), D("0.04"))
    assert (found.fills, found.round_trips, found.hit_rate, found.profit_factor) == (2, 1, D(1), None)
    assert found.turnover == D("1.06")
    assert found.profit == broker.portfolio.realised
    assert found.drawdown is not None
    assert found.drawdown.amount == D("1")


def test_a_run_in_which_nothing_happened_has_no_ratios() -> None:
    found = summarise(curve(100, 100, 100), [], capital=D(0), period_ms=10)

    assert found is not None
    assert (found.hit_rate, found.profit_factor, found.turnover, found.sharpe) == (None,) * 4
    assert summarise([], [], capital=D(1), period_ms=10) is None


@settings(max_examples=60)
@given(st.lists(st.integers(-50, 50), max_size=80), st.integers(4, 20))
def test_a_thinned_curve_keeps_its_ends_and_extremes_in_order(values: list[int], most: int) -> None:
    points = curve(*values)

    kept = thin(points, most)

    assert len(kept) <= most
    assert [point for point in points if point in kept] == kept
    if points:
        assert (kept[0], kept[-1]) == (points[0], points[-1])
        equities: list[Decimal] = [point.equity for point in kept]
        assert (min(equities), max(equities)) == (D(min(values)), D(max(values)))
