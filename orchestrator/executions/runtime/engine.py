"""The engine of one worker process: claims executions, advances them, commits them, lets them go.

One thread runs this loop and holds all runs; handlers work beside it. Everything the loop has to know
comes through one queue. Each turn of the loop stores all runs that want it with one commit.
"""

from __future__ import annotations

import heapq
import math
import os
import queue
import secrets
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection

from orchestrator.core.clock import utc_now
from orchestrator.executions.runtime import mail, points
from orchestrator.executions.runtime.admission import admit
from orchestrator.executions.runtime.claims import BATCH, claim_due
from orchestrator.executions.runtime.committing import Committed, commit_runs
from orchestrator.executions.runtime.endings import tell_over
from orchestrator.executions.runtime.feed import Nudger
from orchestrator.executions.runtime.handlers import Done, Handlers
from orchestrator.executions.runtime.hints import hint_arrived, send_hint
from orchestrator.executions.runtime.loading import abort, load
from orchestrator.executions.runtime.run import Run

MAX_RUNS: Final = 200
"""Runs one engine holds at a time; most of them wait for their handlers."""
POLL_SECONDS: Final = 2.0
"""How often an engine looks for due rows without being told to."""
PACE_SECONDS: Final = 0.016
"""The mean pause between looks that hints ask for: under load, runs then share claims and commits."""
BURST_SECONDS: Final = 4 * PACE_SECONDS
"""How far such looks may run ahead of their pace: a worker that had little to do looks at once."""
FLUSH_SECONDS: Final = 0.05
"""How long a step may be under way before the page is told that it began."""
NEVER: Final = math.inf
NEAR: Final = timedelta(seconds=60)
"""Timers nearer than this are kept by the engine that saw them; the sweep is for the others."""
GRACE_SECONDS: Final = 8.0
"""How long handlers may go on after the engine was told to stop."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wake:
    """There may be due rows."""


@dataclass(frozen=True, slots=True)
class MailFor:
    """Letters have come for runs that this engine holds."""

    execution_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """Let everything go, and end."""


Message: TypeAlias = Done | Wake | MailFor | Stop


def new_owner() -> str:
    """A name for the leases of this process: host, process id, and something that no other process had."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(6)}"


