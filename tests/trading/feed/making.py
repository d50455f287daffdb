"""An exchange that says what a test tells it to, and the feed that listens to it."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from orchestrator.accounts.models import User
from tests.trading.polymarket.payloads import NO, NOON, YES, change
from tests.trading.polymarket.stand_in import Line
from trading.domain.messages import Message
from trading.models import Tape, TapeChunk
from trading.polymarket.options import StreamOptions
from trading.queries.tapes import read_messages
from trading.services.feed import FeedOptions, MarketFeed
from trading.services.tapes import begin_recording

OPTIONS = FeedOptions(
    idle_seconds=0.1,
    look_seconds=0.05,
    retry_seconds=0.05,
    stream=StreamOptions(backoff_first=0.05, backoff_longest=0.1, look_seconds=0.02),
)


class Said:
    """A script: what is put here is sent, in order, on whatever connection there is; None breaks it."""

    def __init__(self) -> None:
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def say(self, *events: dict[str, Any]) -> None:
        for event in events:
            self._events.put(event)

    def break_off(self) -> None:
        self._events.put(None)

    async def __call__(self, line: Line) -> None:
        while line.socket.close_code is None:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                await asyncio.sleep(0.005)
                continue
            if event is None:
                await line.drop()
                return
            await line.send(event)


@contextmanager
def feeding(options: FeedOptions = OPTIONS) -> Iterator[MarketFeed]:
    """The feed in a thread of its own. Raises what it failed of."""
    feed = MarketFeed(options)
    failed: list[Exception] = []

    def run() -> None:
        try:
            asyncio.run(feed.run())
        except Exception as error:  # noqa: BLE001 - raised again in the test's own thread
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield feed
    finally:
        feed.stop()
        thread.join(20)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


def until(condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def recording(user: User, *tokens: str, name: str = "Live") -> Tape:
    return begin_recording(user, name=name, tokens=list(tokens or (YES, NO)))


def messages(tape: Tape) -> list[Message]:
    return list(read_messages(tape.pk))


def changes(first: int, last: int) -> list[dict[str, Any]]:
    """One a millisecond, each of another size, so that none says what stands already."""
    return [change(("BUY", "0.40", str(number)), at=NOON + number) for number in range(first, last + 1)]


def sizes(tape: Tape) -> list[int]:
    """Of the changes on the tape, in order."""
    return [int(each.size) for each in messages(tape) if type(each).__name__ == "PriceChange"]  # type: ignore[union-attr]


def is_continuous(tape: Tape) -> bool:
    """Chunks are numbered from 0 on, without a gap between their messages, and times never go back."""
    chunks = list(TapeChunk.objects.filter(tape=tape).order_by("number"))
    starts = [sum(each.count for each in chunks[:index]) for index in range(len(chunks))]
    times = [message.at for message in messages(tape)]
    tape.refresh_from_db()
    return (
        [each.number for each in chunks] == list(range(len(chunks)))
        and [each.first for each in chunks] == starts
        and tape.chunk_count == len(chunks)
        and tape.message_count == len(times)
        and times == sorted(times)
    )
