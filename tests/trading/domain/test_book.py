from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings

from tests.trading.domain.making import MARKET, YES, D, a_book, a_change, a_trade, levels, messages
from trading.domain.book import Books, OrderBook
from trading.domain.faults import ClockBack, CrossedBook, MalformedBook, MarketDataError
from trading.domain.messages import Book, Gap, Level, Message, PriceChange, TickSize
from trading.domain.vocabulary import Side


def known(*told: Message) -> OrderBook:
    book = OrderBook(YES, MARKET)
    for message in told or (a_book(),):
        book.apply(message)
    return book


def test_a_whole_book_tells_the_best_prices_the_mid_the_spread_and_the_depth() -> None:
    book = known()

    assert (book.best_bid, book.best_ask) == (D("0.49"), D("0.51"))
    assert (book.mid, book.spread) == (D("0.50"), D("0.02"))
    assert (book.depth(Side.BUY), book.depth(Side.SELL, 1)) == (D(300), D(120))
    assert book.valid


def test_the_order_in_which_levels_are_given_does_not_matter() -> None:
    given = a_book()
    turned = Book(1, YES, MARKET, given.bids[::-1], given.asks[::-1])

    assert known(turned).snapshot() == known(given).snapshot()


def test_a_change_sets_what_stands_at_a_price_and_zero_removes_it() -> None:
    book = known(
        a_book(),
        a_change(2, Side.BUY, "0.50", "40"),
        a_change(3, Side.BUY, "0.48", "0"),
        a_change(4, Side.SELL, "0.51", "0"),
    )

    assert list(book.levels(Side.BUY)) == list(levels([("0.50", "40"), ("0.49", "200")]))
    assert book.best_ask == D("0.52")


def test_nothing_is_known_before_the_first_book_nor_after_a_gap_until_the_next() -> None:
    book = known(a_change(1, Side.BUY, "0.5", "10"))
    assert (book.valid, book.best_bid) == (False, None)

    book.apply(a_book(2))
    book.apply(Gap(3, YES, MARKET, "the connection was lost"))
    book.apply(a_change(4, Side.BUY, "0.5", "10"))
    assert (book.valid, book.void, book.mid) == (False, "the connection was lost", None)

    book.apply(a_book(5))
    assert book.valid


def test_a_clock_that_goes_back_changes_nothing() -> None:
    book = known(a_book(10))
    before = book.snapshot()

    with pytest.raises(ClockBack, match="went back by 1 ms"):
        book.apply(a_change(9, Side.BUY, "0.5", "10"))

    assert book.snapshot() == before
    book.apply(a_change(10, Side.BUY, "0.5", "10"))
    assert book.best_bid == D("0.5")


def test_a_size_that_cannot_be_voids_the_book() -> None:
    book = known()

    with pytest.raises(MalformedBook, match="cannot be"):
        book.apply(a_change(2, Side.BUY, "0.50", "1E+16"))

    assert not book.valid


def test_of_a_level_whole_millionths_of_a_token_are_taken() -> None:
    book = known(a_book(asks=[("0.51", "7.1234567"), ("0.52", "0.0000004"), ("0.53", "5")]))

    assert book.walk(Side.BUY, size=D(10)).levels == levels([("0.51", "7.123456"), ("0.53", "2.876544")])


def test_a_whole_book_that_is_crossed_is_refused_and_voids_what_was_known() -> None:
    book = known()

    with pytest.raises(CrossedBook, match="not below"):
        book.apply(a_book(2, bids=[("0.52", "5")], asks=[("0.52", "5")]))

    assert not book.valid
    assert book.snapshot()["buy"] == []


def test_a_change_that_crosses_the_book_only_takes_away_its_top_until_it_is_through() -> None:
    book = known(a_book(), a_change(2, Side.BUY, "0.51", "30"))
    assert (book.valid, book.mid, book.spread) == (False, None, None)
    assert book.walk(Side.BUY, size=D(5)).size == 0

    book.apply(a_change(2, Side.SELL, "0.51", "0"))
    assert (book.valid, book.best_bid, book.best_ask) == (True, D("0.51"), D("0.52"))


