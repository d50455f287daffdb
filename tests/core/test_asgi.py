"""Requests over HTTP borrow threads that are kept, with their database connections."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse

from orchestrator.core import asgi
from orchestrator.core.asgi import ThreadKeepingHandler

pytestmark = pytest.mark.django_db(transaction=True)

_SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}


class Handler(ThreadKeepingHandler):
    """Answers with its thread and its connection, once as many requests are there as the test sent."""

    def __init__(self, together: int = 1) -> None:
        super().__init__()
        self.all_here = threading.Barrier(together)

    def get_response(self, request: HttpRequest) -> HttpResponse:
        self.all_here.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return HttpResponse(f"{threading.get_ident()} {cursor.fetchone()[0]}")

    def end(self) -> None:
        for thread in self._idle:
            thread.submit(connections.close_all)
            thread.shutdown()


@pytest.fixture
def handler() -> Iterator[Handler]:
    made = Handler()
    yield made
    made.end()


async def answer_of(handler: Handler, *then: dict[str, Any]) -> str:
    """The body, as "thread connection". ``then`` is what the client sends after its request."""
    arriving = asyncio.Queue[dict[str, Any]]()
    for message in ({"type": "http.request", "body": b""}, *then):
        arriving.put_nowait(message)
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await handler({**_SCOPE}, arriving.get, send)
    return b"".join(message.get("body", b"") for message in sent).decode()


async def answers_of(handler: Handler, together: int) -> list[str]:
    handler.all_here = threading.Barrier(together)
    return await asyncio.gather(*(answer_of(handler) for _ in range(together)))


def open_connections() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend'"  # not those of autovacuum, which come and go
        )
        return {pid for (pid,) in cursor.fetchall()}


def test_the_next_request_finds_thread_and_connection_as_the_last_one_left_them(handler: Handler) -> None:
    async def both() -> list[str]:
        return [await answer_of(handler), await answer_of(handler)]

    first, second = asyncio.run(both())
    assert first == second
    assert first.split()[0] != str(threading.get_ident())


def test_requests_at_once_have_a_thread_and_a_connection_each(handler: Handler) -> None:
    answers = asyncio.run(answers_of(handler, 3))
    assert len({each.split()[0] for each in answers}) == len({each.split()[1] for each in answers}) == 3


def test_what_a_crowd_needed_beyond_those_that_are_kept_is_closed_again(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "KEPT", 2)
    before = open_connections()
    asyncio.run(answers_of(handler, 5))
    for _ in range(100):
        if len(open_connections() - before) == 2:
            break
        threading.Event().wait(0.05)
    assert len(open_connections() - before) == 2


def test_a_request_whose_client_leaves_gives_its_thread_back(handler: Handler) -> None:
    async def one_leaves() -> tuple[str, str, str]:
        first = await answer_of(handler)
        none = await answer_of(handler, {"type": "http.disconnect"})
        return first, none, await answer_of(handler)

    first, none, last = asyncio.run(one_leaves())
    assert (none, last) == ("", first)
