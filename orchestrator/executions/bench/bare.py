"""A server that only sends: the least that any feed needs on this machine, with the same frames and clients.

Every half second each open socket gets one frame with one event of that moment, by the same web server.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

from orchestrator.core import json
from orchestrator.core.clock import utc_now

PAUSE_SECONDS: Final = 0.5
_PADDING: Final = "x" * 300
"""Events of the other workloads are about so long."""


class Bare:
    """The ASGI application."""

    def __init__(self) -> None:
        self._sockets: dict[int, Any] = {}
        self._telling: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"ok"})
        if scope["type"] != "websocket":
            return
        await send({"type": "websocket.accept"})
        self._sockets[id(send)] = send
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell())
        while (await receive())["type"] != "websocket.disconnect":
            pass
        del self._sockets[id(send)]

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            event = {"seq": 1, "occurred_at": utc_now(), "data": _PADDING}
            message = {"type": "websocket.send", "text": json.dumps({"events": [event]}).decode()}
            for send in list(self._sockets.values()):
                with contextlib.suppress(OSError):
                    await send(message)


application = Bare()
