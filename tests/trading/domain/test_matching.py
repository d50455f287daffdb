from __future__ import annotations

from dataclasses import replace

import pytest

from tests.trading.domain.making import (
    MARKET,
    NO,
    YES,
    D,
    a_book,
    a_broker,
    a_change,
    a_trade,
    an_order,
    resolved,
)
from trading.domain.faults import ClockBack
from trading.domain.fees import FeeCurve, FeeSchedule
from trading.domain.markets import Fees
from trading.domain.matching import Broker
from trading.domain.messages import SPLIT, Gap, TickSize
from trading.domain.orders import Event, EventKind, Instrument, OrderRequest, Reason
from trading.domain.vocabulary import OrderStatus, OrderType, Side, TimeInForce

BUY, SELL = Side.BUY, Side.SELL
MARKET_ORDER = OrderType.MARKET


def kinds(events: list[Event]) -> list[str]:
    return [event.kind.value for event in events]


def fills(events: list[Event]) -> list[tuple[str, str]]:
    return [(str(event.price), str(event.size)) for event in events if event.kind is EventKind.FILLED]


def holding(size: str = "100") -> Broker:
    """A broker that bought some at 0.51."""
    broker = a_broker()
    broker.place(an_order("start", BUY, size, type=MARKET_ORDER), 1)
    return broker


def test_a_market_order_to_buy_walks_up_the_book() -> None:
    broker = a_broker()

    events = broker.place(an_order(size="150", type=MARKET_ORDER), 5)

    assert fills(events) == [("0.51", "120"), ("0.52", "30")]
    assert broker.portfolio.cash == D("923.20")
    assert broker.portfolio.positions[YES].average_price == D("0.512")
    assert broker.orders["o1"].status is OrderStatus.FILLED


def test_a_market_order_by_amount_spends_no_more_than_that() -> None:
    broker = a_broker()

    events = broker.place(an_order(size=None, amount="10", type=MARKET_ORDER), 5)

    assert fills(events) == [("0.51", "19.607843")]
    assert (broker.portfolio.cash, broker.portfolio.held(YES)) == (D("990"), D("19.607843"))
    assert broker.orders["o1"].status is OrderStatus.FILLED


def test_what_a_market_order_cannot_have_at_once_is_cancelled() -> None:
    broker = a_broker()

    events = broker.place(an_order(size="500", type=MARKET_ORDER), 5)

    assert kinds(events) == ["accepted", "filled", "filled", "cancelled"]
    assert (events[-1].size, events[-1].reason) == (D(200), Reason.REMAINDER)
    assert broker.orders["o1"].status is OrderStatus.CANCELLED
    by_amount = broker.place(an_order("o2", size=None, amount="400", type=MARKET_ORDER), 6)
    assert by_amount[-1].reason is Reason.NO_LIQUIDITY


def test_an_amount_of_which_a_part_cannot_be_spent_is_told_as_such() -> None:
    broker = a_broker()

    events = broker.place(an_order(size=None, amount="400", type=MARKET_ORDER), 5)

    assert events[-1].sentence == "Of 400 USDC, 154.800000 can be spent."
    assert broker.orders["o1"].status is OrderStatus.CANCELLED


def test_the_worst_price_of_a_market_order_is_kept() -> None:
    broker = a_broker()

    events = broker.place(an_order(size="150", type=MARKET_ORDER, price="0.51"), 5)

    assert fills(events) == [("0.51", "120")]


def test_a_limit_order_takes_what_is_there_and_rests_with_the_remainder() -> None:
    broker = a_broker()

    events = broker.place(an_order(size="200", price="0.51"), 5)

    assert fills(events) == [("0.51", "120")]
    order = broker.orders["o1"]
    assert (order.status, order.remaining) == (OrderStatus.PARTIALLY_FILLED, D(80))
    assert broker.open.reserved == D("40.80")


