"""A WebSocket client for the ASGI application (Channels' own one needs Daphne)."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from asgiref.testing import ApplicationCommunicator

Headers = list[tuple[bytes, bytes]]


class Socket(ApplicationCommunicator):  # type: ignore[misc]  # has no types
    """One connection to a path."""

    def __init__(self, application: Any, path: str, headers: Headers) -> None:
        scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "subprotocols": [],
            "client": ("127.0.0.1", 50_000),
            "server": ("testserver", 80),
        }
        super().__init__(application, scope)

    async def connect(self) -> bool:
        """Whether the application accepted."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=5)
        return bool(answer["type"] == "websocket.accept")

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def hear(self, timeout: float = 5) -> str:
        message = await self.receive_output(timeout=timeout)
        assert message["type"] == "websocket.send", message
        return str(message["text"])

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=5)
        await asyncio.to_thread(_let_the_reader_end)


def _let_the_reader_end() -> None:
    """The hub's thread may still read what it was asked to, and a test's tables are emptied next."""
    for thread in threading.enumerate():
        if thread.name.startswith("feed"):
            thread.join(timeout=5)
