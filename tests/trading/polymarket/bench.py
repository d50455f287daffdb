"""How many messages a second one core reads: the parsers, the books, and the whole stream over a socket.

``python -m tests.trading.polymarket.bench`` prints the medians; it asserts nothing, machines differ.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

from tests.trading.polymarket.payloads import NOON, book, change, trade
from tests.trading.polymarket.stand_in import Line, MarketChannel, stay
from trading.domain.messages import Gap
from trading.polymarket.books import Books
from trading.polymarket.options import StreamOptions
from trading.polymarket.stream import MarketStream
from trading.polymarket.wire import stream as wire
from trading.polymarket.wire.values import Unknown

TOKENS = [f"{number}{'7' * 70}" for number in range(1, 101)]
LEVELS = 50


def a_book(token: str, *, at: int = NOON) -> dict[str, Any]:
    bids = [(f"0.{500 - level:03}", str(100 + level)) for level in range(1, LEVELS + 1)]
    asks = [(f"0.{500 + level:03}", str(100 + level)) for level in range(1, LEVELS + 1)]
    return book(token, at=at, bids=bids, asks=asks)


def a_day(count: int, *, seed: int = 1) -> list[str]:
    """Frames as the channel sends them: of a hundred, 93 change a book, 6 are trades, 1 is a whole book."""
    random = Random(seed)
    frames: list[str] = []
    for number in range(count):
        token, at, kind = random.choice(TOKENS), NOON + number, random.random()
        if kind < 0.01:
            event = a_book(token, at=at)
        elif kind < 0.07:
            event = trade(token, at=at, transaction=f"0x{number:x}")
        else:
            side, away = random.choice(["BUY", "SELL"]), random.randint(1, LEVELS)
            price = 500 - away if side == "BUY" else 500 + away
            event = change((side, f"0.{price:03}", str(random.randint(1, 10**6) / 100)), token=token, at=at)
        frames.append(json.dumps(event))
    return frames


def median_rate(work: Callable[[], int], times: int = 5) -> float:
    rates: list[float] = []
    for _ in range(times):
        began = time.process_time()
        done = work()
        rates.append(done / (time.process_time() - began))
    return statistics.median(rates)


def parse_all(frames: list[str]) -> int:
    for frame in frames:
        wire.frame(frame, Unknown())
    return len(frames)


def parse_and_apply_all(frames: list[str]) -> int:
    books, unknown = Books(TOKENS), Unknown()
    for frame in [*(json.dumps(a_book(token)) for token in TOKENS), *frames]:
        for event in wire.frame(frame, unknown):
            books.take(event, wall_ms=NOON)
    if books.counts.gaps:
        raise SystemExit("The books were not kept: the figures are worth nothing.")
    return len(frames)


def play(frames: list[str], per_second: int | None, pipe: Any) -> None:
    """The other side, in a process of its own: at a steady rate, or as fast as it is taken."""

    async def script(line: Line) -> None:
        began = time.monotonic()
        for number, frame in enumerate(frames):
            now = str(time.time_ns() // 1_000_000)
            await line.send_raw(frame.replace(str(NOON + number), now))  # so that lag is ours
            if per_second and number % 20 == 0:
                await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
        await stay(line)

    channel = MarketChannel(script, books={token: a_book(token) for token in TOKENS})
    pipe.send(channel.url)
    pipe.recv()
    channel.close()


async def read(url: str, count: int) -> tuple[float, float, int]:
    """Seconds of the clock and of this process's core, and the most milliseconds from sent to taken."""
    behind = 0
    async with MarketStream(url, TOKENS, options=StreamOptions()) as stream:
        seen = 0
        while seen < len(TOKENS):
            seen += len(await stream.batch())
        began, core = time.monotonic(), time.process_time()
        while seen + stream.health.duplicates < count:  # alike within one millisecond, two are one
            messages = await stream.batch()
            behind = max(behind, time.time_ns() // 1_000_000 - messages[0].at)
            if any(isinstance(message, Gap) for message in messages):
                raise SystemExit("There was a gap: the figures are worth nothing.")
            seen += len(messages)
        return time.monotonic() - began, time.process_time() - core, behind


def over_a_socket(frames: list[str], per_second: int | None) -> tuple[float, float, int]:
    """Messages a second by the clock, the share of a core, the most milliseconds behind."""
    near, far = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=play, args=(frames, per_second, far))
    server.start()
    count = len(TOKENS) + parse_and_count(frames)
    seconds, core, behind = asyncio.run(read(near.recv(), count))
    near.send("enough")
    server.join()
    return (count - len(TOKENS)) / seconds, core / seconds, behind


def parse_and_count(frames: list[str]) -> int:
    """How many of the messages are news: some changes say what stands already."""
    books, unknown = Books(TOKENS), Unknown()
    for token in TOKENS:
        for event in wire.frame(json.dumps(a_book(token)), unknown):
            books.take(event, wall_ms=NOON)
    before = books.counts.passed
    for frame in frames:
        for event in wire.frame(frame, unknown):
            books.take(event, wall_ms=NOON)
    return books.counts.passed - before


def say(what: str, figure: str) -> None:
    sys.stdout.write(f"{what:<20}{figure}\n")


def main() -> None:
    frames = a_day(20_000)
    say("machine", f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    say("market", f"{len(TOKENS)} tokens, {LEVELS} levels a side")
    say("parse", f"{median_rate(lambda: parse_all(frames)):,.0f} frames/s of a core")
    say("parse and apply", f"{median_rate(lambda: parse_and_apply_all(frames)):,.0f} frames/s of a core")
    runs = [over_a_socket(frames, None) for _ in range(3)]
    rate, core, _ = (statistics.median(column) for column in zip(*runs, strict=True))
    say("stream, flat out", f"{rate:,.0f} messages/s as sent here, {rate / core:,.0f} messages/s of a core")
    runs = [over_a_socket(frames, 2_000) for _ in range(3)]
    rate, core, behind = (statistics.median(column) for column in zip(*runs, strict=True))
    say("stream at 2,000/s", f"{rate:,.0f} messages/s, {core:.0%} of a core, {behind:,.0f} ms behind at most")


if __name__ == "__main__":
    main()
