from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.domain.making import (
    MARKET,
    NO,
    YES,
    D,
    a_book,
    a_change,
    a_trade,
    an_order,
    messages,
    resolved,
)
from trading.domain.ledger import Portfolio, deposit
from trading.domain.messages import Book, Message, PriceChange, Trade
from trading.domain.orders import Event, Instrument
from trading.domain.replay import Problem, Replay
from trading.domain.vocabulary import Side
from trading.domain.windows import Window, WindowRule

SECOND = WindowRule(milliseconds=1000, lookback=2)
FEW = settings(max_examples=40)
RULES = [SECOND, WindowRule(milliseconds=700), WindowRule(messages=3, lookback=2), WindowRule(messages=1)]


def a_replay(rule: WindowRule = SECOND) -> Replay:
    portfolio = Portfolio().book(deposit(D("100"), 0))
    return Replay(rule, portfolio, [Instrument(token, MARKET) for token in (YES, NO)])


def read_all(
    replay: Replay, stream: Sequence[Message], *, trading: bool = False
) -> tuple[list[Window], list[Event], list[Problem]]:
    """All windows of a stream; with ``trading``, each of them places an order."""
    windows: list[Window] = []
    events: list[Event] = []
    problems: list[Problem] = []
    position = 0
    while True:
        progress = replay.read(stream, position)
        position += progress.taken
        events += progress.events
        problems += progress.problems
        if progress.window is None:
            return windows, events, problems
        windows.append(progress.window)
        if trading:
            number = progress.window.number
            side = Side.SELL if number % 3 == 2 else Side.BUY
            order = an_order(f"w{number}", side, "5", price="0.51" if number % 2 else "0.49")
            events += replay.broker.place(order, progress.window.end)


def test_a_window_by_time_is_over_when_a_message_of_a_later_one_comes() -> None:
    stream: list[Message] = [
        a_book(1_100),
        a_trade(1_200, Side.BUY, "0.51", "10"),
        a_change(1_999, Side.BUY, "0.50", "40"),
        a_trade(2_000, Side.SELL, "0.50", "5"),
        a_change(9_500, Side.SELL, "0.51", "0"),
    ]

    windows, _, _ = read_all(a_replay(), stream)

    assert [(w.number, w.start, w.end, w.messages) for w in windows] == [
        (0, 1000, 2000, 3),
        (1, 2000, 3000, 1),
    ]
    (first,), (second,) = windows[0].rows, windows[1].rows
    assert (first.bid, first.ask, first.mid, first.last) == (D("0.50"), D("0.51"), D("0.505"), D("0.51"))
    assert (first.trades, first.volume, first.notional) == (1, D(10), D("5.10"))
    assert (second.trades, second.volume, second.rolling_volume, second.messages) == (1, D(5), D(15), 1)


def test_a_window_by_number_is_over_with_its_last_message() -> None:
    stream: list[Message] = [
        a_book(1),
        a_change(5, Side.BUY, "0.50", "40"),
        a_change(6, Side.BUY, "0.50", "0"),
    ]

    windows, _, _ = read_all(a_replay(WindowRule(messages=2)), stream)

    assert [(w.start, w.end, w.messages) for w in windows] == [(1, 5, 2)]
    assert windows[0].rows[0].bid == D("0.50")


def test_momentum_is_the_change_of_the_mid_since_one_look_back_before() -> None:
    def at(second: int, bid: str, ask: str) -> Book:
        return a_book(second * 1000, bids=[(bid, "10")], asks=[(ask, "10")])

    stream: list[Message] = [
        at(1, "0.49", "0.51"),
        at(2, "0.54", "0.56"),
        at(3, "0.59", "0.61"),
        at(4, "0.6", "0.8"),
        at(9, "0.6", "0.8"),
    ]
    windows, _, _ = read_all(a_replay(), stream)

    values = [window.rows[0].momentum for window in windows]
    assert values == [None, None, D("0.2"), D("0.2727272727")]
    assert windows[0].rows[0].reason == "the look-back is longer than what was seen"


def test_of_a_book_that_is_not_known_nothing_is_told() -> None:
    stream: list[Message] = [a_trade(1_000, Side.BUY, "0.51", "10"), a_book(2_000), a_book(3_000)]

    (row,) = read_all(a_replay(), stream)[0][0].rows

    assert (row.valid, row.reason) == (False, "no book has come yet")
    assert (row.bid, row.mid, row.spread, row.momentum, row.imbalance) == (None,) * 5
    assert row.as_json()["volume"] == "10"
    assert row.as_json()["mid"] is None


def test_a_message_that_cannot_be_taken_is_told_and_changes_nothing_else() -> None:
    stream: list[Message] = [
        a_book(1_500),
        a_change(1_400, Side.BUY, "0.50", "40"),
        a_change(1_600, Side.BUY, "1.50", "40"),
        a_book(1_700),
        a_book(2_000),
    ]

    (window,), _, problems = read_all(a_replay(), stream)

    assert [(p.index, p.code) for p in problems] == [(1, "clock_back"), (2, "malformed_book")]
    assert "went back by 100 ms" in problems[0].sentence
    assert (window.messages, window.rows[0].bid) == (2, D("0.49"))


