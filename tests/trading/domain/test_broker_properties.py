"""What holds for the broker whatever the market does and whatever is ordered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.domain.making import FEES, MARKET, NO, YES, D, a_book, messages, orders, resolved
from trading.domain.book import Books
from trading.domain.fees import FeeSchedule
from trading.domain.ledger import Entry, Portfolio, balance, deposit
from trading.domain.matching import Broker
from trading.domain.messages import Book, Level, Message, PriceChange, Trade
from trading.domain.money import usdc
from trading.domain.orders import Event, EventKind, Instrument, OrderRequest
from trading.domain.vocabulary import Side

Act: TypeAlias = "Message | OrderRequest | str"
"""A message of the market, an order to place, or the name of one to cancel."""

CASH = D("100")
FEW = settings(max_examples=40)  # each is a course of dozens of acts


@st.composite
def courses(draw: st.DrawFn) -> list[Act]:
    """Messages, with orders and cancels between them, now and then a resolution at the end."""
    acts: list[Act] = []
    placed = 0
    for message in draw(messages(12)):
        acts.append(message)
        for _ in range(draw(st.integers(0, 2))):
            acts.append(draw(orders(f"o{placed}")))
            placed += 1
        if placed and draw(st.booleans()):
            acts.append(f"o{draw(st.integers(0, placed))}")
    if draw(st.booleans()):
        acts.append(resolved(10**9, draw(st.sampled_from([YES, NO]))))
    return acts


def a_new_broker(fees: FeeSchedule) -> Broker:
    portfolio = Portfolio().book(deposit(CASH, 0))
    broker = Broker(portfolio, [Instrument(token, MARKET, fees=fees) for token in (YES, NO)])
    for token in (YES, NO):
        broker.on_message(a_book(0, token=token))
    return broker


def act(broker: Broker, one: Act) -> list[Event]:
    if isinstance(one, OrderRequest):
        return broker.place(one, broker.at)
    if isinstance(one, str):
        return broker.cancel(one, broker.at)
    return broker.on_message(one)


def run(broker: Broker, acts: Sequence[Act]) -> list[Event]:
    return [event for one in acts for event in act(broker, one)]


def entries(events: Sequence[Event]) -> list[Entry]:
    return [event.entry for event in events if event.entry is not None]


@FEW
@given(courses(), st.sampled_from(FEES))
def test_the_ledger_balances_and_the_sums_follow_from_it(acts: list[Act], fees: FeeSchedule) -> None:
    broker = a_new_broker(fees)
    rebuilt = broker.portfolio
    for one in acts:
        for event in act(broker, one):
            if event.entry is not None:
                assert balance([event.entry]) == 0
                rebuilt = rebuilt.book(event.entry, market=event.market)
        portfolio = broker.portfolio
        assert rebuilt == portfolio
        assert portfolio.cash >= broker.open.reserved >= 0
        assert portfolio.cash + portfolio.cost == portfolio.capital + portfolio.realised
        marks = broker.books.marks()
        assert portfolio.equity(marks) == CASH + portfolio.realised + portfolio.unrealised(marks)
        for token in (YES, NO):
            assert broker.sellable(token) >= 0
        for position in portfolio.positions.values():
            assert position.size > 0 or position.cost == 0
        assert sum((p.realised for p in portfolio.positions.values()), D(0)) == portfolio.profit


@st.composite
def fine_courses(draw: st.DrawFn) -> list[Act]:
    """As ``courses``, of a market whose sizes and prices have more decimals than can be booked."""
    dust = st.sampled_from([D(0), D("1E-7"), D("4E-9"), D("9.999999E-7"), D("1E-18")])

    def finer(levels: tuple[Level, ...]) -> tuple[Level, ...]:
        return tuple(Level(level.price + draw(dust), level.size + draw(dust)) for level in levels)

    acts: list[Act] = []
    for one in draw(courses()):
        if isinstance(one, Book):
            acts.append(replace(one, bids=finer(one.bids), asks=finer(one.asks)))
        elif isinstance(one, PriceChange | Trade):
            acts.append(replace(one, price=one.price + draw(dust), size=one.size + draw(dust)))
        else:
            acts.append(one)
    return acts


@FEW
@given(fine_courses(), st.sampled_from(FEES))
def test_whatever_a_market_tells_only_whole_millionths_are_booked(acts: list[Act], fees: FeeSchedule) -> None:
    broker = a_new_broker(fees)
    rebuilt = broker.portfolio
    for entry in entries(run(broker, acts)):
        for posting in entry.postings:
            assert posting.amount == usdc(posting.amount)
            assert posting.size == usdc(posting.size)
        rebuilt = rebuilt.book(entry)
    assert (rebuilt.cash, rebuilt.profit) == (broker.portfolio.cash, broker.portfolio.profit)
    assert broker.portfolio.cash >= broker.open.reserved == usdc(broker.open.reserved)
    assert all(order.filled == usdc(order.filled) for order in broker.orders.values())


@FEW
@given(courses(), st.sampled_from(FEES))
def test_cash_and_positions_are_what_the_fills_and_payouts_made_of_them(
    acts: list[Act], fees: FeeSchedule
) -> None:
    broker = a_new_broker(fees)
    events = run(broker, acts)

    cash, held = CASH, {YES: D(0), NO: D(0)}
    for event in events:
        sign = -1 if event.side is Side.BUY else 1
        if event.kind is EventKind.FILLED:
            cash += sign * event.notional - event.fee
            held[event.token] -= sign * event.size
        elif event.kind is EventKind.PAID_OUT:
            cash += event.notional
            held[event.token] -= event.size
    references = [(entry.kind, entry.reference) for entry in entries(events)]
    assert len(references) == len(set(references))  # by which a ledger knows what it has booked
    assert cash == broker.portfolio.cash
    assert held == {token: broker.portfolio.held(token) for token in held}


@FEW
@given(courses(), st.sampled_from(FEES))
def test_every_order_is_filled_within_its_terms(acts: list[Act], fees: FeeSchedule) -> None:
    broker = a_new_broker(fees)
    filled: dict[str, Decimal] = {}
    for event in run(broker, acts):
        if event.kind is EventKind.FILLED:
            filled[event.order] = filled.get(event.order, D(0)) + event.size
            limit = broker.orders[event.order].request.price
            assert event.price is not None
            if limit is not None:
                assert event.price <= limit if event.side is Side.BUY else event.price >= limit
    for name, order in broker.orders.items():
        assert filled.get(name, 0) == order.filled
        assert order.remaining >= 0
        amount = order.request.amount
        assert amount is None or order.booked <= amount


@FEW
@given(courses(), st.sampled_from(FEES), st.integers(0, 100))
def test_a_broker_that_was_stored_goes_on_as_if_it_had_not_been(
    acts: list[Act], fees: FeeSchedule, share: int
) -> None:
    cut = len(acts) * share // 100
    whole, stopped = a_new_broker(fees), a_new_broker(fees)
    expected = run(whole, acts)

    before = run(stopped, acts[:cut])
    stored = json.loads(json.dumps([stopped.books.snapshot(), stopped.snapshot()]))
    resumed = Broker.restore(stored[1], Books.restore(stored[0]))
    after = run(resumed, acts[cut:])

    assert before + after == expected
    assert resumed.snapshot() == whole.snapshot()
    assert [Event.restore(json.loads(json.dumps(event.snapshot()))) for event in expected] == expected


@FEW
@given(courses(), st.sampled_from(FEES), st.integers(0, 100))
def test_a_prefix_of_what_came_gives_a_prefix_of_what_happened(
    acts: list[Act], fees: FeeSchedule, share: int
) -> None:
    part = run(a_new_broker(fees), acts[: len(acts) * share // 100])

    assert run(a_new_broker(fees), acts)[: len(part)] == part


@FEW
@given(courses(), st.sampled_from(FEES))
def test_placing_everything_twice_changes_nothing(acts: list[Act], fees: FeeSchedule) -> None:
    once, twice = a_new_broker(fees), a_new_broker(fees)
    run(once, acts)
    for one in acts:
        answer = act(twice, one)
        if isinstance(one, OrderRequest):
            assert act(twice, one) == answer

    assert twice.snapshot() == once.snapshot()


@FEW
@given(messages(12), st.lists(orders("x"), min_size=1, max_size=6))
def test_makers_are_never_filled_with_more_than_was_traded_or_shown(
    stream: list[Message], wanted: list[OrderRequest]
) -> None:
    """A trade fills no more than its size, over all orders."""
    broker = a_new_broker(FEES[0])
    for number, order in enumerate(wanted):
        broker.place(replace(order, client_order_id=f"o{number}"), 0)
    for message in stream:
        events = broker.on_message(message)
        if isinstance(message, Trade):
            assert sum((event.size for event in events), D(0)) <= message.size
