"""The other end of the sockets in the benchmark of the feed: a process of its own that does next to nothing.

Run as a module: it reads its task from standard input, opens the sockets, and writes how long each event
took. While it listens it only notes when which bytes came, and looks into them afterwards, so that what is
measured is the server and not five hundred browsers in one process.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import uvloop

from orchestrator.core import json

_SETTLING_SECONDS: Final = 1.0
_MOMENT: Final = re.compile(rb'"occurred_at":"([^"]+)"')


@dataclass(slots=True)
class Arrivals(asyncio.Protocol):
    """One socket: when which bytes came."""

    wish: bytes
    opening: bytes
    opened: asyncio.Future[None]
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.opening)

    def data_received(self, data: bytes) -> None:
        self.chunks.append((time.time(), data))
        if not self.opened.done():
            self._finish_opening()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(f"The socket was not opened: {error}"))

    def _finish_opening(self) -> None:
        so_far = b"".join(data for _, data in self.chunks)
        head, end, rest = so_far.partition(b"\r\n\r\n")
        if not end:
            return
        if b" 101 " not in head.splitlines()[0]:
            self.opened.set_exception(ConnectionError(head.decode()))
            return
        self.chunks = [(time.time(), rest)]
        self.transport.write(masked(self.wish))
        self.opened.set_result(None)


def main() -> None:
    task = json.loads(sys.stdin.buffer.readline())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        delays = runner.run(listen(**task))
    sys.stdout.buffer.write(json.dumps(delays))


async def listen(port: int, path: str, tokens: list[str], wishes: list[Any], seconds: float) -> list[float]:
    """Milliseconds from the moment that each event tells to its arrival, for all sockets."""
    sockets = [
        await _open(port, path, tokens[number % len(tokens)], wish) for number, wish in enumerate(wishes)
    ]
    await asyncio.sleep(_SETTLING_SECONDS)
    since = time.time()
    await asyncio.sleep(seconds)
    delays = [delay for each in sockets for delay in _delays(each.chunks, since)]
    for each in sockets:
        each.transport.abort()
    return delays


async def _open(port: int, path: str, token: str, wish: Any) -> Arrivals:
    key = base64.b64encode(os.urandom(16)).decode()
    opening = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    loop = asyncio.get_running_loop()
    one = Arrivals(json.dumps(wish), opening.encode(), loop.create_future())
    await loop.create_connection(lambda: one, "127.0.0.1", port)
    await one.opened
    return one


def masked(text: bytes) -> bytes:
    """A short text frame as clients send them (RFC 6455), under the mask of zeros, which changes nothing."""
    assert len(text) < 126, "what is asked for is short"
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


def frames_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Where each whole frame ends, and what it holds; servers mask nothing."""
    at = 0
    while at + 2 <= len(data):
        size, head = data[at + 1], 2
        if size >= 126:
            head = 4 if size == 126 else 10
            size = int.from_bytes(data[at + 2 : at + head])
        if at + head + size > len(data):
            return
        yield at + head + size, data[at + head : at + head + size]
        at += head + size


def _delays(chunks: list[tuple[float, bytes]], since: float) -> Iterator[float]:
    """A frame has arrived with the chunk that holds its last byte."""
    ends, total = [], 0
    for moment, data in chunks:
        total += len(data)
        ends.append((total, moment))
    for end, frame in frames_of(b"".join(data for _, data in chunks)):
        assert not frame.startswith(b'{"error"'), frame
        arrived = next(moment for total, moment in ends if total >= end)
        for text in _MOMENT.findall(frame):
            happened = datetime.fromisoformat(text.decode()).timestamp()
            if happened > since:
                yield (arrived - happened) * 1000


if __name__ == "__main__":
    main()
