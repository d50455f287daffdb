"""The engine inside a Celery worker process: started with it, woken by its tasks, drained at its end."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import OperationalError, connection

from orchestrator.core.clock import utc_now
from orchestrator.core.memory import calm_collector
from orchestrator.executions.runtime.engine import Engine, Stop, Wake
from orchestrator.executions.runtime.heartbeat import Heartbeat, release_dead_neighbours

EXIT_DIED: Final = 71

log = structlog.get_logger(__name__)


class Worker:
    """An engine with its thread and its heartbeat."""

    def __init__(self) -> None:
        self.engine = Engine(lease=timedelta(seconds=settings.ENGINE_LEASE_SECONDS))
        self._heartbeat = Heartbeat(self.engine)
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        calm_collector()
        self._thread.start()
        self._heartbeat.start()

    def wake(self) -> None:
        self.engine.tell(Wake())

    def stop(self) -> None:
        """Drain: returns when every lease is released, or the grace period is over."""
        self.engine.tell(Stop())
        self._thread.join()
        self._heartbeat.stop()

    def _run(self) -> None:
        try:
            log.info("engine_started", owner=self.engine.owner, freed=self._release_dead_neighbours())
            self.engine.run()
            log.info("engine_stopped", owner=self.engine.owner)
        except BaseException:
            log.critical("engine_died", exc_info=True)
            os._exit(EXIT_DIED)  # a process without its engine must not look alive

    def _release_dead_neighbours(self) -> int:
        """Their leases lapse anyway, so a database that is just starting is no reason not to begin."""
        try:
            return release_dead_neighbours(self.engine.owner, utc_now())
        except OperationalError as error:
            log.warning("neighbours_not_looked_for", error=str(error).partition("\n")[0])
            connection.close()
            return 0


_worker: Worker | None = None


def start_worker() -> None:
    """Start this process's engine. Does nothing if it runs already."""
    global _worker
    if _worker is None:
        _worker = Worker()
        _worker.start()


def stop_worker() -> None:
    global _worker
    if _worker is not None:
        _worker.stop()
        _worker = None


def wake_worker() -> bool:
    """Have this process's engine look for due rows. False if it has none."""
    if _worker is None:
        return False
    _worker.wake()
    return True
