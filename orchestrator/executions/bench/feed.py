"""How soon an open browser hears of an event: from the moment the event tells, to its arrival on the socket.

A web server and two engine workers in processes of their own; 500 sockets of 100 people in another one.
The moment of an event is taken before its commit, so the commit is part of what is measured.
"""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

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
    yield _floor()
    port = _free_port()
    workflow = chain(bench_user(), STEPS, _pausing)
    tokens = [open_family(user).access for user in _watchers(workflow.pk)]
    with (
        processes([engine_worker(1), engine_worker(2)]),
        processes([_web("orchestrator.asgi:application", port)], ready=False),
    ):
        _wait_for(port)
        yield Figure(SYSTEM, "all follow one run", "ms", _followers(port, tokens, _start(workflow, 1)))
        yield Figure(
            SYSTEM, "10 follow each of 50 runs", "ms", _followers(port, tokens, _start(workflow, 50))
        )
        one, *_ = _start(workflow, 10)
        mine: list[Wish] = [{"mine": True}] * (SOCKETS - 1)
        delays = _follow(port, tokens, [{"execution": str(one)}, *mine])
        yield Figure(SYSTEM, "one follows a run, the others all of 10", "ms", delays)


def _floor() -> Figure:
    """What the web server, the sockets and the listener take by themselves."""
    port = _free_port()
    with processes([_web("orchestrator.executions.bench.bare:application", port)], ready=False):
        _wait_for(port)
        return Figure(SYSTEM, "a server that only sends", "ms", _follow(port, [""], [{}] * SOCKETS))


def _web(application: str, port: int) -> list[str]:
    """As ``make up`` starts it."""
    options = ["--no-access-log", "--log-level", "error", "--ws-per-message-deflate", "false"]
    return [sys.executable, "-m", "uvicorn", application, "--port", str(port), *options]


def _start(workflow: Workflow, runs: int) -> list[UUID]:
    return [start_execution(bench_user(), workflow.pk)[0].pk for _ in range(runs)]


def _followers(port: int, tokens: Sequence[str], runs: Sequence[UUID]) -> list[float]:
    wishes: list[Wish] = [{"execution": str(runs[each % len(runs)])} for each in range(SOCKETS)]
    return _follow(port, tokens, wishes)


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


def _follow(port: int, tokens: Sequence[str], wishes: Sequence[Wish]) -> list[float]:
    """Milliseconds of every event on every socket, heard by a process of its own."""
    task = {
        "port": port,
        "path": "/ws/feed/",
        "tokens": list(tokens),
        "wishes": [{"subscribe": wish} for wish in wishes],
        "seconds": LISTEN_SECONDS,
    }
    listener = [sys.executable, "-m", "orchestrator.executions.bench.listening"]
    with subprocess.Popen(listener, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        said, _ = process.communicate(json.dumps(task) + b"\n", timeout=_READY_SECONDS + LISTEN_SECONDS)
    heard: list[float] = json.loads(said)
    assert heard, "the sockets heard of events"
    return heard


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
