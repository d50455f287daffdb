"""Tapes as files, and tapes that are made up."""

from __future__ import annotations

import gzip
import io
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core import json
from trading.domain.lines import decode, encode
from trading.domain.made_up import Wanted, made_up_markets, made_up_messages
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
from trading.domain.tapes import BadTape, Header, pack, read_tape, unpack, write_tape
from trading.domain.vocabulary import Side

HEADER = Header("Autumn", "generated", [{"condition_id": "m"}], seed=7)
MOST = 50_000_000

prices = st.decimals(0, 1, places=6)
sizes = st.decimals(0, 10**9, places=6)
levels = st.lists(st.builds(Level, prices, sizes), max_size=4).map(tuple)
ids = st.text(min_size=1, max_size=20)
sides = st.sampled_from(Side)


def messages_at(at: int) -> st.SearchStrategy[Message]:
    when = st.just(at)
    return st.one_of(
        st.builds(Book, when, ids, ids, levels, levels),
        st.builds(PriceChange, when, ids, ids, sides, prices, sizes),
        st.builds(Trade, when, ids, ids, sides, prices, sizes),
        st.builds(TickSize, when, ids, ids, prices),
        st.builds(Resolved, when, ids, ids),
        st.builds(Gap, when, ids, ids, st.text(max_size=50)),
    )


tapes = st.lists(st.integers(0, 2**41), max_size=8).flatmap(
    lambda moments: st.tuples(*(messages_at(at) for at in sorted(moments)))
)


def file_of(*lines: object) -> io.BytesIO:
    return io.BytesIO(b"".join(json.dumps(line) + b"\n" for line in lines))


FIRST = {"format": "orchestrator-tape", "version": 1, "name": "x", "markets": []}
CHANGE = {"kind": "change", "at": 5, "token": "t", "market": "m", "side": "buy", "price": "0.5", "size": "1"}


def read(stream: io.BytesIO, most_bytes: int = MOST) -> list[Message]:
    return list(read_tape(stream, most_bytes=most_bytes)[1])


@given(tapes)
def test_what_is_written_is_read_back_to_the_last_digit(messages: tuple[Message, ...]) -> None:
    data = b"".join(write_tape(HEADER, messages))
    header, found = read_tape(io.BytesIO(data), most_bytes=MOST)
    assert (header, tuple(found)) == (HEADER, messages)
    assert tuple(unpack(pack(messages))) == messages


@given(st.binary(max_size=300))
def test_garbage_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadTape):
        read(io.BytesIO(data))


@given(
    st.dictionaries(st.sampled_from([*CHANGE, "bids", "tick", "winner"]), st.none() | st.text() | st.floats())
)
def test_a_line_that_is_no_message_raises_nothing_but_value_error(line: dict[str, object]) -> None:
    try:
        message = decode({**CHANGE, **line})
    except ValueError:
        return
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ({**CHANGE, "price": "1.2"}, "Line 3: 1.2 is no price between 0 and 1."),
        ({**CHANGE, "price": "NaN"}, "Line 3: 'NaN' is not a finite number."),
        ({**CHANGE, "size": "-1"}, "Line 3: -1 is negative, or too great to be traded."),
        ({**CHANGE, "size": "1e99999"}, "Line 3: 1e99999 is negative, or too great to be traded."),
        ({**CHANGE, "size": "1e-31"}, "Line 3: 1e-31 has more than 30 decimals."),
        ({**CHANGE, "side": "hold"}, "Line 3: “hold” is no side."),
        ({**CHANGE, "kind": "rumour"}, "Line 3: “rumour” is no kind of message."),
        ({**CHANGE, "at": "noon"}, "Line 3: “at” is no time in milliseconds: 'noon'."),
        ({**CHANGE, "at": 3}, "Line 3: This message lies 2 ms before the one above it."),
        ([1], "Line 3: This is no JSON object."),
    ],
)
def test_a_fault_is_told_with_its_line(line: object, complaint: str) -> None:
    with pytest.raises(BadTape) as error:
        read(file_of(FIRST, CHANGE, line))
    assert str(error.value) == complaint


@pytest.mark.parametrize("first", [{}, {"format": "other"}, {**FIRST, "version": 9}, {**FIRST, "markets": 3}])
def test_a_file_that_does_not_begin_as_a_tape_is_refused(first: object) -> None:
    with pytest.raises(BadTape):
        read(file_of(first, CHANGE))


def test_a_tape_that_unpacks_to_too_much_is_given_up_early() -> None:
    bomb = gzip.compress(json.dumps(FIRST) + b"\n" + b" " * 30_000_000)
    with pytest.raises(BadTape, match="more than 1 MB"):
        read(io.BytesIO(bomb), most_bytes=1024**2)


def test_a_file_that_was_cut_off_says_so() -> None:
    data = b"".join(write_tape(HEADER, made_up_messages(Wanted(1, 500))))
    with pytest.raises(BadTape, match="cut off"):
        read(io.BytesIO(data[:-9]))


@pytest.mark.parametrize("seed", range(3))
def test_made_up_tapes_are_the_same_for_the_same_seed_and_in_order(seed: int) -> None:
    wanted = Wanted(seed, 3_000, markets=4, resolves=True)
    messages = list(made_up_messages(wanted))
    assert messages == list(made_up_messages(wanted))
    assert messages != list(made_up_messages(Wanted(seed + 1, 3_000, markets=4, resolves=True)))
    assert all(first.at <= second.at for first, second in pairwise(messages))
    assert 3_000 <= len(messages) <= 3_020


def test_a_longer_made_up_tape_begins_as_the_shorter_one() -> None:
    short, long = (list(made_up_messages(Wanted(3, count))) for count in (500, 900))
    assert long[: len(short)] == short


def test_made_up_books_are_never_crossed_and_outcomes_mirror_each_other() -> None:
    wanted = Wanted(11, 20_000)
    books: dict[str, dict[Side, dict[Decimal, Decimal]]] = {}
    for message in made_up_messages(wanted):
        match message:
            case Book():
                books[message.token] = {Side.BUY: dict(message.bids), Side.SELL: dict(message.asks)}
            case PriceChange():
                side = books[message.token][message.side]
                side[message.price] = message.size
                if not message.size:
                    del side[message.price]
                assert max(books[message.token][Side.BUY]) < min(books[message.token][Side.SELL])
            case Trade():
                assert message.price in books[message.token][Side.SELL if message.side == "buy" else Side.BUY]
    for market in made_up_markets(wanted):
        yes, no = (books[each["token"]] for each in market["outcomes"])
        assert {1 - price: size for price, size in yes[Side.BUY].items()} == no[Side.SELL]


def test_made_up_markets_carry_their_label() -> None:
    markets = made_up_markets(Wanted(5, 10, markets=8))
    assert all(each["is_generated"] and each["condition_id"].startswith("generated-5-") for each in markets)
    assert len({each["question"] for each in markets}) == 8