class Engine:
    """``lease`` is how long a claimed run stays ours without a heartbeat."""

    def __init__(self, *, lease: timedelta) -> None:
        self.owner = new_owner()
        self.lease = lease
        self.runs: dict[UUID, Run] = {}
        self.turned_at = time.monotonic()
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._handlers = Handlers(self._inbox.put)
        self._nudger = Nudger(self._handlers)
        self._stirred: set[UUID] = set()
        self._timers: list[tuple[datetime, UUID]] = []
        self._look_at = 0.0
        """When to look for due rows, by the monotonic clock; NEVER if there is no reason to."""
        self._looked_at = 0.0
        self._paced_at = 0.0
        """When the next look would be due if all looks kept their pace."""
        self._hinted = False
        self._stopping = False

    def tell(self, message: Message) -> None:
        """From any thread."""
        self._inbox.put(message)

    def run(self) -> None:
        """Work until told to stop; then give everything back."""
        while not self._stopping:
            self._turn_safely()
        self._drain()
        self.close()
        connection.close()

    def run_until_idle(self) -> None:
        """Work until nothing is due and nothing is at work; for tests and one-shot commands."""
        self._look_soon()
        while self._look_at < NEVER or self.runs:
            self.turn()

    def close(self) -> None:
        """End the threads of the handlers."""
        self._handlers.close(self._nudger.close())

    def turn(self) -> None:
        """One turn: hear, claim, advance, commit."""
        self._hear(self._patience())
        if self._wants_more and self._look_at <= time.monotonic():
            self._claim()
        self._advance()
        self._commit()

    def _turn_safely(self) -> None:
        """A database that is away stops nothing: what is in memory waits for it."""
        try:
            self.turn()
        except (OperationalError, InterfaceError) as error:
            log.warning("database_away", error=str(error).partition("\n")[0])
            connection.close()
            self._look_soon()
            time.sleep(0.2)

    @property
    def _wants_more(self) -> bool:
        return not self._stopping and len(self.runs) <= MAX_RUNS - BATCH

    def _look_soon(self, at: float = 0.0) -> None:
        self._look_at = min(self._look_at, at)

    def _patience(self) -> float:
        """Seconds to wait for a message."""
        if self._stirred:
            return 0.0
        now = utc_now()
        waits = [POLL_SECONDS]
        if self._wants_more:
            waits.append(self._look_at - time.monotonic())
        if self._timers:
            waits.append((self._timers[0][0] - now).total_seconds())
        if any(run.journal for run in self.runs.values()):
            waits.append(FLUSH_SECONDS)
        return max(0.0, min(waits))

    def _hear(self, seconds: float) -> None:
        self.turned_at = time.monotonic()
        try:
            self._take(self._inbox.get(timeout=seconds) if seconds else self._inbox.get_nowait())
            while True:
                self._take(self._inbox.get_nowait())
        except queue.Empty:
            pass
        self.turned_at = time.monotonic()
        now = utc_now()
        while self._timers and self._timers[0][0] <= now:
            _, execution_id = heapq.heappop(self._timers)
            if execution_id in self.runs:
                self._stirred.add(execution_id)
            else:
                self._look_soon()
        if time.monotonic() - self._looked_at > POLL_SECONDS:
            self._look_soon()

    def _take(self, message: Message) -> None:
        match message:
            case Done(job, outcome):
                run = self.runs.get(job.run_id)
                if run is not None and run.claim.fence == job.fence:
                    run.finish(job, outcome)
                    self._stirred.add(job.run_id)
            case Wake():
                self._hinted = True
                self._look_soon(self._paced_at - BURST_SECONDS)
            case MailFor(execution_ids):
                self._deliver(each for each in execution_ids if each in self.runs)
            case Stop():
                self._stopping = True

    def _deliver(self, execution_ids: Iterable[UUID]) -> None:
        for execution_id, letters in mail.fetch(list(execution_ids)).items():
            self.runs[execution_id].take(letters)
            self._stirred.add(execution_id)

    def _claim(self) -> None:
        if self._hinted:
            self._hinted = False
            hint_arrived()
        self._look_at, self._looked_at = NEVER, time.monotonic()
        self._paced_at = max(self._paced_at, self._looked_at) + PACE_SECONDS
        points.reach("before_claim")
        now = utc_now()
        claims = claim_due(self.owner, lease=self.lease, now=now)
        points.reach("after_claim")
        for claim in claims:
            stale = self.runs.pop(claim.id, None)
            if stale is not None:
                stale.jobs.stop_all()
            self.runs[claim.id] = load(claim, self._handlers, now)
            self._stirred.add(claim.id)
        self._deliver(claim.id for claim in claims if claim.has_mail)
        if len(claims) == BATCH:
            self._look_soon()
            send_hint()  # there is probably more: let another worker help

    def _advance(self) -> None:
        for execution_id in self._stirred:
            run = self.runs.get(execution_id)
            if run is None:
                continue
            try:
                run.advance(draining=self._stopping)
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:
                log.exception("engine_error", **run.claim.named)
                abort(run, "engine_error", f"The engine could not go on: {type(error).__name__}: {error}")

    def _commit(self) -> None:
        stirred = [self.runs[each] for each in self._stirred if each in self.runs]
        self._stirred = set()
        wanting = [run for run in stirred if run.wants_commit]
        if not stirred:
            wanting = [
                run for run in self.runs.values() if run.journal
            ]  # nothing else to do: show what began
        if wanting:
            done = commit_runs(wanting)
            self._drop_lost(wanting, done)
            for each in done:
                self._committed(each)
        for run in stirred:
            if run.claim.id in self.runs:
                run.start_ready()
                self._keep_going(run)

    def _drop_lost(self, wanting: list[Run], done: list[Committed]) -> None:
        kept = {each.run.claim.id for each in done}
        for run in wanting:
            if run.claim.id not in kept:
                log.warning("lease_lost", **run.claim.named, fence=run.claim.fence)
                run.jobs.stop_all()
                del self.runs[run.claim.id]

    def _committed(self, done: Committed) -> None:
        run = done.run
        self._nudger.tell(run.claim.id, run.claim.workflow_id)
        if done.others_due:
            self._look_soon()
        if not done.released:
            if done.has_mail:
                self.tell(MailFor((run.claim.id,)))
            return
        del self.runs[run.claim.id]
        if done.has_mail:
            self._look_soon()
        if run.state.is_final:
            tell_over(run.claim.id, run.machine.graph)
            if run.has_limit and admit(run.claim.workflow_id, now=utc_now()):
                self._look_soon()
        else:
            self._remember(run)

    def _keep_going(self, run: Run) -> None:
        if run.has_more:
            self._stirred.add(run.claim.id)
        else:
            self._remember(run)

    def _remember(self, run: Run) -> None:
        """Come back to a run when its next timer is due, if that is soon."""
        due = run.next_due()
        if due is not None and due - utc_now() < NEAR:
            heapq.heappush(self._timers, (due, run.claim.id))

    def _drain(self) -> None:
        """Let handlers end, store what they did, and release every lease."""
        deadline = time.monotonic() + GRACE_SECONDS
        self._stirred = set(self.runs)
        while self.runs and time.monotonic() < deadline:
            self._turn_safely()
        for run in self.runs.values():
            run.jobs.leave()
        self._stirred = set(self.runs)
        if self.runs:
            self._turn_safely()
