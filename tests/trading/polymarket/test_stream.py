"""The market stream against a channel that breaks in every way that networks have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.trading.polymarket.payloads import (
    NO,
    NOON,
    YES,
    best_bid_ask,
    book,
    change,
    market_resolved,
    new_market,
    tick_size,
    trade,
)
from tests.trading.polymarket.stand_in import Line, Script, market_channel, stay
from trading.domain.messages import Book, Gap, Message, PriceChange, Resolved, TickSize, Trade
from trading.polymarket.options import StreamOptions
from trading.polymarket.stream import MarketStream

QUICK = StreamOptions(
    ping_seconds=0.05,
    pong_seconds=0.2,
    backoff_first=0.01,
    backoff_longest=0.05,
    book_seconds=0.3,
    look_seconds=0.01,
    patience_seconds=0.1,
)
Result = TypeVar("Result")


def follow(
    work: Callable[[MarketStream], Awaitable[Result]],
    *scripts: Script,
    tokens: tuple[str, ...] = (YES,),
    options: StreamOptions = QUICK,
) -> Result:
    async def run(url: str) -> Result:
        async with MarketStream(url, tokens, options=options) as stream, asyncio.timeout(20):
            return await work(stream)

    with market_channel(*scripts) as channel:
        return asyncio.run(run(channel.url))


async def until(stream: MarketStream, kind: type[Message], *, count: int = 1) -> list[Message]:
    """Everything up to the ``count``-th message of a kind."""
    found: list[Message] = []
    async for message in stream:
        found.append(message)
        if sum(isinstance(each, kind) for each in found) == count:
            return found
    raise AssertionError("the stream ended")


def kinds(messages: list[Message]) -> list[str]:
    return [type(message).__name__ for message in messages]


def test_a_normal_run_gives_the_domains_messages_in_order() -> None:
    async def script(line: Line) -> None:
        await line.send(change(("BUY", "0.505", "10")), trade())
        await line.send(best_bid_ask(bid="0.505"))
        await line.send(tick_size())
        await line.send(new_market())
        await line.send(market_resolved())
        await stay(line)

    found = follow(lambda stream: until(stream, Resolved), script)
    assert kinds(found) == ["Book", "PriceChange", "Trade", "TickSize", "Resolved"]
    assert [message.at for message in found] == [NOON, NOON + 1, NOON + 2, NOON + 3, NOON + 5]
    first = found[0]
    assert isinstance(first, Book)
    assert [str(level.price) for level in first.bids] == ["0.50", "0.49", "0.48"]
    assert [str(level.price) for level in first.asks] == ["0.51", "0.52", "0.53"]


def test_a_broken_connection_is_told_as_a_gap_and_followed_by_a_whole_book() -> None:
    async def breaks(line: Line) -> None:
        await line.send(trade())
        await line.drop_in_mid_message(change(("BUY", "0.505", "10")))

    async def work(stream: MarketStream) -> list[Message]:
        found = await until(stream, Book, count=2)
        assert stream.health.reconnects == 1
        return found

    assert kinds(follow(work, breaks, stay)) == ["Book", "Trade", "Gap", "Book"]


def test_a_server_that_does_not_answer_ping_is_left() -> None:
    async def mute(line: Line) -> None:
        line.answers_pings = False
        await stay(line)

    async def work(stream: MarketStream) -> list[Message]:
        found = await until(stream, Book, count=2)
        assert "no PONG" in stream.health.last_error
        return found

    found = follow(work, mute, stay)
    assert kinds(found) == ["Book", "Gap", "Book"]
    assert isinstance(found[1], Gap)
    assert "no PONG" in found[1].reason


def test_a_quiet_market_that_answers_ping_is_not_left() -> None:
    async def work(stream: MarketStream) -> int:
        await until(stream, Book)
        await asyncio.sleep(0.6)
        return stream.health.reconnects

    assert follow(work, stay) == 0


def test_garbage_ends_the_connection_with_a_gap() -> None:
    for garbage in ('{"event_type": "book", "bids": [', "<html>", "", "[" * 100_000, '{"a": NaN}'):

        async def script(line: Line, garbage: str = garbage) -> None:
            await line.send_raw(garbage)
            await stay(line)

        found = follow(lambda stream: until(stream, Book, count=2), script, stay)
        assert kinds(found) == ["Book", "Gap", "Book"]


def test_a_frame_beyond_the_limit_ends_the_connection_with_a_gap() -> None:
    async def huge(line: Line) -> None:
        await line.send_raw('"' + "x" * 200_000 + '"')
        await stay(line)

    options = StreamOptions(backoff_first=0.01, backoff_longest=0.05, max_frame_bytes=100_000)
    found = follow(lambda stream: until(stream, Book, count=2), huge, stay, options=options)
    assert kinds(found) == ["Book", "Gap", "Book"]


def test_a_book_of_a_million_levels_is_refused_without_being_kept() -> None:
    level = '{"price": "0.4", "size": "1"}'
    text = ",".join([level] * 1_000_000)

    async def script(line: Line) -> None:
        event = (
            f'{{"event_type":"book","market":"0x1","asset_id":"{YES}","timestamp":"{NOON}","bids":[{text}]}}'
        )
        await line.send_raw(event)
        await stay(line)

    found = follow(lambda stream: until(stream, Book, count=2), script, stay)
    assert kinds(found) == ["Book", "Gap", "Book"]
    assert isinstance(found[1], Gap)
    assert "1,000,000 levels" in found[1].reason


def test_one_malformed_event_voids_only_the_token_it_names() -> None:
    async def script(line: Line) -> None:
        await line.send(change(("BUY", "1.5", "10")), change(("BUY", "0.505", "10"), token=NO))
        await stay(line)

    async def work(stream: MarketStream) -> list[Message]:
        return await until(stream, Book, count=3)

    found = follow(work, script, tokens=(YES, NO))
    assert kinds(found) == ["Book", "Book", "Gap", "PriceChange", "Book"]
    gap = found[2]
    assert isinstance(gap, Gap)
    assert gap.token == YES
    assert "price_changes[0].price: 1.5 is not a price" in gap.reason


def test_a_crossed_book_is_asked_for_anew() -> None:
    async def script(line: Line) -> None:
        await line.send(change(("BUY", "0.52", "10")))
        await stay(line)

    found = follow(lambda stream: until(stream, Book, count=2), script)
    assert kinds(found) == ["Book", "Gap", "Book"]
    assert isinstance(found[1], Gap)
    assert found[1].reason == "the book is crossed"


def test_who_does_not_keep_up_is_told_what_was_dropped_and_gets_whole_books() -> None:
    async def flood(line: Line) -> None:
        for number in range(400):
            await line.send(trade(at=NOON + number, transaction=f"0x{number}"))
        await line.send(market_resolved(at=NOON + 500))
        await stay(line)

    async def work(stream: MarketStream) -> tuple[list[Message], int]:
        while not stream.health.dropped:
            await asyncio.sleep(0.02)
        found = await until(stream, Resolved)
        if not any(isinstance(message, Book) for message in found):
            found += await until(stream, Book)
        return found, stream.health.dropped

    options = StreamOptions(capacity=100, patience_seconds=0.1, look_seconds=0.01)
    found, dropped = follow(work, flood, options=options)
    gaps = [message for message in found if isinstance(message, Gap)]
    trades = sum(isinstance(message, Trade) for message in found)
    assert gaps
    assert "were dropped" in gaps[0].reason
    assert dropped >= 100
    assert 400 - dropped <= trades < 400


def test_a_slow_reader_within_patience_loses_nothing() -> None:
    async def flood(line: Line) -> None:
        for number in range(2_000):
            await line.send(trade(at=NOON + number, transaction=f"0x{number}"))
        await stay(line)

    async def work(stream: MarketStream) -> list[Message]:
        found: list[Message] = []
        while len(found) < 2_001:
            found += await stream.batch(50)
            await asyncio.sleep(0.001)
        assert stream.health.dropped == 0
        return found

    options = StreamOptions(capacity=100, patience_seconds=5.0)
    found = follow(work, flood, options=options)
    assert [message.at for message in found[1:]] == [NOON + number for number in range(2_000)]


def test_many_tokens_are_subscribed_in_batches_and_new_ones_join() -> None:
    tokens = tuple(str(number) for number in range(1, 26))

    async def run(url: str) -> list[Message]:
        async with MarketStream(url, tokens, options=StreamOptions(batch=10)) as stream, asyncio.timeout(20):
            found = await until(stream, Book, count=25)
            await stream.subscribe(["99", "1"])
            found += await until(stream, Book)
            await stream.unsubscribe(["2"])
            return found

    with market_channel() as channel:
        found = asyncio.run(run(channel.url))
    assert [message.token for message in found if isinstance(message, Book)][-1] == "99"
    sizes = [len(asked["assets_ids"]) for asked in channel.asked]
    assert sizes[:4] == [10, 10, 5, 1]
    assert channel.asked[0]["type"] == "market"
    assert channel.asked[1]["operation"] == "subscribe"


def test_a_book_that_does_not_come_is_asked_for_again() -> None:
    async def script(line: Line) -> None:
        await line.send(trade(), change(("BUY", "0.505", "10")))
        await stay(line)

    async def run(url: str) -> list[Message]:
        async with MarketStream(url, [YES], options=QUICK) as stream, asyncio.timeout(20):
            found = await until(stream, Book)
            assert (stream.health.early, stream.health.reconnects) == (1, 0)
            return found

    with market_channel(script, unanswered=1) as channel:
        found = asyncio.run(run(channel.url))
    assert kinds(found) == ["Trade", "Gap", "Book"]
    assert [asked.get("operation", "first") for asked in channel.asked] == [
        "first",
        "unsubscribe",
        "subscribe",
    ]


def test_closing_ends_the_iteration_after_what_waits_was_taken() -> None:
    async def work(stream: MarketStream) -> list[Message]:
        while stream.health.waiting < 2:
            await asyncio.sleep(0.01)
        await stream.close()
        return [message async for message in stream]

    async def script(line: Line) -> None:
        await line.send(trade())
        await stay(line)

    assert kinds(follow(work, script)) == ["Book", "Trade"]


def test_health_tells_what_came_and_what_was_not_understood() -> None:
    async def script(line: Line) -> None:
        await line.send({"event_type": "weather", "asset_id": YES})
        await line.send(book(), book("123"))
        await line.send({**trade(), "mood": "bright"})
        await stay(line)

    async def work(stream: MarketStream) -> None:
        await until(stream, Trade)
        health = stream.health
        assert (health.connected, health.tokens, health.tokens_with_book) == (True, 1, 1)
        assert (health.duplicates, health.foreign, health.gaps) == (1, 1, 0)
        assert health.unknown == {"event_type=weather": 1, "last_trade_price.mood": 1}
        assert health.lag_ms is not None
        assert health.last_message_age_seconds is not None
        assert health.messages_per_second > 0

    follow(work, script)


def test_messages_after_a_change_keep_their_kind() -> None:
    async def script(line: Line) -> None:
        await line.send(change(("SELL", "0.51", "0"), ("SELL", "0.505", "5"), best=("0.50", "0.505")))
        await line.send(tick_size())
        await stay(line)

    found = follow(lambda stream: until(stream, TickSize), script)
    changes = [message for message in found if isinstance(message, PriceChange)]
    assert [(str(each.price), str(each.size)) for each in changes] == [("0.51", "0"), ("0.505", "5")]
