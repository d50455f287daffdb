"""Workers that die at a point of their work, and another that comes after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import time_machine

from orchestrator.core.clock import utc_now
from orchestrator.executions.runtime import points
from orchestrator.executions.runtime.engine import Engine

LEASE = timedelta(seconds=15)


class Died(BaseException):
    """Stands for the sudden death of a worker at a point."""


@contextmanager
def passing(hook: Callable[[str], None] | None) -> Iterator[None]:
    """The hook is told of each point that the engine passes; where it raises Died, the engine dies."""
    points.install(hook)
    try:
        yield
    finally:
        points.install(None)


@contextmanager
def dying_at(name: str, times: int = 1) -> Iterator[None]:
    """The engine dies when it reaches the point for the n-th time."""
    left = [times]

    def hook(reached: str) -> None:
        if reached == name:
            left[0] -= 1
            if left[0] == 0:
                raise Died(name)

    with passing(hook):
        yield


@contextmanager
def engine() -> Iterator[Engine]:
    made = Engine(lease=LEASE)
    try:
        yield made
    finally:
        made.close()


def work_until_killed(hook: Callable[[str], None] | None = None) -> None:
    """One worker, which dies where ``hook``, or something that it calls, raises Died: its lease stays."""
    with suppress(Died), passing(hook), engine() as worker:
        worker.run_until_idle()


def finish_elsewhere() -> None:
    """Another worker comes after the dead one's lease has lapsed."""
    with time_machine.travel(utc_now() + LEASE + timedelta(seconds=1), tick=True), engine() as other:
        other.run_until_idle()
