"""Keeps an engine's leases alive, and ends the process if the engine no longer moves.

In a thread with a database connection of its own: an engine that is busy for long must not lose its
runs, and one that hangs must not keep them.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from typing import Final

import psutil
import structlog
from django.db import InterfaceError, OperationalError, connection

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.claims import give_up, renew, with_mail
from orchestrator.executions.runtime.engine import Engine, MailFor
from orchestrator.executions.runtime.presence import BEAT_SECONDS, announce, take_leave

MAIL_SECONDS: Final = 0.5
HUNG_SECONDS: Final = 120.0
EXIT_HUNG: Final = 70

log = structlog.get_logger(__name__)


class Heartbeat:
    """Beats three times per lease; looks for mail for held runs twice a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._renewed_at = time.monotonic()
        self._announced_at = float("-inf")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)
        take_leave(self._engine.owner)

    def _run(self) -> None:
        pause = min(MAIL_SECONDS, self._engine.lease.total_seconds() / 3)
        while not self._stop.wait(pause):
            self._watch()
            self._announce()
            if not self._engine.runs:
                continue
            try:
                self._beat()
            except (OperationalError, InterfaceError) as error:
                log.warning("heartbeat_missed", error=str(error).partition("\n")[0])
                connection.close()
        connection.close()

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._renewed_at >= self._engine.lease.total_seconds() / 3:
            renew(self._engine.owner, lease=self._engine.lease, now=utc_now())
            self._renewed_at = now
        waiting = with_mail(self._engine.owner)
        if waiting:
            self._engine.tell(MailFor(tuple(waiting)))

    def _announce(self) -> None:
        if time.monotonic() - self._announced_at >= BEAT_SECONDS:
            self._announced_at = time.monotonic()
            announce(self._engine.owner, now=utc_now(), runs=len(self._engine.runs))

    def _watch(self) -> None:
        """A handler that should have been quick and never returns would keep every run of this worker."""
        if time.monotonic() - self._engine.turned_at > HUNG_SECONDS:
            log.critical("engine_hung", seconds=HUNG_SECONDS)
            os._exit(EXIT_HUNG)


def release_dead_neighbours(owner: str, now: datetime) -> int:
    """Free the leases of workers of this host whose process is gone; the number of runs freed.

    Without it a restarted worker would wait for them to lapse.
    """
    host = owner.partition(":")[0]
    held = Execution.objects.filter(lease_until__isnull=False, lease_owner__startswith=f"{host}:")
    owners = held.values_list("lease_owner", flat=True).distinct()
    dead = [each for each in owners if each != owner and not psutil.pid_exists(int(each.split(":")[1]))]
    return give_up(dead, now) if dead else 0