def test_the_same_shown_tokens_are_taken_once_until_the_book_shows_more() -> None:
    broker = a_broker()
    broker.place(an_order("o1", size="120", price="0.51"), 5)

    assert kinds(broker.place(an_order("o2", size="20", price="0.51"), 5)) == ["accepted"]
    assert broker.on_message(a_change(6, SELL, "0.51", "110")) == []
    assert fills(broker.on_message(a_change(7, SELL, "0.51", "115"))) == [("0.51", "5")]


def test_fill_or_kill_is_all_or_nothing() -> None:
    broker = a_broker()

    refused = broker.place(an_order("o1", size="400", price="0.52", time_in_force=TimeInForce.FOK), 5)
    assert (refused[0].reason, broker.portfolio.held(YES)) == (Reason.NOT_FILLABLE, D(0))
    filled = broker.place(an_order("o2", size="300", price="0.52", time_in_force=TimeInForce.FOK), 5)
    assert kinds(filled) == ["accepted", "filled", "filled"]


def test_a_resting_order_waits_for_the_queue_before_it() -> None:
    broker = a_broker()
    broker.place(an_order(size="50", price="0.49"), 5)

    assert broker.on_message(a_trade(6, SELL, "0.49", "150")) == []
    assert fills(broker.on_message(a_trade(7, SELL, "0.49", "70"))) == [("0.49", "20")]
    assert fills(broker.on_message(a_trade(8, SELL, "0.49", "70"))) == [("0.49", "30")]
    assert broker.orders["o1"].status is OrderStatus.FILLED


def test_a_trade_on_the_other_side_or_at_a_better_price_fills_nothing() -> None:
    broker = a_broker()
    broker.place(an_order(size="50", price="0.48"), 5)

    assert broker.on_message(a_trade(6, BUY, "0.48", "500")) == []
    assert broker.on_message(a_trade(7, SELL, "0.49", "500")) == []


def test_a_trade_through_its_price_fills_a_resting_order_at_its_own_price() -> None:
    broker = a_broker()
    broker.place(an_order(size="50", price="0.49"), 5)

    assert fills(broker.on_message(a_trade(6, SELL, "0.48", "30"))) == [("0.49", "30")]


def test_a_trade_that_the_book_told_before_serves_the_queue_once() -> None:
    broker = a_broker()
    broker.place(an_order(size="50", price="0.49"), 5)

    broker.on_message(a_change(6, BUY, "0.49", "120"))  # 80 of the 200 before it are gone
    broker.on_message(a_trade(7, SELL, "0.49", "80"))  # by this trade
    assert broker.orders["o1"].ahead == 120
    assert broker.on_message(a_trade(8, SELL, "0.49", "120")) == []
    assert fills(broker.on_message(a_trade(9, SELL, "0.49", "10"))) == [("0.49", "10")]


def test_an_order_on_the_other_side_that_comes_to_its_price_fills_it_with_what_is_shown() -> None:
    broker = a_broker()
    broker.place(an_order("o1", size="50", price="0.50"), 5)
    broker.place(an_order("o2", size="50", price="0.50"), 6)

    events = broker.on_message(a_change(7, SELL, "0.50", "70"))

    assert [(event.order, event.size) for event in events] == [("o1", D(50)), ("o2", D(20))]
    assert all(event.maker for event in events)


def test_a_better_price_comes_first_and_of_one_price_the_earlier_order() -> None:
    broker = a_broker()
    for name, price in (("late", "0.49"), ("early", "0.48"), ("best", "0.50")):
        broker.place(an_order(name, size="50", price=price), 5)

    events = broker.on_message(a_book(6, bids=[("0.40", "5")], asks=[("0.47", "120")]))

    assert [(event.order, str(event.price), event.size) for event in events] == [
        ("best", "0.50", D(50)),
        ("late", "0.49", D(50)),
        ("early", "0.48", D(20)),
    ]


