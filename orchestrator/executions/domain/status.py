"""The life of an execution: its statuses and the moves between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from orchestrator.core.errors import WrongState


class Status(StrEnum):
    PENDING = "pending"  # accepted, not yet taken by a worker
    RUNNING = "running"  # a worker holds it, or should
    WAITING = "waiting"  # for a timer, a person, a signal, another run or a retry
    PAUSED = "paused"  # by a person
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


FINAL: Final = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.TIMED_OUT})
LIVE: Final = frozenset(Status) - FINAL

_NEXT: Final = {
    Status.PENDING: frozenset({Status.RUNNING}),
    Status.RUNNING: frozenset({Status.RUNNING, Status.WAITING, Status.PAUSED}) | FINAL,
    Status.WAITING: frozenset({Status.RUNNING}),
    Status.PAUSED: frozenset({Status.RUNNING}),
}


class IllegalTransition(WrongState):
    """An execution in this status cannot move to that one."""

    code = "illegal_transition"


def check_transition(current: Status, target: Status) -> None:
    """Raises IllegalTransition. Every change goes through ``running``: only a worker changes an execution.

    ``running`` may follow ``running``: a lease that lapsed was taken over.
    """
    if target not in _NEXT.get(current, frozenset()):
        raise IllegalTransition(f"A {current} execution cannot become {target}.")
