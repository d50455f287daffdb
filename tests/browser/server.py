"""The ASGI application on a port of its own, in a thread, on the test's database."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import uvicorn
from django.db import connections

from orchestrator.asgi import application


class LiveSite:
    """Pages and WebSockets at ``url``, from ``start`` to ``stop``."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(application, log_config=None, lifespan="off", timeout_graceful_shutdown=3)
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

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))