@pytest.mark.parametrize(
    "message",
    [
        a_change(2, Side.BUY, "1", "5"),
        a_change(2, Side.BUY, "0", "5"),
        a_change(2, Side.SELL, "0.5", "-5"),
        a_trade(2, Side.SELL, "1.2", "5"),
        a_book(2, bids=[("0.4", "5"), ("0.40", "6")]),
        a_book(2, asks=[("0.6", "-1")]),
        a_change(2, Side.BUY, "-0.1", "5"),
    ],
)
def test_prices_and_sizes_that_cannot_be_are_refused_and_void_the_book(message: Message) -> None:
    book = known()

    with pytest.raises(MalformedBook):
        book.apply(message)

    assert not book.valid
    book.apply(a_book(3))
    assert book.valid


def test_a_tick_size_is_kept_and_one_that_cannot_be_is_refused() -> None:
    book = known(a_book(), TickSize(2, YES, MARKET, D("0.001")))
    assert book.tick == D("0.001")

    with pytest.raises(MalformedBook):
        book.apply(TickSize(3, YES, MARKET, D(0)))


def test_walking_takes_levels_up_to_a_size_an_amount_or_a_limit() -> None:
    book = known()

    by_size = book.walk(Side.BUY, size=D(150))
    assert by_size.levels == levels([("0.51", "120"), ("0.52", "30")])
    assert by_size.notional == D("76.80")
    assert by_size.average == D("76.80") / 150

    assert book.walk(Side.SELL, size=D(250), limit=D("0.49")).size == 200
    assert book.walk(Side.BUY, amount=D("61.20")).size == 120
    assert book.walk(Side.BUY, amount=D("10")).levels == levels([("0.51", "19.607843")])
    assert book.walk(Side.BUY, size=D(5), limit=D("0.50")).average is None


def test_what_was_taken_is_not_there_again_until_the_level_grows_or_goes() -> None:
    book = known()
    book.take(Side.SELL, D("0.51"), D(100))
    assert book.left(Side.SELL, D("0.51")) == 20

    book.apply(a_change(2, Side.SELL, "0.51", "110"))
    assert book.left(Side.SELL, D("0.51")) == 10
    book.apply(a_change(3, Side.SELL, "0.51", "90"))
    assert book.left(Side.SELL, D("0.51")) == 0
    book.apply(a_book(4, asks=[("0.51", "130")]))
    assert book.left(Side.SELL, D("0.51")) == 40
    book.apply(a_change(5, Side.SELL, "0.51", "0"))
    book.apply(a_change(6, Side.SELL, "0.51", "50"))
    assert book.left(Side.SELL, D("0.51")) == 50


def replayed_simply(stream: list[Message]) -> dict[Side, dict[Decimal, Decimal]] | None:
    """The book of a token by the definition alone; None while it is void."""
    sides: dict[Side, dict[Decimal, Decimal]] | None = None
    for message in stream:
        if isinstance(message, Book):
            sides = {Side.BUY: dict(message.bids), Side.SELL: dict(message.asks)}
        elif isinstance(message, Gap):
            sides = None
        elif isinstance(message, PriceChange) and sides is not None:
            sides[message.side][message.price] = message.size
    return sides


@settings(max_examples=60)
@given(messages(25))
def test_a_book_is_what_the_definition_makes_of_its_messages(stream: list[Message]) -> None:
    books = Books()
    for message in stream:
        books.apply(message)

    for token, book in books.by_token.items():
        simple = replayed_simply([m for m in stream if getattr(m, "token", "") == token])
        assert (simple is None) == bool(book.void)
        for side in Side:
            expected = {price: size for price, size in (simple or {}).get(side, {}).items() if size}
            in_order = sorted(expected.items(), reverse=side is Side.BUY)
            assert list(book.levels(side)) == [Level(*level) for level in in_order]


@settings(max_examples=40)
@given(messages(15), messages(10))
def test_a_book_that_was_stored_goes_on_as_if_it_had_not_been(
    first: list[Message], rest: list[Message]
) -> None:
    books = Books()
    for message in first:
        books.apply(message)
    for book in books.by_token.values():
        book.take(Side.SELL, D("0.5"), D("0.1"))
    stored = Books.restore(json.loads(json.dumps(books.snapshot())))
    assert stored.snapshot() == books.snapshot()

    for message in rest:
        outcomes = [outcome(one, message) for one in (books, stored)]
        assert outcomes[0] == outcomes[1]
    assert stored.snapshot() == books.snapshot()


def outcome(books: Books, message: Message) -> str:
    try:
        books.apply(message)
    except MarketDataError as error:
        return str(error)
    return ""
