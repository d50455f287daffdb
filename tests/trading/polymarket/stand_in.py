"""The market channel on this machine: it does what a script says, and by itself what the real one does.

By itself it answers PING, and gives everyone who subscribes to a token its book as ``books`` has it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.trading.polymarket.payloads import book


@dataclass
class Line:
    """One connection, as a script sees it. ``number`` counts connections from 0."""

    number: int
    socket: ServerConnection
    subscribed: set[str] = field(default_factory=set)
    greeted: asyncio.Event = field(default_factory=asyncio.Event)
    answers_pings: bool = True

    async def send(self, *events: dict[str, Any]) -> None:
        """One frame: an event by itself, several as a list."""
        await self.socket.send(json.dumps(events[0] if len(events) == 1 else list(events)))

    async def send_raw(self, data: str) -> None:
        await self.socket.send(data)

    async def drop(self) -> None:
        """The network fails: no closing handshake."""
        self.socket.transport.abort()

    async def drop_in_mid_message(self, event: dict[str, Any]) -> None:
        """A frame that announces more than comes."""
        text = json.dumps(event).encode()
        self.socket.transport.write(bytes([0x81, 126]) + len(text).to_bytes(2) + text[: len(text) // 2])
        await asyncio.sleep(0.02)
        self.socket.transport.abort()


Script = Callable[[Line], Awaitable[None]]


async def stay(line: Line) -> None:
    """A script that does nothing more."""
    await line.socket.wait_closed()


class MarketChannel:
    """``scripts`` are played one a connection, the last of them again and again.

    The first ``unanswered`` subscriptions get no book. ``asked`` lists what clients sent, PINGs apart;
    ``pings`` counts those.
    """

    def __init__(
        self, *scripts: Script, books: dict[str, dict[str, Any]] | None = None, unanswered: int = 0
    ) -> None:
        self.scripts = scripts or (stay,)
        self.books = books or {}
        self.unanswered = unanswered
        self.asked: list[dict[str, Any]] = []
        self.pings = self.connections = 0
        self.failures: list[BaseException] = []
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._port = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/ws/market"

    def close(self) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serve(
            self._talk,
            "127.0.0.1",
            0,
            ping_interval=None,
            close_timeout=0.2,
            max_queue=None,
            compression=None,
        ) as server:
            self._port = next(iter(server.sockets)).getsockname()[1]
            self._ready.set()
            await self._stop.wait()

    async def _talk(self, socket: ServerConnection) -> None:
        line = Line(self.connections, socket)
        self.connections += 1
        reader = asyncio.create_task(self._listen(line))
        script = self.scripts[min(line.number, len(self.scripts) - 1)]
        try:
            await line.greeted.wait()
            await script(line)
        except ConnectionClosed:
            pass
        except Exception as failure:
            self.failures.append(failure)
            raise
        finally:
            reader.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await reader

    async def _listen(self, line: Line) -> None:
        async for data in line.socket:
            if data == "PING":
                self.pings += 1
                if line.answers_pings:
                    await line.socket.send("PONG")
                continue
            message = json.loads(data)
            self.asked.append(message)
            tokens = message["assets_ids"]
            if message.get("operation") == "unsubscribe":
                line.subscribed -= set(tokens)
                continue
            line.subscribed |= set(tokens)
            if self.unanswered:
                self.unanswered -= 1
            elif tokens:
                await line.send_raw(json.dumps([self.books.get(token) or book(token) for token in tokens]))
            line.greeted.set()


@contextmanager
def market_channel(
    *scripts: Script, books: dict[str, dict[str, Any]] | None = None, unanswered: int = 0
) -> Iterator[MarketChannel]:
    """Fails the test at its end if a script failed."""
    channel = MarketChannel(*scripts, books=books, unanswered=unanswered)
    try:
        yield channel
    finally:
        channel.close()
    assert channel.failures == []
