"""What a tape takes out of a stream that is followed for many."""

from __future__ import annotations

from decimal import Decimal

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
from trading.domain.tracks import Track
from trading.domain.vocabulary import Side

PRICE = Decimal("0.5")


def book(at: int, token: str = "yes") -> Book:
    return Book(at, token, "m", (Level(PRICE, Decimal(1)),), ())


def change(at: int, token: str = "yes") -> PriceChange:
    return PriceChange(at, token, "m", Side.BUY, PRICE, Decimal(2))


def taken(track: Track, *messages: Message) -> list[Message]:
    return [found for each in messages if (found := track.take(each)) is not None]


def test_changes_count_from_the_first_book_on() -> None:
    track = Track(["yes"])
    assert taken(track, change(1), book(2), change(3)) == [book(2), change(3)]


def test_other_tokens_are_not_the_tapes() -> None:
    assert taken(Track(["yes"]), book(1, "other"), change(2, "other")) == []


def test_trades_and_tick_sizes_need_no_book() -> None:
    trade = Trade(1, "yes", "m", Side.BUY, PRICE, Decimal(1))
    tick = TickSize(2, "yes", "m", Decimal("0.001"))
    assert taken(Track(["yes"]), trade, tick) == [trade, tick]


def test_after_a_gap_changes_wait_for_a_book_and_a_second_gap_says_nothing_new() -> None:
    track = Track(["yes"])
    gap = Gap(3, "yes", "m", "broke")
    found = taken(track, book(1), gap, Gap(4, "yes", "m", "again"), change(5), book(6), change(7))
    assert found == [book(1), gap, book(6), change(7)]


def test_a_gap_before_any_book_says_nothing() -> None:
    assert taken(Track(["yes"]), Gap(1, "yes", "", "broke")) == []


def test_times_never_go_back_behind_what_is_on_the_tape() -> None:
    track = Track(["yes", "no"], at=10)
    assert taken(track, book(5), book(20), book(15, "no")) == [book(10), book(20), book(20, "no")]


def test_what_was_missed_is_a_gap_for_each_token_that_had_a_book() -> None:
    track = Track(["yes", "no"], at=9, markets={"no": "m"}, goes_on=True)
    assert track.missed("away") == [Gap(9, "no", "m", "away"), Gap(9, "yes", "unknown", "away")]
    assert track.missed("away again") == []
    assert taken(track, change(10), book(11)) == [book(11)]
    assert track.missed("and again") == [Gap(11, "yes", "m", "and again")]


def test_it_is_over_when_all_markets_are_resolved_and_each_is_told_once() -> None:
    track = Track(["yes", "no", "other"])
    other = Book(1, "other", "n", (), ())
    assert taken(track, book(1), book(1, "no"), other) == [book(1), book(1, "no"), other]
    resolved = Resolved(2, "m", "no")
    assert taken(track, resolved, resolved, Resolved(2, "foreign", "x")) == [resolved]
    assert not track.is_over
    assert taken(track, Resolved(3, "n", "other")) == [Resolved(3, "n", "other")]
    assert track.is_over


def test_a_market_is_known_by_its_winner_alone() -> None:
    track = Track(["yes"])
    assert taken(track, Resolved(2, "m", "yes")) == [Resolved(2, "m", "yes")]
    assert track.is_over
