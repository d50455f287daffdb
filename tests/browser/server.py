"""The ASGI application on a port of its own, in a thread, on the test's database."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any

import uvicorn
from django.db import connection, connections

from orchestrator.asgi import application


class LiveSite:
    """Pages and WebSockets at ``url``, from ``start`` to ``stop``."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._at_work = 0
        config = uvicorn.Config(
            self._serve, interface="asgi3", log_config=None, lifespan="off", timeout_graceful_shutdown=3
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="live site", daemon=True)

    def start(self) -> None:
        connections.settings["default"]["CONN_MAX_AGE"] = 0  # each request has a thread of its own
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, "the site did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()

    def rest(self) -> None:
        """Returns once nothing is done any more for browsers that are gone: emptying the tables would stop at
        what a statement of theirs has locked, and it at ours.
        """
        deadline = time.monotonic() + 10
        quiet = 0
        while quiet < 2:
            assert time.monotonic() < deadline, "the site did not come to rest"
            time.sleep(0.02)
            quiet = 0 if self._at_work or _others_at_work() else quiet + 1

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        self._at_work += 1
        try:
            await application(scope, receive, send)
        finally:
            self._at_work -= 1

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


def _others_at_work() -> bool:
    """Whether another connection of this database is in the midst of something."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle')"
        )
        return bool(cursor.fetchone()[0])
