"""From a claim to a run that can go on: its graph, its state, and what came since the last snapshot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from orchestrator.core.clock import utc_now
from orchestrator.core.json import JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.arrivals import to_iso
from orchestrator.executions.domain.state import State
from orchestrator.executions.queries.history import present_state
from orchestrator.executions.runtime.claims import Claim
from orchestrator.executions.runtime.graphs import EMPTY, graph_of
from orchestrator.executions.runtime.handlers import Handlers
from orchestrator.executions.runtime.run import Run
from orchestrator.graphs.compiled import CompiledGraph
from orchestrator.graphs.problems import InvalidGraph
from orchestrator.workflows.domain.settings import WorkflowSettings

MAX_RECOVERIES: Final = 10
"""Leases that may lapse in a row without any progress before the run is given up."""


log = structlog.get_logger(__name__)


def load(claim: Claim, handlers: Handlers, now: datetime) -> Run:
    """A claimed execution in memory. One that cannot go on is loaded as a run that is about to fail."""
    graph, fault = _graph(claim)
    run = Run(claim, graph, _stored_state(claim), handlers)
    if claim.last_seq == 0:
        trigger = {name: value for name, value in claim.trigger.items() if name != "origin"}
        origin = claim.trigger.get("origin")
        run.begin(_started(claim, graph, trigger, now), origin if isinstance(origin, dict) else {})
    if claim.recoveries:
        run.machine.emit(ev.ExecutionRecovered(at=now, times=claim.recoveries))
    if claim.recoveries > MAX_RECOVERIES:
        message = (
            f"The worker died {claim.recoveries} times in a row without any progress in this run. "
            "Something in the step that was running probably takes its process down."
        )
        fault = {"code": "worker_died", "message": message}
    if fault is not None and run.state.root.ending is None:
        run.machine.emit(ev.ExecutionAborted(at=now, error=fault))
    return run


def abort(run: Run, code: str, message: str) -> None:
    """Go back to what is stored of a run and end it there; for what must never happen, and did."""
    log.error("run_aborted", **run.claim.named, code=code, message=message)
    run.reset(_stored_state(replace(run.claim, last_seq=run.journal.base_seq)))
    run.machine.emit(ev.ExecutionAborted(at=utc_now(), error={"code": code, "message": message}))
    run.advance()


def _stored_state(claim: Claim) -> State:
    return present_state(claim.id, claim.state, claim.state_seq, claim.last_seq)


def _graph(claim: Claim) -> tuple[CompiledGraph, JsonObject | None]:
    try:
        return graph_of(claim.version_id), None
    except InvalidGraph as error:
        return EMPTY, {"code": "invalid_graph", "message": f"The version cannot run here: {error}"}


def _started(claim: Claim, graph: CompiledGraph, trigger: JsonObject, now: datetime) -> ev.ExecutionStarted:
    """Expressions see the trigger, and not from where the person called."""
    settings = WorkflowSettings.model_validate(claim.settings)
    timeout = settings.timeout_seconds
    return ev.ExecutionStarted(
        at=now,
        input=claim.input,
        trigger=trigger,
        info={
            "id": str(claim.id),
            "workflow_id": str(claim.workflow_id),
            "workflow": claim.workflow_name,
            "started_at": to_iso(claim.started_at),
            "retry_of": str(claim.retry_of_id) if claim.retry_of_id else None,
        },
        options={
            "max_steps": settings.max_steps,
            "max_attempts": settings.max_retries + 1,
            "parallel": settings.parallel_steps,
        },
        entries=[] if claim.seed is not None else list(graph.entries),
        deadline=claim.started_at + timedelta(seconds=timeout) if timeout else None,
        seed=claim.seed,
    )