def test_a_resting_sale_is_the_mirror_of_a_resting_purchase() -> None:
    broker = holding()
    broker.place(an_order("o1", SELL, "50", price="0.53"), 5)

    assert broker.on_message(a_trade(6, SELL, "0.54", "50")) == []
    assert fills(broker.on_message(a_trade(7, BUY, "0.54", "20"))) == [("0.53", "20")]
    assert fills(broker.on_message(a_change(8, BUY, "0.53", "10"))) == []  # crossed with the recorded book
    assert fills(broker.on_message(a_book(9, bids=[("0.55", "99")], asks=[("0.56", "5")]))) == [
        ("0.53", "30")
    ]
    assert broker.portfolio.realised == D("50") * D("0.53") - D("50") * D("0.51")


def test_nothing_is_filled_from_a_book_that_is_void() -> None:
    broker = a_broker()
    broker.place(an_order(size="50", price="0.50"), 5)

    broker.on_message(Gap(6, YES, MARKET, "the connection was lost"))
    assert broker.on_message(a_change(7, SELL, "0.50", "70")) == []
    assert fills(broker.on_message(a_book(8, asks=[("0.50", "70")]))) == [("0.50", "50")]


REFUSALS: list[tuple[OrderRequest, Reason, str]] = [
    (an_order(token="99"), Reason.UNKNOWN_MARKET, "No market is known"),
    (an_order(token=NO), Reason.VOID_BOOK, "no book has come yet"),
    (an_order(price="1.00"), Reason.BAD_PRICE, "not between 0 and 1"),
    (an_order(price="0"), Reason.BAD_PRICE, "not between 0 and 1"),
    (an_order(price=None), Reason.BAD_PRICE, "needs a price"),
    (an_order(price="0.505"), Reason.OFF_TICK, "tick of 0.01"),
    (an_order(size="4.99"), Reason.BELOW_MINIMUM, "minimum of 5"),
    (an_order(size="5.0000001"), Reason.BAD_SIZE, "six decimals"),
    (an_order(size="-5"), Reason.BAD_SIZE, "above zero"),
    (an_order(size=None), Reason.BAD_SIZE, "either a size"),
    (an_order(amount="5"), Reason.BAD_SIZE, "either a size"),
    (an_order(size=None, amount="5"), Reason.BAD_SIZE, "market order to buy"),
    (an_order(size=None, amount="2", type=MARKET_ORDER), Reason.BELOW_MINIMUM, "2 USDC buy 3.921568"),
    (an_order(size="2500", price="0.50"), Reason.INSUFFICIENT_CASH, "needs 1250.000000 USDC"),
    (an_order(side=SELL), Reason.INSUFFICIENT_TOKENS, "buy the other one"),
    (an_order(type=MARKET_ORDER, time_in_force=TimeInForce.GTC), Reason.BAD_TERMS, "FOK or FAK"),
    (an_order(time_in_force=TimeInForce.GTD), Reason.BAD_TERMS, "needs the moment"),
    (an_order(time_in_force=TimeInForce.GTD, expires_at=5), Reason.BAD_TERMS, "would expire"),
    (an_order(expires_at=50), Reason.BAD_TERMS, "Only a GTD"),
    (an_order(time_in_force=TimeInForce.FAK), Reason.NO_LIQUIDITY, "Nothing stands"),
    (an_order(size="301", type=MARKET_ORDER, time_in_force=TimeInForce.FOK), Reason.NOT_FILLABLE, "300"),
]


@pytest.mark.parametrize(("request_", "reason", "says"), REFUSALS)
def test_an_order_that_cannot_be_is_refused_with_a_reason_and_a_sentence(
    request_: OrderRequest, reason: Reason, says: str
) -> None:
    broker = a_broker()
    before = broker.portfolio

    (event,) = broker.place(request_, 5)

    assert (event.kind, event.reason) == (EventKind.REFUSED, reason)
    assert says in event.sentence
    assert broker.orders["o1"].status is OrderStatus.REJECTED
    assert (broker.portfolio, broker.open.all()) == (before, [])


