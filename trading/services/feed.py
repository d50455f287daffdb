"""The market feed: one stream of the exchange for all tapes that are being recorded, written as it comes.

Reading never waits for writing until a great deal is unwritten; then the stream pauses, and what it has to
drop in the end is a Gap on the tapes. Rows are read and written in one thread, whose connection to
PostgreSQL holds the recorder's place.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from orchestrator.core.clock import utc_now
from trading.domain.messages import Book, Message, Resolved
from trading.models import Tape
from trading.polymarket.client import market_stream
from trading.polymarket.options import StreamOptions
from trading.polymarket.stream import MarketStream
from trading.services import recording
from trading.services.listening import Nudges
from trading.services.markets import note_winner
from trading.services.recording import NotTheRecorder, Seat
from trading.services.reels import Reel

log = structlog.get_logger(__name__)
_Answer = TypeVar("_Answer")

BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """Seconds between two looks at what is wanted, idle and at work, and between two writes of a tape."""

    idle_seconds: float = 5.0
    look_seconds: float = 1.0
    retry_seconds: float = 1.0
    most_unwritten: int = 400_000
    """Messages that may wait in memory for PostgreSQL before the stream is left to wait."""
    stream: StreamOptions | None = None


class MarketFeed:
    """``run`` until ``stop``. With no tape to record it has no connection to the exchange."""

    def __init__(self, options: FeedOptions | None = None) -> None:
        self._options = options or FeedOptions()
        self._seat = Seat()
        self._thread = ThreadPoolExecutor(1, "market-feed")
        self._nudges = Nudges()
        self._reels: dict[UUID, Reel] = {}
        self._by_token: dict[str, list[Reel]] = {}
        self._stream: MarketStream | None = None
        self._reader: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._told_again: dict[int, Book] = {}
        self._resolved: list[tuple[str, str]] = []
        self._stopping = False
        self._is_recorder = False
        self._fault = ""

    def stop(self) -> None:
        self._stopping = True
        self._nudges.wake()

    async def run(self) -> None:
        """What was heard is written before it ends; the recordings go on with whoever takes the place."""
        listening = asyncio.create_task(self._nudges.listen())
        try:
            while not self._stopping:
                pause = await self._turn()
                if not self._stopping:
                    await self._nudges.wait(pause)
        finally:
            listening.cancel()
            await self._close_stream()
            with suppress(DatabaseError, InterfaceError, NotTheRecorder):
                for reel in list(self._reels.values()):
                    await self._write(reel)
                await self._in_thread(self._seat.leave)
            await self._in_thread(_hang_up)
            self._thread.shutdown()

    async def _turn(self) -> float:
        """Look at what is wanted, and write what was heard; answers with how long to wait before the next."""
        began = time.monotonic()
        try:
            if not await self._in_thread(self._seat.take):
                await self._stand_by()
                return self._options.look_seconds
            if not self._is_recorder:
                log.info("market_feed_records")
                self._is_recorder = True
            while self._resolved:
                await self._in_thread(partial(note_winner, *self._resolved[0]))
                self._resolved.pop(0)
            await self._follow(await self._in_thread(recording.wanted_tapes))
            for reel in list(self._reels.values()):
                await self._write_or_fail(reel)
        except NotTheRecorder as error:
            log.warning("market_feed_replaced", error=str(error))
            await self._stand_by()
            return self._options.retry_seconds
        except (OperationalError, InterfaceError) as error:
            log.warning("database_away", error=str(error))
            await self._in_thread(_hang_up)
            return self._options.retry_seconds
        if not self._reels:
            return self._options.idle_seconds
        return max(0.0, self._options.look_seconds - (time.monotonic() - began))

    async def _stand_by(self) -> None:
        """Somebody else records: what we still hold in memory is theirs to hear."""
        self._is_recorder = False
        await self._in_thread(self._seat.leave)
        self._reels.clear()
        await self._close_stream()

    async def _follow(self, wanted: list[Tape]) -> None:
        """Take up the recordings that are new, let go of those that are gone, and follow all their tokens."""
        rows = {tape.pk: tape for tape in wanted}
        for tape_id in self._reels.keys() - rows.keys():
            del self._reels[tape_id]
        new = [tape for tape in wanted if tape.pk not in self._reels]
        for tape in wanted:
            if tape.pk in self._reels:
                self._reels[tape.pk].is_to_end = tape.stop_asked_at is not None
        for tape in new:
            self._reels[tape.pk] = await self._in_thread(partial(Reel.begin, tape))
        by_token: dict[str, list[Reel]] = defaultdict(list)
        for reel in self._reels.values():
            for token in reel.track.tokens:
                by_token[token].append(reel)
        self._by_token = dict(by_token)
        await self._tune(new)

    async def _tune(self, new: list[Tape]) -> None:
        if self._reader is not None and self._reader.done():
            self._fault = _words(self._reader.exception())
            log.error("market_stream_died", error=self._fault)
            await self._close_stream()
            self._fail_over()
            return
        if not self._by_token:
            await self._close_stream()
        elif self._stream is None:
            self._stream = market_stream(self._by_token, options=self._options.stream)
            await self._stream.__aenter__()
            self._reader = asyncio.create_task(self._read(self._stream), name="market-feed")
        else:
            await self._stream.subscribe(self._by_token)
            await self._stream.unsubscribe(self._stream.tokens - self._by_token.keys())
            begun = {token for tape in new for token in tape.tokens}
            self._told_again |= {id(book): book for book in self._stream.tell_again(sorted(begun))}

    def _fail_over(self) -> None:
        """The stream broke for a fault of ours: all that follow it have missed something."""
        for reel in self._reels.values():
            reel.miss("the feed had to begin anew")

    async def _close_stream(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._stream is not None:
            with suppress(Exception):  # what it failed of was told where it was read
                await self._stream.close()
        self._stream = self._reader = None
        self._told_again.clear()

    async def _read(self, stream: MarketStream) -> None:
        while messages := await stream.batch(BATCH):
            self._distribute(messages)
            while sum(reel.unwritten for reel in self._reels.values()) > self._options.most_unwritten:
                self._room.clear()
                await self._room.wait()

    def _distribute(self, messages: list[Message]) -> None:
        now = time.monotonic()
        for message in messages:
            if isinstance(message, Resolved):
                self._resolved.append((message.market, message.winner))
                for reel in self._reels.values():
                    reel.hear(message, now)
                continue
            again = self._told_again.pop(id(message), None) if self._told_again else None
            for reel in self._by_token.get(message.token, ()):
                if again is None or message.token in reel.track.awaiting:
                    reel.hear(message, now)

    async def _write_or_fail(self, reel: Reel) -> None:
        """A fault of one tape ends that one; without PostgreSQL all wait."""
        try:
            await self._write(reel)
            if reel.is_to_end or (reel.track.is_over and not reel.unwritten):
                await self._in_thread(partial(recording.finish, reel.tape.pk))
                self._reels.pop(reel.tape.pk, None)
        except (OperationalError, InterfaceError, NotTheRecorder):
            raise
        except Exception as error:
            log.exception("recording_failed", tape=str(reel.tape.pk))
            self._reels.pop(reel.tape.pk, None)
            failed = f"It could not be written: {_words(error)}"
            await self._in_thread(partial(recording.finish, reel.tape.pk, failed=failed))

    async def _write(self, reel: Reel) -> None:
        reel.cut()
        while reel.tape.pk in self._reels:
            health = self._stream.health if self._stream is not None else None
            state = reel.state(health, fault=self._fault, now=utc_now())
            if not reel.outbox and not reel.is_news(state):
                return
            chunk = reel.outbox[0] if reel.outbox else []
            row = await self._in_thread(partial(recording.write, reel.tape, chunk, state))
            if row is None:
                self._reels.pop(reel.tape.pk, None)
                return
            reel.written(row, state)
            self._room.set()

    async def _in_thread(self, call: Callable[[], _Answer]) -> _Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def _hang_up() -> None:
    """In the thread whose connection it is: each has its own."""
    connection.close()


def _words(error: BaseException | Any) -> str:
    return f"{type(error).__name__}: {error}"[:300]
