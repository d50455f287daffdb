"""What is news, what came twice or late, and what makes a book void."""

from __future__ import annotations

import json
from typing import Any

from tests.trading.polymarket.payloads import (
    NOON,
    YES,
    best_bid_ask,
    book,
    change,
    market_resolved,
    tick_size,
    trade,
)
from trading.domain.messages import Gap, Message
from trading.polymarket.books import Books
from trading.polymarket.wire import stream as wire
from trading.polymarket.wire.values import Unknown


def play(books: Books, *events: dict[str, Any], wall_ms: int = NOON + 60_000) -> list[Message]:
    found: list[Message] = []
    for event in wire.frame(json.dumps(events), Unknown()):
        found += books.take(event, wall_ms=wall_ms)
    return found


def kinds(messages: list[Message]) -> list[str]:
    return [type(message).__name__ for message in messages]


def reasons(messages: list[Message]) -> list[str]:
    return [message.reason for message in messages if isinstance(message, Gap)]


def test_everything_that_comes_twice_is_given_once() -> None:
    events = [book(), change(("BUY", "0.505", "7")), trade(), tick_size(), market_resolved()]
    doubled = [event for event in events for _ in range(2)]
    books = Books([YES])
    assert kinds(play(books, *doubled)) == ["Book", "PriceChange", "Trade", "TickSize", "Resolved"]
    assert books.counts.duplicates == 5


def test_trades_alike_in_all_but_their_transaction_are_two() -> None:
    found = play(Books([YES]), trade(transaction="0xa"), trade(transaction="0xb"))
    assert kinds(found) == ["Trade", "Trade"]


def test_a_late_change_counts_only_where_nothing_newer_stands() -> None:
    books = Books([YES])
    found = play(
        books,
        book(at=NOON),
        change(("BUY", "0.505", "7"), at=NOON + 100),
        change(("BUY", "0.505", "3"), at=NOON + 50),  # overtaken
        change(("BUY", "0.495", "4"), at=NOON + 60),  # late news
        change(("BUY", "0.485", "4"), at=NOON - 10),  # the book knew better
    )
    assert kinds(found) == ["Book", "PriceChange", "PriceChange"]
    assert [message.at for message in found] == [NOON, NOON + 100, NOON + 100]
    assert books.counts.reordered == 2
    assert not books.waiting


def test_an_older_book_does_not_replace_what_is_known() -> None:
    books = Books([YES])
    found = play(books, book(at=NOON), change(("BUY", "0.505", "7"), at=NOON + 9), book(at=NOON + 5))
    assert kinds(found) == ["Book", "PriceChange"]
    assert books.counts.reordered == 1


def test_a_clock_that_goes_back_is_a_gap() -> None:
    books = Books([YES])
    found = play(books, book(at=NOON), change(("BUY", "0.505", "7"), at=NOON - 6_000))
    assert reasons(found) == ["the clock went back"]
    assert books.waiting == {YES}


def test_a_whole_book_from_before_the_clock_went_back_is_taken_after_a_gap() -> None:
    found = play(Books([YES]), book(at=NOON), book(at=NOON - 60_000, bids=[("0.4", "1")]))
    assert kinds(found) == ["Book", "Gap", "Book"]
    assert [message.at for message in found] == [NOON] * 3


def test_a_time_ahead_of_our_clock_does_not_become_the_time() -> None:
    books = Books([YES])
    found = play(books, book(at=NOON), trade(at=NOON + 86_400_000), book(at=NOON + 1), trade(at=NOON + 2))
    assert kinds(found) == ["Book", "Gap", "Book", "Trade"]
    assert found[-1].at == NOON + 2


def test_a_change_before_the_book_is_told_once() -> None:
    books = Books([YES])
    found = play(books, change(("BUY", "0.5", "1")), change(("BUY", "0.4", "1")), book())
    assert kinds(found) == ["Gap", "Book"]
    assert books.counts.early == 2


def test_a_crossed_book_is_void_and_the_change_that_crossed_it_is_not_passed_on() -> None:
    books = Books([YES])
    assert reasons(play(books, book(), change(("SELL", "0.49", "5")))) == ["the book is crossed"]
    assert books.waiting == {YES}


def test_changes_that_cross_only_halfway_through_their_event_are_fine() -> None:
    found = play(Books([YES]), book(), change(("BUY", "0.51", "5"), ("SELL", "0.51", "0")))
    assert kinds(found) == ["Book", "PriceChange", "PriceChange"]


def test_best_prices_that_differ_again_and_again_give_the_book_up() -> None:
    books = Books([YES])
    differing = [best_bid_ask(bid="0.47", at=NOON + each) for each in range(4)]
    assert kinds(play(books, book(), *differing)) == ["Book"]
    assert kinds(play(books, best_bid_ask(), *differing)) == []
    assert reasons(play(books, best_bid_ask(bid="0.47"))) == ["the best prices differ from the book"]


def test_the_best_price_is_found_again_after_it_went() -> None:
    books = Books([YES])
    emptied = change(("BUY", "0.50", "0"), best=("0.49", "0.51"))
    others = [change(("BUY", "0.45", str(each + 1)), best=("0.49", "0.51")) for each in range(9)]
    found = play(books, book(), emptied, *others)
    assert "Gap" not in kinds(found)


def test_what_is_about_other_tokens_and_markets_is_passed_over() -> None:
    books = Books(["5"])
    assert play(books, book(), trade(), market_resolved()) == []
    assert books.counts.foreign == 3


def test_a_broken_connection_is_told_to_those_who_had_a_book() -> None:
    books = Books([YES, "5"])
    play(books, book())
    gaps = books.lost("the connection broke", wall_ms=NOON)
    assert [(gap.token, gap.at) for gap in gaps if isinstance(gap, Gap)] == [(YES, NOON)]
    assert books.lost("again", wall_ms=NOON) == []


def test_what_was_dropped_is_told_again_even_to_those_who_were_told() -> None:
    books = Books([YES])
    play(books, book())
    books.lost("the connection broke", wall_ms=NOON)
    assert len(books.void_all("dropped", wall_ms=NOON)) == 1