def test_a_closed_market_and_a_resolved_one_take_no_orders() -> None:
    broker = a_broker()
    broker.admit(Instrument(YES, MARKET, closed=True))
    assert broker.place(an_order("o1"), 5)[0].reason is Reason.MARKET_CLOSED

    broker.on_message(resolved(6))
    assert broker.place(an_order("o2"), 7)[0].reason is Reason.MARKET_RESOLVED


def test_a_new_tick_size_holds_for_the_orders_after_it() -> None:
    broker = a_broker()
    broker.on_message(TickSize(2, YES, MARKET, D("0.001")))

    assert kinds(broker.place(an_order(price="0.505"), 5)) == ["accepted"]


def test_open_orders_reserve_what_they_may_need() -> None:
    broker = a_broker("10")
    broker.place(an_order("o1", size="10", price="0.50"), 5)
    assert (broker.portfolio.cash, broker.available) == (D(10), D(5))

    assert broker.place(an_order("o2", size="11", price="0.50"), 5)[0].reason is Reason.INSUFFICIENT_CASH
    broker.cancel("o1", 6)
    assert kinds(broker.place(an_order("o3", size="11", price="0.50"), 7)) == ["accepted"]

    seller = holding("10")
    seller.place(an_order("s1", SELL, "6", price="0.90"), 5)
    assert seller.place(an_order("s2", SELL, "5", price="0.90"), 5)[0].reason is Reason.INSUFFICIENT_TOKENS


def test_an_order_of_the_same_name_is_answered_as_the_first_time_and_not_placed_again() -> None:
    broker = a_broker()
    first = broker.place(an_order(size="20", type=MARKET_ORDER), 5)
    refused = broker.place(an_order("o2", price="2"), 5)

    broker.on_message(a_book(6, asks=[("0.60", "500")]))
    assert broker.place(an_order(size="20", type=MARKET_ORDER), 9) == first
    assert broker.place(an_order("o2", price="0.5"), 9) == refused
    assert broker.portfolio.held(YES) == 20


def test_a_cancelled_order_frees_what_it_reserved_and_is_final() -> None:
    broker = a_broker()
    broker.place(an_order(), 5)

    (cancelled,) = broker.cancel("o1", 6)
    assert (cancelled.kind, cancelled.size, broker.open.reserved) == (EventKind.CANCELLED, D(10), D(0))
    (again,) = broker.cancel("o1", 7)
    assert (again.kind, again.reason) == (EventKind.CANCEL_REFUSED, Reason.ORDER_FINAL)
    assert broker.cancel("nobody", 7)[0].reason is Reason.UNKNOWN_ORDER
    assert broker.on_message(a_trade(8, SELL, "0.10", "500")) == []


def test_an_order_with_an_end_expires_by_market_time_before_the_message_can_fill_it() -> None:
    broker = a_broker()
    for name, until in (("o1", 100), ("o2", 200)):
        broker.place(an_order(name, time_in_force=TimeInForce.GTD, expires_at=until), 5)

    assert broker.on_message(a_change(99, BUY, "0.40", "5")) == []
    events = broker.on_message(a_trade(100, SELL, "0.10", "5"))
    assert [(event.order, event.kind) for event in events] == [
        ("o1", EventKind.EXPIRED),
        ("o2", EventKind.FILLED),
    ]
    assert [event.order for event in broker.at_end(200)] == ["o2"]
    assert broker.orders["o2"].status is OrderStatus.EXPIRED


