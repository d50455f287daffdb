"""The only door of a coding agent: a server on this machine that passes its calls to the model, and counts.

The key stays here; the agent's process has a word that is good for this door and this session. Whatever is no
call of the one model that was agreed on is refused.
"""

from __future__ import annotations

import hmac
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any, Final, Protocol

import httpx

_PATHS: Final = frozenset({"/v1/messages", "/v1/messages/count_tokens"})
_PASSED_ON: Final = ("accept", "content-type", "user-agent", "x-app")
_PASSED_BACK: Final = ("content-type", "retry-after", "request-id")
_MOST_BYTES: Final = 16 * 1024 * 1024
_TIMES: Final = httpx.Timeout(180, connect=10)
ANTHROPIC_VERSION: Final = "2023-06-01"


@dataclass(slots=True)
class Counted:
    """What the model says that a call consumed. ``said``: bytes of its answer, for when it breaks off."""

    input: int = 0
    cached: int = 0
    stored: int = 0
    output: int = 0
    said: int = 0
    is_whole: bool = False

    def take(self, event: Mapping[str, Any]) -> None:
        """An event of the stream, or the whole answer."""
        message = event.get("message")
        usage = event.get("usage") or (message.get("usage") if isinstance(message, dict) else None)
        if isinstance(usage, dict):
            self.cached = _number(usage, "cache_read_input_tokens", self.cached)
            self.stored = _number(usage, "cache_creation_input_tokens", self.stored)
            self.input = _number(usage, "input_tokens", self.input)
            self.output = _number(usage, "output_tokens", self.output)
        if event.get("type") in ("message_stop", "message"):
            self.is_whole = True


class NotAdmitted(Exception):
    """The call is not made. The message is for people, and for the agent, which ends with it."""


class Meter(Protocol):
    """Who decides whether a call may be made, and books what it came to. Called from several threads."""

    def admit(self, request: Mapping[str, Any], size: int) -> Any:
        """A ticket for ``book``. Raises NotAdmitted."""

    def book(self, ticket: Any, counted: Counted, *, fault: str) -> None:
        """Once a ticket; ``fault`` empty: it was answered."""


@dataclass(slots=True)
class Door:
    """``refused`` is why a call was not admitted; ``status`` of the last answer that was an error."""

    port: int
    word: str
    refused: str = ""
    status: int = 0
    retry_after: str = ""
    calls: int = 0
    changed: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def opened(*, base_url: str, key: str, model: str, meter: Meter) -> Iterator[Door]:
    """A door that is there within the block; calls under way at its end are cut off and booked."""
    limits = httpx.Limits(max_keepalive_connections=0)  # so that each call has a socket of its own to cut off
    with httpx.Client(timeout=_TIMES, limits=limits) as client:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.daemon_threads = False
        door = Door(server.server_address[1], token_urlsafe(32))
        server.relay = _Relay(client, base_url.rstrip("/"), key, model, meter, door)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield door
        finally:
            server.shutdown()
            thread.join()
            server.relay.cut_off()  # type: ignore[attr-defined]
            server.server_close()


