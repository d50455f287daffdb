"""How soon an open browser hears of an event: from the moment the event tells, to its arrival on the socket.

A web server and two engine workers in processes of their own; 500 sockets of 100 people in this process.
The moment of an event is taken before its commit, so the commit is part of what is measured.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect

from orchestrator.accounts.models import User
from orchestrator.accounts.services.tokens import open_family
from orchestrator.core import json
from orchestrator.executions.bench.clients import bench_user
from orchestrator.executions.bench.engine import chain
from orchestrator.executions.bench.figures import Figure
from orchestrator.executions.bench.workers import engine_worker, processes
from orchestrator.executions.services.starting import start_execution
from orchestrator.workflows.models import Access, Workflow, WorkflowPermission

Wish = dict[str, Any]

SOCKETS: Final = 500
PEOPLE: Final = 100
STEPS: Final = 60
PAUSE_SECONDS: Final = 0.5
LISTEN_SECONDS: Final = 8.0
SYSTEM: Final = f"feed, {SOCKETS} sockets"
_READY_SECONDS: Final = 30.0


def measure_feed() -> Iterator[Figure]:
    port = _free_port()
    web = [sys.executable, "-m", "uvicorn", "orchestrator.asgi:application", "--port", str(port)]
    quiet = ["--no-access-log", "--log-level", "error"]
    workflow = chain(bench_user(), STEPS, _pausing)
    tokens = [open_family(user).access for user in _watchers(workflow.pk)]
    with processes([engine_worker(1), engine_worker(2)]), processes([[*web, *quiet]], ready=False):
        _wait_for(port)
        yield Figure(SYSTEM, "all follow one run", "ms", _followers(port, tokens, _start(workflow, 1)))
        yield Figure(
            SYSTEM, "10 follow each of 50 runs", "ms", _followers(port, tokens, _start(workflow, 50))
        )
        one, *_ = _start(workflow, 10)
        mine: list[Wish] = [{"mine": True}] * (SOCKETS - 1)
        delays = asyncio.run(_follow(port, tokens, [{"execution": str(one)}, *mine]))
        yield Figure(SYSTEM, "one follows a run, the others all of 10", "ms", delays)


def _start(workflow: Workflow, runs: int) -> list[UUID]:
    return [start_execution(bench_user(), workflow.pk)[0].pk for _ in range(runs)]


def _followers(port: int, tokens: Sequence[str], runs: Sequence[UUID]) -> list[float]:
    wishes: list[Wish] = [{"execution": str(runs[each % len(runs)])} for each in range(SOCKETS)]
    return asyncio.run(_follow(port, tokens, wishes))


def _pausing(node_id: str) -> dict[str, Any]:
    return {"id": node_id, "type": "timer", "data": {"config": {"seconds": PAUSE_SECONDS}}}


def _watchers(workflow_id: UUID) -> list[User]:
    people = [
        User(username=f"watcher{number}", email=f"watcher{number}@bench.test") for number in range(PEOPLE)
    ]
    User.objects.bulk_create(people, ignore_conflicts=True)
    found = list(User.objects.filter(username__startswith="watcher"))
    WorkflowPermission.objects.bulk_create(
        [WorkflowPermission(user=each, workflow_id=workflow_id, access=Access.VIEWER.value) for each in found]
    )
    return found


async def _follow(port: int, tokens: Sequence[str], wishes: Sequence[Wish]) -> list[float]:
    """Milliseconds of every event on every socket that was open when it happened."""
    address = f"ws://127.0.0.1:{port}/ws/feed/"
    sockets = [
        await connect(address, additional_headers={"Authorization": f"Bearer {tokens[number % len(tokens)]}"})
        for number in range(len(wishes))
    ]
    try:
        for each, wish in zip(sockets, wishes, strict=True):
            await each.send(json.dumps({"subscribe": wish}).decode())
            if "execution" in wish:
                await each.recv()  # what happened before
        await asyncio.sleep(1)
        open_since = time.time()
        delays = await asyncio.gather(*(_listen(each, open_since, LISTEN_SECONDS) for each in sockets))
    finally:
        await asyncio.gather(*(each.close() for each in sockets))
    heard = [delay for each in delays for delay in each]
    assert heard, "the sockets heard of events"
    return heard


async def _listen(one: ClientConnection, open_since: float, seconds: float) -> list[float]:
    delays: list[float] = []
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            text = await asyncio.wait_for(one.recv(), left)
        except TimeoutError:
            break
        now = time.time()
        message: Any = json.loads(text)
        assert "error" not in message, message
        moments = [
            datetime.fromisoformat(each["occurred_at"]).timestamp() for each in message.get("events", ())
        ]
        delays += [(now - moment) * 1000 for moment in moments if moment > open_since]
    return delays


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            probe.request("GET", "/healthz")
            if probe.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            probe.close()
    raise TimeoutError("the web server did not become ready")