def test_what_is_late_among_other_tokens_counts_in_the_window_that_is_open() -> None:
    stream: list[Message] = [a_book(1_500), a_book(2_100), a_book(1_900, token=NO), a_book(3_000)]

    windows, _, problems = read_all(a_replay(), stream)

    assert [[row.token for row in window.rows] for window in windows] == [[YES], [YES, NO]]
    assert problems == []


def test_an_order_meets_what_comes_after_the_window_that_decided_it() -> None:
    replay = a_replay()
    stream: list[Message] = [a_book(1_000), a_trade(2_000, Side.SELL, "0.10", "50"), a_book(3_000)]

    _, events, _ = read_all(replay, stream, trading=True)

    assert [(event.kind.value, event.order, event.at) for event in events[:2]] == [
        ("accepted", "w0", 2_000),
        ("filled", "w0", 2_000),
    ]


def test_a_row_says_whether_its_token_won() -> None:
    stream: list[Message] = [a_book(1_000), a_book(1_000, token=NO), resolved(1_500), a_book(2_000)]

    (window,), _, _ = read_all(a_replay(), stream)

    assert [(row.token, row.resolved) for row in window.rows] == [(YES, True), (NO, False)]


@pytest.mark.parametrize(
    "rule",
    [{}, {"milliseconds": 5, "messages": 5}, {"messages": 0}, {"milliseconds": 5, "lookback": 0}],
)
def test_a_window_that_has_no_length_is_refused(rule: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="window"):
        WindowRule(**rule)


@FEW
@given(messages(25), st.sampled_from(RULES), st.integers(0, 100))
def test_a_prefix_of_the_stream_gives_a_prefix_of_windows_and_events(
    stream: list[Message], rule: WindowRule, share: int
) -> None:
    windows, events, _ = read_all(a_replay(rule), stream, trading=True)

    some, told, _ = read_all(a_replay(rule), stream[: len(stream) * share // 100], trading=True)

    assert windows[: len(some)] == some
    assert events[: len(told)] == told


@FEW
@given(messages(25), st.sampled_from(RULES), st.data())
def test_reading_bit_by_bit_with_everything_stored_between_is_reading_at_once(
    stream: list[Message], rule: WindowRule, data: st.DataObject
) -> None:
    whole = a_replay(rule)
    windows = read_all(whole, stream)[0]

    replay, found, position = a_replay(rule), [], 0
    while position < len(stream):
        end = data.draw(st.integers(position + 1, len(stream)))
        while position < end:
            progress = replay.read(stream[:end], position)
            position += progress.taken
            if progress.window is not None:
                found.append(progress.window)
            replay = Replay.restore(json.loads(json.dumps(replay.snapshot())), rule)

    assert found == windows
    assert replay.snapshot() == whole.snapshot()


def mid_of(stream: Sequence[Message], token: str) -> Decimal | None:
    """By the definition alone."""
    replay = a_replay()
    for message in stream:
        if getattr(message, "token", "") == token:
            replay.books.apply(message)
    book = replay.books.by_token.get(token)
    return book.mid if book else None


@FEW
@given(messages(25))
def test_windows_are_what_the_definition_makes_of_the_whole_stream(stream: list[Message]) -> None:
    for window in read_all(a_replay(), stream)[0]:
        for row in window.rows:
            before = [m for m in stream if m.at < window.end and getattr(m, "token", "") == row.token]
            within = [m for m in before if m.at >= window.start]
            trades = [m for m in within if isinstance(m, Trade)]
            assert (row.messages, row.trades) == (len(within), len(trades))
            assert row.volume == sum((m.size for m in trades), D(0))
            assert row.mid == mid_of(before, row.token)
            then = mid_of([m for m in before if m.at < window.end - 2_000], row.token)
            known = any(m.at < window.end - 2_000 for m in before)
            if row.momentum is not None:
                assert known
                assert then is not None
                assert row.mid is not None
                assert abs(row.momentum - (row.mid - then) / then) <= D("1e-10")
            else:
                assert not (known and then and row.mid)


def test_rows_only_follow_from_messages_that_a_window_holds() -> None:
    stream: list[Message] = [a_book(1_000), PriceChange(1_999, YES, MARKET, Side.BUY, D("0.50"), D(7))]
    after: list[Message] = [a_change(2_000, Side.BUY, "0.50", "0"), a_change(2_001, Side.SELL, "0.51", "0")]

    (window,), _, _ = read_all(a_replay(), stream + after)

    assert (window.rows[0].bid, window.rows[0].ask) == (D("0.50"), D("0.51"))