@dataclass(slots=True)
class _Relay:
    client: httpx.Client
    base_url: str
    key: str
    model: str
    meter: Meter
    door: Door
    is_closing: bool = False
    sockets: list[socket.socket] = field(default_factory=list)

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by the client of each connection that it makes."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self.sockets.append(info["return_value"].get_extra_info("socket"))

    def cut_off(self) -> None:
        """Whoever waits for the model is woken up."""
        self.is_closing = True
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def asked(
        self, url: str, body: bytes, given: Mapping[str, str]
    ) -> AbstractContextManager[httpx.Response]:
        told = {"trace": self.note}
        return self.client.stream("POST", url, content=body, headers=self.headers(given), extensions=told)

    def headers(self, given: Mapping[str, str]) -> dict[str, str]:
        kept = {name: given[name] for name in given if name in _PASSED_ON or name.startswith("anthropic-")}
        ours = {"x-api-key": self.key, "accept-encoding": "identity"}
        return {"anthropic-version": ANTHROPIC_VERSION, **kept, **ours}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        relay: _Relay = self.server.relay  # type: ignore[attr-defined]
        self.close_connection = True
        path, _, query = self.path.partition("?")
        given = {name.lower(): value for name, value in self.headers.items()}
        word = given.get("x-api-key") or given.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(word.encode(), relay.door.word.encode()):
            return self._refuse(401, "authentication_error", "This door is not yours.")
        body = self._body()
        if path not in _PATHS or body is None:
            return self._refuse(404, "not_found_error", "There is nothing but the model here.")
        asked = _asked(body)
        if asked.get("model") != relay.model:
            return self._refuse(400, "invalid_request_error", f"The model of this run is {relay.model}.")
        url = f"{relay.base_url}{path}{'?' if query else ''}{query}"
        if path != "/v1/messages":
            self._pass(relay, url, given, body, Counted())
            return None
        return self._pay_and_pass(relay, url, given, body, asked)

    def _pay_and_pass(
        self, relay: _Relay, url: str, given: Mapping[str, str], body: bytes, asked: dict[str, Any]
    ) -> None:
        try:
            ticket = relay.meter.admit(asked, len(body))
        except NotAdmitted as error:
            relay.door.refused = str(error)
            return self._refuse(400, "invalid_request_error", str(error))
        counted, fault = Counted(), "broken"
        try:
            fault = self._pass(relay, url, given, body, counted)
        finally:
            relay.meter.book(ticket, counted, fault=fault)
        return None

    def _pass(self, relay: _Relay, url: str, given: Mapping[str, str], body: bytes, counted: Counted) -> str:
        """What went wrong; empty: nothing did."""
        with relay.door.changed:
            relay.door.calls += 1
        try:
            with relay.asked(url, body, given) as answer:
                with relay.door.changed:
                    relay.door.status = answer.status_code if answer.status_code >= 400 else 0
                    relay.door.retry_after = answer.headers.get("retry-after", "")
                self._begin(answer)
                for piece in _counting(answer, counted):
                    if relay.is_closing:
                        return "stopped"
                    self.wfile.write(piece)
                    self.wfile.flush()
                if answer.status_code >= 400:
                    return f"http_{answer.status_code}"
                return "" if counted.is_whole or "count_tokens" in url else "cut_off"
        except httpx.HTTPError as error:
            if relay.is_closing:
                return "stopped"
            if not counted.said:
                relay.door.status = 503
                self._refuse(503, "api_error", f"The model cannot be reached: {type(error).__name__}.")
            return "unreachable"
        except OSError:
            return "stopped"

    def _begin(self, answer: httpx.Response) -> None:
        self.send_response(answer.status_code)
        for name in _PASSED_BACK:
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("connection", "close")
        self.end_headers()

    def _refuse(self, status: int, kind: str, message: str) -> None:
        body = json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode()
        with suppress(OSError):
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(body)

    def _body(self) -> bytes | None:
        length = self.headers.get("content-length", "")
        return self.rfile.read(int(length)) if length.isdecimal() and int(length) <= _MOST_BYTES else None

    def log_message(self, format: str, *args: object) -> None:
        """Silent: what is worth knowing stands in the ledger."""


def _counting(answer: httpx.Response, counted: Counted) -> Iterator[bytes]:
    """The pieces as they come; lines of events are read on the way."""
    is_stream = answer.headers.get("content-type", "").startswith("text/event-stream")
    rest = b""
    for piece in answer.iter_raw():
        counted.said += len(piece)
        rest += piece
        if is_stream:
            *lines, rest = rest.split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    counted.take(_asked(line[5:]))
        yield piece
    if not is_stream and len(rest) <= _MOST_BYTES:
        counted.take(_asked(rest))


def _asked(text: bytes) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
        if isinstance(found, dict):
            return found
    return {}


def _number(usage: Mapping[str, Any], name: str, known: int) -> int:
    value = usage.get(name)
    return value if type(value) is int and 0 <= value < 100_000_000 else known
