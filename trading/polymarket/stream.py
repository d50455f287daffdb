"""The market channel as an asynchronous iterator of the domain's messages, which never loses one silently.

Read with back-pressure: when nobody takes what waits, reading pauses; when that lasts, what waits is dropped,
a Gap is told for every token, and the books are asked for anew. So it is after a broken connection, too.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

import structlog
from websockets.exceptions import ConnectionClosed, InvalidURI, WebSocketException

from trading.domain.errors import BadWire
from trading.domain.markets import NewMarket
from trading.domain.messages import Book, Message, Resolved, TickSize
from trading.polymarket.asking import Asking
from trading.polymarket.books import Books
from trading.polymarket.health import Health, Tally
from trading.polymarket.line import Line, open_line
from trading.polymarket.options import StreamOptions
from trading.polymarket.waiting import Backoff
from trading.polymarket.wire import stream as wire

log = structlog.get_logger(__name__)

_YIELD_EVERY: Final = 32


class MarketStream:
    """Open with ``async with``; then iterate, or take what waits with ``batch``."""

    def __init__(
        self,
        url: str,
        tokens: Iterable[str],
        *,
        options: StreamOptions | None = None,
        on_new_market: Callable[[NewMarket], None] | None = None,
    ) -> None:
        self._url = url
        self._options = options or StreamOptions()
        self._on_new_market = on_new_market
        self._books = Books(tokens)
        self._tally = Tally()
        self._asking = Asking(self._options.book_seconds)
        self._waiting: deque[tuple[float, Message]] = deque()
        self._some, self._room = asyncio.Event(), asyncio.Event()
        self._line: Line | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = self._is_full = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="polymarket-stream")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection; what waits can still be taken, after which the iteration ends."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._some.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        if not await self._await_some():
            raise StopAsyncIteration
        message = self._waiting.popleft()[1]
        self._room.set()
        return message

    async def batch(self, limit: int = 1_000) -> list[Message]:
        """Up to ``limit`` messages, at least one; none when the stream is closed and everything taken."""
        if not await self._await_some():
            return []
        taken = [self._waiting.popleft()[1] for _ in range(min(limit, len(self._waiting)))]
        self._room.set()
        return taken

    async def subscribe(self, tokens: Iterable[str]) -> None:
        """Follow these, too. Without a connection they are asked for with the next one."""
        new = set(tokens) - self._books.tokens
        self._books.add(new)
        await self._ask(sorted(new))

    async def unsubscribe(self, tokens: Iterable[str]) -> None:
        gone = set(tokens) & self._books.tokens
        self._books.drop(gone)
        self._asking.forget(gone)
        if self._line is not None and gone:
            await self._line.unsubscribe(sorted(gone))

    @property
    def tokens(self) -> Set[str]:
        return self._books.tokens

    def tell_again(self, tokens: Iterable[str]) -> list[Book]:
        """Puts the books that stand now at the end of what waits, for somebody who begins to follow there.

        Answers with the very objects, so that those who follow already can pass them over.
        """
        books = self._books.standing(tokens)
        self._pass_on(list(books))
        return books

    @property
    def health(self) -> Health:
        return self._tally.health(
            self._books, self._waiting, connected=self._line is not None, now=time.monotonic()
        )

    async def _await_some(self) -> bool:
        while not self._waiting:
            if self._closed:
                return False
            self._check_running()
            self._some.clear()
            await self._some.wait()
        return True

    def _check_running(self) -> None:
        """A fault of our own in the background is raised where the stream is read."""
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()

    async def _run(self) -> None:
        """Connects again and again until closed; the pause grows until a connection has lasted."""
        backoff = Backoff(self._options.backoff_first, self._options.backoff_longest)
        try:
            while True:
                began = time.monotonic()
                try:
                    await self._converse()
                except InvalidURI:
                    raise
                except (OSError, TimeoutError, WebSocketException, BadWire) as error:
                    self._books.counts.malformed += isinstance(error, BadWire)
                    self._tally.error = f"{type(error).__name__}: {error}"[:300]
                reason = f"the connection broke: {self._tally.error}"[:300]
                self._pass_on(self._books.lost(reason, wall_ms=_wall_ms()))
                self._tally.reconnects += 1
                if time.monotonic() - began > self._options.stable_seconds:
                    backoff.reset()
                pause = backoff.next()
                log.warning("polymarket.stream_broke", error=self._tally.error, pause_seconds=round(pause, 1))
                await asyncio.sleep(pause)
        finally:
            self._some.set()

    async def _converse(self) -> None:
        """One connection, from the first subscription to its end, which raises what ended it."""
        async with open_line(self._url, self._options) as line:
            self._line = line
            keeper = asyncio.create_task(self._keep(line))
            try:
                await self._greet(line)
                await self._read(line)
            except ConnectionClosed:
                if line.fault:
                    raise TimeoutError(line.fault) from None
                raise
            finally:
                self._line = None
                keeper.cancel()
                with suppress(asyncio.CancelledError, ConnectionClosed):
                    await keeper

    async def _greet(self, line: Line) -> None:
        """The first message of a connection names its kind; further tokens come by operations."""
        tokens = sorted(self._books.tokens)
        self._asking = Asking(self._options.book_seconds)
        first, rest = tokens[: self._options.batch], tokens[self._options.batch :]
        self._asking.asked(tokens, time.monotonic())
        await line.greet(first)
        await self._ask(rest)

    async def _ask(self, tokens: Sequence[str]) -> None:
        """Subscribes in batches; each token's whole book is to come."""
        self._asking.asked(tokens, time.monotonic())
        for start in range(0, len(tokens), self._options.batch):
            if self._line is None:
                return
            await self._line.subscribe(tokens[start : start + self._options.batch])

    async def _ask_again(self) -> None:
        """A whole book comes to whoever subscribes: so the subscription is ended and begun anew."""
        now = time.monotonic()
        self._asking.settle(self._books.waiting, now)
        due = self._asking.due(now)
        if self._line is not None and due:
            await self._line.unsubscribe(due)
            await self._ask(due)

    async def _read(self, line: Line) -> None:
        frames = 0
        while True:
            data = await line.socket.recv(decode=False)
            now, wall_ms = time.monotonic(), _wall_ms()
            for event in wire.frame(data, self._tally.unknown):
                if isinstance(event, wire.Pong):
                    line.waits_since = None
                elif isinstance(event, NewMarket) and self._on_new_market is not None:
                    self._on_new_market(event)
                elif found := self._books.take(event, wall_ms=wall_ms):
                    self._tally.note(found, now=now, wall_ms=wall_ms)
                    self._pass_on(found)
            await self._make_room()
            frames += 1
            if frames % _YIELD_EVERY == 0:
                await asyncio.sleep(0)

    def _pass_on(self, messages: list[Message]) -> None:
        now = time.monotonic()
        self._waiting.extend((now, message) for message in messages)
        if messages:
            self._some.set()

    async def _make_room(self) -> None:
        """Waits while too much waits; in the end gives it up, tells so, and asks for all books anew."""
        if len(self._waiting) < self._options.capacity:
            self._is_full &= len(self._waiting) > self._options.capacity // 2
            return
        if not self._is_full:
            log.warning("polymarket.stream_behind", **_figures(self.health))
        self._is_full = True
        deadline = time.monotonic() + self._options.patience_seconds
        while len(self._waiting) >= self._options.capacity:
            left = deadline - time.monotonic()
            if left <= 0:
                await self._give_up_waiting()
                return
            self._room.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._room.wait(), left)

    async def _give_up_waiting(self) -> None:
        """Resolutions and tick sizes are kept: no later book tells them again."""
        kept = [entry for entry in self._waiting if isinstance(entry[1], Resolved | TickSize)]
        dropped = len(self._waiting) - len(kept)
        self._tally.dropped += dropped
        self._waiting.clear()
        self._waiting.extend(kept)
        reason = f"{dropped:,} messages were dropped: nobody took them in time"
        self._pass_on(self._books.void_all(reason, wall_ms=_wall_ms()))

    async def _keep(self, line: Line) -> None:
        """Sends PING, ends a connection that does not answer, and asks for the books that are missing."""
        while True:
            await asyncio.sleep(self._options.look_seconds)
            if not await line.check():
                return
            await self._ask_again()


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _figures(health: Health) -> dict[str, object]:
    return {
        "waiting": health.waiting,
        "behind_seconds": round(health.behind_seconds, 2),
        "lag_ms": health.lag_ms,
    }