def test_a_resolution_pays_out_once_and_ends_the_orders_of_the_market() -> None:
    broker = holding("100")
    broker.on_message(a_book(2, token=NO, bids=[("0.39", "5")], asks=[("0.40", "500")]))
    broker.place(an_order("no", BUY, "50", token=NO, type=MARKET_ORDER), 3)
    broker.place(an_order("rest", price="0.30"), 4)

    events = broker.on_message(resolved(9, YES))

    assert kinds(events) == ["cancelled", "paid_out", "paid_out"]
    assert broker.portfolio.cash == 1000 - 51 - 20 + 100
    assert broker.portfolio.realised == D("29")
    assert broker.portfolio.cost == 0
    assert broker.on_message(resolved(10, NO)) == []


def test_a_resolution_without_a_winner_ends_orders_and_pays_nothing_until_one_is_told() -> None:
    broker = holding("100")
    broker.place(an_order("rest", price="0.30"), 4)

    assert kinds(broker.on_message(resolved(9, ""))) == ["cancelled"]
    assert broker.portfolio.held(YES) == 100
    assert kinds(broker.on_message(resolved(10, YES))) == ["paid_out"]


def test_a_resolution_that_is_shared_pays_half_for_either_outcome() -> None:
    broker = holding("100")
    broker.on_message(a_book(2, token=NO, bids=[("0.39", "5")], asks=[("0.40", "500")]))
    broker.place(an_order("no", BUY, "50", token=NO, type=MARKET_ORDER), 3)

    assert kinds(broker.on_message(resolved(9, SPLIT))) == ["paid_out", "paid_out"]
    assert broker.portfolio.cash == 1000 - 51 - 20 + 75
    assert broker.portfolio.cost == 0


def test_takers_pay_the_fee_and_makers_none() -> None:
    broker = a_broker(fees=FeeSchedule(D("0.07")))
    taken = broker.place(an_order("o1", size="100", type=MARKET_ORDER), 5)[1]
    assert taken.fee == D("1.74930")  # 100 x 0.07 x 0.51 x 0.49
    assert broker.portfolio.cash == D("1000") - D("51") - D("1.7493")

    broker.place(an_order("o2", size="10", price="0.50"), 6)
    (made,) = broker.on_message(a_trade(7, SELL, "0.40", "10"))
    assert (made.maker, made.fee) == (True, D(0))


@pytest.mark.parametrize(
    ("schedule", "price", "fee"),
    [
        (FeeSchedule(D("0.25"), FeeCurve.PRODUCT, 2), "0.5", "1.56250"),
        (FeeSchedule.bps(200), "0.3", "0.60000"),
        (FeeSchedule.bps(200), "0.7", "0.60000"),
        (FeeSchedule(D("0.07")), "0.01", "0.06930"),
        (FeeSchedule(), "0.5", "0"),
    ],
)
def test_a_fee_follows_its_curve(schedule: FeeSchedule, price: str, fee: str) -> None:
    assert schedule.fee(D(price), D(100), taker=True) == D(fee)
    assert FeeSchedule.restore(schedule.snapshot()) == schedule


def test_the_fees_that_the_exchange_tells_become_a_schedule() -> None:
    told = Fees(enabled=True, maker_bps=D(0), taker_bps=D(1000), kind="", rate=D("0.25"), exponent=D("2"))

    assert FeeSchedule.of(told) == FeeSchedule(D("0.25"), FeeCurve.PRODUCT, 2)
    assert FeeSchedule.of(replace(told, enabled=False)) == FeeSchedule()
    assert FeeSchedule.of(replace(told, rate=None)) == FeeSchedule()


@pytest.mark.parametrize(("rate", "exponent"), [("1", 1), ("-0.1", 1), ("0.1", 0)])
def test_a_fee_that_would_make_a_dearer_token_cheaper_is_refused(rate: str, exponent: int) -> None:
    with pytest.raises(ValueError, match="fee"):
        FeeSchedule(D(rate), exponent=exponent)


def test_an_order_from_before_what_the_market_told_is_an_error_of_the_caller() -> None:
    broker = a_broker()
    broker.on_message(a_change(9, BUY, "0.40", "5"))

    with pytest.raises(ClockBack):
        broker.place(an_order(), 8)
    assert broker.orders == {}
