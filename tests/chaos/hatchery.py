"""Hatches engine processes by forking, so that two hundred of them can be killed in a minute.

Run as ``python -m tests.chaos.hatchery``: it loads everything once, then for every line on stdin forks a
child that runs an engine with its heartbeat, exactly as a Celery worker does, and answers with its pid.
The line names the point and the count at which the child kills itself, or ``-``. Broker messages are
replaced by a look at the database every few milliseconds; what is tested here is the rest.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from importlib import import_module

import django

LOOK_SECONDS = 0.01


def main() -> None:
    django.setup()
    import_module("tests.chaos.effects")  # registers the node types that the runs use
    if os.environ.get("LIVE_TRADING"):
        import_module("tests.chaos.pretending")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)  # noqa: T201 - the protocol with the test
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(line.strip())
        print(pid, flush=True)  # noqa: T201


def _live(point: str) -> None:
    """One worker's whole life."""
    from orchestrator.executions.runtime import points
    from orchestrator.executions.runtime.worker import start_worker, stop_worker, wake_worker

    sys.stdin.close()
    os.close(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if point != "-":
        points.install(_killer(*point.split(":")))
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    start_worker()
    while not ended.wait(LOOK_SECONDS):
        wake_worker()
    stop_worker()
    os._exit(0)


def _killer(name: str, times: str) -> Callable[[str], None]:
    left = [int(times)]

    def hook(reached: str) -> None:
        if reached == name:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


if __name__ == "__main__":
    main()
