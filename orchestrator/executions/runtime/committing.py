"""Storing what runs have done: several in one statement, each of them all or nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Final
from uuid import UUID

import structlog
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection, transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.json import NotJson
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime import commit, points
from orchestrator.executions.runtime.commit import Batch, RunRow
from orchestrator.executions.runtime.latency import commits
from orchestrator.executions.runtime.loading import abort
from orchestrator.executions.runtime.run import Run
from orchestrator.executions.runtime.side_effects import PostMail, StartChild

PAUSES: Final = (0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between attempts to reach a database that is away; the last one is repeated."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Committed:
    """A run that was written. ``released``: the lease went with it. ``has_mail``: letters came meanwhile.
    ``others_due``: it made other runs due, its child or its parent.
    """

    run: Run
    released: bool
    has_mail: bool
    others_due: bool


def commit_runs(runs: Sequence[Run]) -> list[Committed]:
    """Write everything pending of these runs. Those missing from the answer have lost their lease.

    A run whose data cannot be stored fails alone, with the reason as its error. While the database is
    away this waits for it: what handlers have done must not be forgotten.
    """
    try:
        return _commit(runs)
    except (DataError, IntegrityError, NotJson) as error:
        if len(runs) > 1:
            return [done for run in runs for done in commit_runs([run])]
        _abort(runs[0], error)
        return _commit(runs)


def _commit(runs: Sequence[Run]) -> list[Committed]:
    now = utc_now()
    batch = Batch()
    rows = {}
    for run in runs:
        release = run.release(now) if run.is_idle else None
        rows[run.claim.id] = run.journal.fill(batch, run.state, release)
    points.reach("before_commit")
    began = time.perf_counter()
    written = _write_until_known(batch, runs, rows)
    commits.observe(time.perf_counter() - began)
    points.reach("after_commit")
    done = []
    for run in runs:
        if run.claim.id in written:
            row = rows[run.claim.id]
            others_due = any(isinstance(each, StartChild | PostMail) for each in run.journal.side_effects)
            has_mail = written[run.claim.id] > row.mail_taken
            done.append(Committed(run, row.lease_owner == "", has_mail, others_due))
            run.journal.committed(row)
            run.undurable = False
    return done


def _write_until_known(batch: Batch, runs: Sequence[Run], rows: dict[UUID, RunRow]) -> dict[UUID, int]:
    """Write, and if the connection breaks write again: the second time finds what the first one did."""
    broke = False
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        try:
            written = _write(batch, runs)
            return written | _already_written(rows, written) if broke else written
        except (OperationalError, InterfaceError) as error:
            log.warning("commit_interrupted", error=str(error).partition("\n")[0], runs=len(runs))
            broke = True
            connection.close()
            time.sleep(pause)
    raise AssertionError("unreachable")


def _write(batch: Batch, runs: Sequence[Run]) -> dict[UUID, int]:
    if not any(run.journal.side_effects for run in runs):
        return commit.write(batch)
    effects = [(run, effect) for run in runs for effect in run.journal.side_effects]
    touched = {effect.touches for _, effect in effects if effect.touches is not None}
    with transaction.atomic():
        # Parents are older than their children, so locking in the order of ids locks parents first.
        list(Execution.objects.filter(pk__in=touched).order_by("pk").select_for_update().values_list("pk"))
        written = commit.write(batch)
        for run, effect in effects:
            if run.claim.id in written:
                effect.write()
    return written


def _already_written(rows: dict[UUID, RunRow], written: dict[UUID, int]) -> dict[UUID, int]:
    """Runs that an attempt stored before its connection broke, with their mail counters."""
    missing = [key for key in rows if key not in written]
    stored = Execution.objects.filter(pk__in=missing).values_list("id", "fence", "last_seq", "mail_posted")
    return {
        key: posted
        for key, fence, last_seq, posted in stored
        if (fence, last_seq) == (rows[key].fence, rows[key].last_seq)
    }


def _abort(run: Run, error: Exception) -> None:
    """End a run whose data cannot be stored, at the point up to which it is."""
    reason = str(error).partition("\n")[0][:300]
    abort(run, "cannot_store", f"What the run did last could not be stored: {reason}")
