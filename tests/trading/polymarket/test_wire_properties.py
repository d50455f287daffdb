"""Whatever comes over the wire is read or is BadWire; what is read can be written and read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.polymarket.payloads import (
    CONDITION,
    NOON,
    YES,
    best_bid_ask,
    book,
    change,
    gamma_event,
    gamma_market,
    market_resolved,
    new_market,
    position,
    tick_size,
    trade,
    wallet_trade,
)
from trading.domain.errors import BadWire
from trading.domain.messages import Book, Level, Message
from trading.polymarket.books import Books
from trading.polymarket.wire import clob, data, gamma
from trading.polymarket.wire import stream as wire
from trading.polymarket.wire.values import Unknown, moment, packed_list, parse

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=20)
    | st.sampled_from(["0.5", "BUY", "[]", '["Yes"]', "1e400", "-0", "\ud800", "2026-13-01", YES])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
ticks = st.integers(1, 999).map(lambda n: Decimal(n) / 1000)
sizes = st.integers(1, 10**12).map(lambda n: Decimal(n) / 10**6)

RECORDS: list[tuple[dict[str, Any], Callable[[Any], object]]] = [
    (gamma_market(), lambda value: gamma.market(value, Unknown())),
    (gamma_event(gamma_market()), lambda value: gamma.event(value, Unknown())),
    (book(), lambda value: clob.book(value, Unknown())),
    ({"history": [{"t": 1, "p": "0.5"}]}, clob.price_history),
    ({"minimum_tick_size": "0.01"}, clob.tick_size),
    (position(), data.position),
    (wallet_trade(), data.trade),
]
EVENTS = [
    book(),
    change(("BUY", "0.5", "1")),
    trade(),
    tick_size(),
    best_bid_ask(),
    new_market(),
    market_resolved(),
]


@given(anything)
def test_garbage_raises_nothing_but_bad_wire(value: Any) -> None:
    for _, read in RECORDS:
        with suppress(BadWire):
            read(value)
    for read in (moment, packed_list):
        with suppress(BadWire):
            read(value)


@given(st.data())
def test_a_good_record_with_one_bad_field_raises_nothing_but_bad_wire(drawn: st.DataObject) -> None:
    record, read = drawn.draw(st.sampled_from(RECORDS))
    spoilt = {**record, drawn.draw(st.sampled_from(sorted(record))): drawn.draw(anything)}
    with suppress(BadWire):
        read(spoilt)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_a_frame_of_garbage_raises_nothing_but_bad_wire(frame: bytes | str) -> None:
    with suppress(BadWire):
        wire.frame(frame, Unknown())


@given(st.data())
def test_an_event_with_one_bad_field_is_an_event_a_fault_or_nothing(drawn: st.DataObject) -> None:
    event = drawn.draw(st.sampled_from(EVENTS))
    spoilt = {**event, drawn.draw(st.sampled_from(sorted(event))): drawn.draw(anything)}
    text = json.dumps(spoilt, default=str)
    try:
        found = wire.frame(text, Unknown())
    except BadWire:  # NaN and infinity are no JSON
        assert "NaN" in text or "Infinity" in text
        return
    books = Books([YES])
    assert len(found) <= 1
    for each in found:
        books.take(each, wall_ms=NOON)


@given(st.dictionaries(ticks, sizes, max_size=40), st.integers(1, 998), st.randoms(use_true_random=False))
def test_a_book_comes_back_as_it_was_whatever_the_order(
    levels: dict[Decimal, Decimal], split: int, random: Any
) -> None:
    at = Decimal(split) / 1000
    bids = sorted((Level(p, s) for p, s in levels.items() if p <= at), reverse=True)
    asks = sorted(Level(p, s) for p, s in levels.items() if p > at)
    told = Book(NOON, YES, CONDITION, tuple(bids), tuple(asks))
    mixed_bids, mixed_asks = list(bids), list(asks)
    random.shuffle(mixed_bids)
    random.shuffle(mixed_asks)
    record = book(
        bids=[(str(p), str(s)) for p, s in mixed_bids], asks=[(str(p), str(s)) for p, s in mixed_asks]
    )
    assert clob.book(parse(json.dumps(record)), Unknown()) == told


moves = st.tuples(
    st.sampled_from(["BUY", "SELL"]), st.integers(1, 99), st.integers(0, 5), st.integers(-6_000, 50)
)


@settings(max_examples=200)
@given(st.lists(moves, max_size=60))
def test_whatever_comes_times_never_go_back_and_no_change_follows_a_gap_before_a_book(
    script: list[tuple[str, int, int, int]],
) -> None:
    books = Books([YES])
    found: list[Message] = []
    for step, (side, cents, size, shift) in enumerate(script):
        at = NOON + step * 10 + shift
        event = book(at=at) if cents == 1 else change((side, f"0.{cents:02}", str(size)), at=at)
        for each in wire.frame(json.dumps(event), Unknown()):
            found += books.take(each, wall_ms=NOON)
    assert [message.at for message in found] == sorted(message.at for message in found)
    has_book = False
    for message in found:
        kind = type(message).__name__
        assert kind != "PriceChange" or has_book
        has_book = kind == "Book" or (has_book and kind != "Gap")
