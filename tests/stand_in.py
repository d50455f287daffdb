"""A local HTTP server that answers as a test tells it to, errors and slowness included."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    delay_seconds: float = 0.0
    promised: int | None = None
    """The length that is announced, where it shall differ from what is sent: a connection that breaks."""


Behaviour = Callable[[Received], Answer]


class StandIn:
    """``received`` lists the requests in the order they came."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.received: list[Received] = []
        self._stopped = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {key.lower(): value for key, value in self.headers.items()}
                request = Received(self.command, self.path, headers, self.rfile.read(length))
                stand_in.received.append(request)
                answer = stand_in.behave(request)
                if stand_in._stopped.wait(answer.delay_seconds):
                    return
                length = len(answer.body) if answer.promised is None else answer.promised
                self.send_response(answer.status)
                for key, value in {**answer.headers, "content-length": str(length)}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(answer.body)
                self.close_connection |= answer.promised is not None

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

            def handle(self) -> None:
                with suppress(ConnectionError):  # the client has gone: some tests want it to
                    super().handle()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def close(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def stand_in(behave: Behaviour) -> Iterator[StandIn]:
    server = StandIn(behave)
    try:
        yield server
    finally:
        server.close()
