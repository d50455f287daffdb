"""The order book's answers: books, prices, tick sizes and price history."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final

from trading.domain.errors import BadWire
from trading.domain.markets import PricePoint
from trading.domain.messages import Book, Level
from trading.polymarket.wire.values import (
    Object,
    Unknown,
    a_list,
    amount,
    an_object,
    each,
    identifier,
    milliseconds,
    need,
    positive,
    price,
    seconds,
)

MAX_LEVELS: Final = 20_000
"""A side has at most one level a tick; the finest tick there is, 0.0001, leaves room for 9,999."""
_BOOK: Final = frozenset(
    {"market", "asset_id", "hash", "timestamp", "bids", "asks", "event_type", "min_order_size", "tick_size"}
    | {"neg_risk", "last_trade_price"}
)
_by_price: Final = itemgetter(0)


def book(value: Any, unknown: Unknown) -> Book:
    """A whole book, from the stream or by request. Raises BadWire for one that no market can have."""
    record = an_object(value)
    if record.keys() - _BOOK:
        unknown.fields("book", record.keys() - _BOOK)
    bids = _levels(record, "bids", descending=True)
    asks = _levels(record, "asks", descending=False)
    if bids and asks and bids[0].price >= asks[0].price:
        raise BadWire(f"The book is crossed: {bids[0].price} is bid and {asks[0].price} is asked.")
    return Book(
        at=need(record, "timestamp", milliseconds),
        token=need(record, "asset_id", identifier),
        market=need(record, "market", identifier),
        bids=bids,
        asks=asks,
    )


def _levels(record: Object, key: str, *, descending: bool) -> tuple[Level, ...]:
    """Best price first, whatever order they came in; a level of nothing is none."""
    try:
        items = a_list(record.get(key) or [])
    except BadWire as fault:
        raise fault.under(key) from None
    if len(items) > MAX_LEVELS:
        raise BadWire(f"{len(items):,} levels are more than there are ticks.", path=key)
    found = [level for level in each({key: items}, key, _level) if level.size]
    found.sort(key=_by_price, reverse=descending)
    for index in range(1, len(found)):
        if found[index].price == found[index - 1].price:
            raise BadWire(f"The price {found[index].price} is there twice.", path=key)
    return tuple(found)


def _level(value: Any) -> Level:
    record = an_object(value)
    return Level(need(record, "price", price), need(record, "size", amount))


def figure(key: str, read: Callable[[Any], Decimal]) -> Callable[[Any], Decimal]:
    """The parser of an answer that is one number: ``{"mid": "0.5"}``."""

    def one(value: Any) -> Decimal:
        return need(an_object(value), key, read)

    return one


price_told: Final = figure("price", price)
midpoint: Final = figure("mid", price)
spread: Final = figure("spread", price)


def tick_size(value: Any) -> Decimal:
    found = figure("minimum_tick_size", positive)(value)
    if found > Decimal("0.5"):
        raise BadWire(f"{found} is no tick size.", path="minimum_tick_size")
    return found


def price_history(value: Any) -> tuple[PricePoint, ...]:
    """Oldest first, one a moment: of several, the last that was told."""
    points = {point.at: point for point in each(an_object(value), "history", _point)}
    return tuple(points[at] for at in sorted(points))


def _point(value: Any) -> PricePoint:
    record = an_object(value)
    return PricePoint(need(record, "t", seconds), need(record, "p", price))


def told_fault(value: Any) -> str:
    """The sentence of an error's body, empty where it has none."""
    said = value.get("error") if isinstance(value, dict) else None
    return said[:300] if isinstance(said, str) else ""
