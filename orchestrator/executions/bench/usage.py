"""How much of the processor was used: by this process, by others that it knows, and by its PostgreSQL.

On a machine that others use, too, this says more than the clock. With a PostgreSQL of another machine, what
that one used is left out.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
from django.db import connection


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds: of the clock, and of the processor by name."""

    wall: float
    processor: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.processor.values())

    def __str__(self) -> str:
        shares = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.processor.items())
        return f"{self.wall:.1f} s by the clock, {self.total:.1f} s of CPU ({shares})"


@dataclass(slots=True)
class Meter:
    """``used`` since it was made. ``others`` are processes by name, with all that they started."""

    others: dict[str, int] = field(default_factory=dict)
    _began: float = field(default_factory=time.perf_counter, init=False)
    _before: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        server = _server()
        if server is not None:
            self.others = {**self.others, "PostgreSQL": server}
        self._before = self._read()

    def used(self) -> Used:
        now = self._read()
        return Used(
            time.perf_counter() - self._began,
            {name: now[name] - before for name, before in self._before.items()},
        )

    def _read(self) -> dict[str, float]:
        others = {name: family_seconds(pid) for name, pid in self.others.items()}
        return {"this process": time.process_time(), **others}


def family_seconds(pid: int) -> float:
    """What a process, its children and those that are gone have used; 0 for one that is gone itself."""
    return sum(_seconds(pid))


def _seconds(pid: int) -> Iterator[float]:
    try:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            yield sum(each.cpu_times()[:4])  # its own, and of the children that it has waited for
    except psutil.NoSuchProcess:
        return


def _server() -> int | None:
    """The process that started the one that answers us, if it runs here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        parent = psutil.Process(backend).parent()
    except psutil.NoSuchProcess:
        return None
    return parent.pid if parent is not None and parent.name() == "postgres" else None
