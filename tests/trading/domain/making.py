"""Messages, markets and orders for tests: by hand, or at random on few prices, so that they meet often."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import strategies as st

from trading.domain.book import Books
from trading.domain.fees import FREE, FeeCurve, FeeSchedule
from trading.domain.ledger import Portfolio, deposit
from trading.domain.matching import Broker
from trading.domain.messages import (
    Book,
    Gap,
    Level,
    Message,
    PriceChange,
    Resolved,
    TickSize,
    Trade,
)
from trading.domain.orders import Instrument, OrderRequest
from trading.domain.vocabulary import OrderType, Side, TimeInForce

YES, NO, MARKET = "11", "22", "0xabc"
D = Decimal


def levels(rows: Sequence[tuple[str, str]]) -> tuple[Level, ...]:
    return tuple(Level(D(price), D(size)) for price, size in rows)


def a_book(
    at: int = 1,
    *,
    bids: Sequence[tuple[str, str]] = (("0.49", "200"), ("0.48", "100")),
    asks: Sequence[tuple[str, str]] = (("0.51", "120"), ("0.52", "180")),
    token: str = YES,
) -> Book:
    return Book(at, token, MARKET, levels(bids), levels(asks))


def a_change(at: int, side: Side, price: str, size: str, token: str = YES) -> PriceChange:
    return PriceChange(at, token, MARKET, side, D(price), D(size))


def a_trade(at: int, side: Side, price: str, size: str, token: str = YES) -> Trade:
    return Trade(at, token, MARKET, side, D(price), D(size))


def an_order(
    name: str = "o1", side: Side = Side.BUY, size: str | None = "10", **terms: object
) -> OrderRequest:
    """A limit order at 0.50 unless told otherwise; a market order is FAK unless told otherwise."""
    kind = terms.pop("type", OrderType.LIMIT)
    assert isinstance(kind, OrderType)
    price = terms.pop("price", "0.50" if kind is OrderType.LIMIT else None)
    amount = terms.pop("amount", None)
    force = terms.pop("time_in_force", TimeInForce.GTC if kind is OrderType.LIMIT else TimeInForce.FAK)
    expires_at, token = terms.pop("expires_at", None), terms.pop("token", YES)
    assert not terms
    assert isinstance(force, TimeInForce)
    return OrderRequest(
        client_order_id=name,
        token=str(token),
        side=side,
        type=kind,
        size=None if size is None else D(size),
        amount=None if amount is None else D(str(amount)),
        price=None if price is None else D(str(price)),
        time_in_force=force,
        expires_at=expires_at if isinstance(expires_at, int) else None,
    )


def a_broker(
    cash: str = "1000", *, fees: FeeSchedule = FREE, books: Books | None = None, book: Book | None = None
) -> Broker:
    """With both tokens of a market, and a book of the first one."""
    portfolio = Portfolio().book(deposit(D(cash), 0))
    instruments = [Instrument(token, MARKET, fees=fees) for token in (YES, NO)]
    broker = Broker(portfolio, instruments, books)
    broker.on_message(book or a_book())
    return broker


PRICES = [D(cents) / 100 for cents in (44, 46, 48, 49, 50, 51, 52, 54, 56)]
SIZES = [D(text) for text in ("5", "7.5", "20", "33.333333", "100")]
FEES = [
    FREE,
    FeeSchedule(D("0.07")),
    FeeSchedule(D("0.25"), FeeCurve.PRODUCT, 2, takers_only=False),
    FeeSchedule.bps(1000),
]


@st.composite
def messages(draw: st.DrawFn, most: int = 40) -> list[Message]:
    """A stream of two tokens, its clock never back; books are sometimes crossed by changes, never whole."""
    at, stream = 0, []
    for _ in range(draw(st.integers(1, most))):
        at += draw(st.sampled_from([0, 1, 400, 1000]))
        token = draw(st.sampled_from([YES, YES, YES, NO]))
        stream.append(draw(_message(at, token)))
    return stream


@st.composite
def _message(draw: st.DrawFn, at: int, token: str) -> Message:
    kind = draw(st.sampled_from(["book", "change", "change", "change", "trade", "trade", "gap", "tick"]))
    side, price = draw(st.sampled_from(Side)), draw(st.sampled_from(PRICES))
    size = draw(st.sampled_from(SIZES))
    if kind == "book":
        cut = draw(st.integers(1, len(PRICES) - 1))
        sizes = draw(st.lists(st.sampled_from(SIZES), min_size=len(PRICES), max_size=len(PRICES)))
        pairs = [Level(p, s) for p, s in zip(PRICES, sizes, strict=True)]
        return Book(at, token, MARKET, tuple(reversed(pairs[:cut])), tuple(pairs[cut:]))
    if kind == "change":
        return PriceChange(at, token, MARKET, side, price, draw(st.sampled_from([D(0), *SIZES])))
    if kind == "trade":
        return Trade(at, token, MARKET, side, price, size)
    if kind == "gap":
        return Gap(at, token, MARKET, "the connection was lost")
    return TickSize(at, token, MARKET, D("0.01"))


@st.composite
def orders(draw: st.DrawFn, name: str) -> OrderRequest:
    kind = draw(st.sampled_from(OrderType))
    side = draw(st.sampled_from(Side))
    by_amount = kind is OrderType.MARKET and side is Side.BUY and draw(st.booleans())
    forces = [TimeInForce.FOK, TimeInForce.FAK]
    if kind is OrderType.LIMIT:
        forces.append(TimeInForce.GTC)
    return OrderRequest(
        client_order_id=name,
        token=draw(st.sampled_from([YES, YES, NO])),
        side=side,
        type=kind,
        size=None if by_amount else draw(st.sampled_from(SIZES)),
        amount=draw(st.sampled_from([D("5"), D("17.77"), D("100.000001")])) if by_amount else None,
        price=draw(st.sampled_from(PRICES)) if kind is OrderType.LIMIT else None,
        time_in_force=draw(st.sampled_from(forces)),
    )


def resolved(at: int, winner: str = YES) -> Resolved:
    return Resolved(at, MARKET, winner)
