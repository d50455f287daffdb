"""One connection to the market channel: what is said on it, and whether the other side still answers."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from orchestrator.core.json import dumps
from trading.polymarket.options import StreamOptions


@dataclass(slots=True)
class Line:
    """``waits_since``: when a PING was sent that has no answer yet; ``fault``: why we ended it, if we did."""

    socket: ClientConnection
    options: StreamOptions
    waits_since: float | None = None
    fault: str = ""
    _pinged_at: float = field(default_factory=time.monotonic)

    async def greet(self, tokens: Sequence[str]) -> None:
        """The first message of a connection names its kind."""
        await self._say({"assets_ids": tokens, "type": "market", "custom_feature_enabled": True})

    async def subscribe(self, tokens: Sequence[str]) -> None:
        await self._say({"operation": "subscribe", "assets_ids": tokens, "custom_feature_enabled": True})

    async def unsubscribe(self, tokens: Sequence[str]) -> None:
        await self._say({"operation": "unsubscribe", "assets_ids": tokens})

    async def check(self) -> bool:
        """Sends PING when it is time to; ends a connection that does not answer, and says so."""
        now, options = time.monotonic(), self.options
        if self.waits_since is not None and now - self.waits_since > options.pong_seconds:
            self.fault = f"no PONG within {options.pong_seconds:g} s"
            await self.socket.close(1002, "no PONG")
            return False
        if self.waits_since is None and now - self._pinged_at >= options.ping_seconds:
            self.waits_since = self._pinged_at = now
            await self.socket.send("PING")
        return True

    async def _say(self, message: dict[str, object]) -> None:
        with suppress(ConnectionClosed):  # the reader hears of it, too, and acts
            await self.socket.send(dumps(message).decode())


@asynccontextmanager
async def open_line(url: str, options: StreamOptions) -> AsyncIterator[Line]:
    async with connect(
        url,
        open_timeout=options.open_seconds,
        close_timeout=1.0,
        ping_interval=None,  # the channel has a PING of its own, as text
        max_size=options.max_frame_bytes,
        max_queue=64,
        compression=None,
        proxy=None,
    ) as socket:
        yield Line(socket, options)
