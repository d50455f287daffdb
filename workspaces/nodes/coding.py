"""``workspace-plan`` to ``workspace-deploy``: the steps of a coding run, each found by the run's id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog
from django.db import connection

from orchestrator.core.errors import DomainError
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.model import RetryPolicy
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Failed, Outcome, StepContext, Succeeded
from workspaces.models import ClaudeExecution
from workspaces.repositories import BadTree, RepositoryError
from workspaces.sandbox import Refused, SandboxMissing
from workspaces.services.coding import record, steps
from workspaces.services.coding.claude import AgentFailed
from workspaces.services.coding.meter import Spending

_TRIES: Final = 3
_RETRY: Final = RetryPolicy(max_attempts=_TRIES, backoff_seconds=2)
_FAULTS: Final = (Refused, SandboxMissing, BadTree, RepositoryError, steps.NoBetter, DomainError)
"""What would happen again: told to people in its own words."""

Work = Callable[[ClaudeExecution, Spending], dict[str, Json]]
log = structlog.get_logger(__name__)


class NoConfig(NodeConfig):
    """No field at all."""


def _do(work: Work, step: StepContext) -> Outcome:
    run = record.find_run(step.execution_id)
    if run is None:
        return Failed("no_batch", "No batch of reviews started this run.", retryable=False)
    spending = Spending(step)
    try:
        return Succeeded(work(run, spending), usage=spending.usage)
    except AgentFailed as error:
        return _agent_failed(run, error, step, spending)
    except record.RunOver as error:
        return Failed("run_over", str(error), retryable=False, usage=spending.usage)
    except _FAULTS as error:
        _fail(run, step, str(error))
        return Failed(type(error).__name__.lower(), str(error), retryable=False, usage=spending.usage)
    except Exception:
        log.exception("coding_step_failed", **step.named)
        if step.attempt >= _TRIES:
            _fail(run, step, "The server could not go on with it. Its log says why.")
        raise
    finally:
        connection.close()  # the thread is of the engine's pool


def _fail(run: ClaudeExecution, step: StepContext, message: str) -> None:
    """The run has failed, unless another worker goes on with it: this one was only taken for dead."""
    with suppress(record.RunOver):
        record.require_current(step.execution_id, step.fence)
        record.fail(run.pk, message)


def _agent_failed(run: ClaudeExecution, error: AgentFailed, step: StepContext, spending: Spending) -> Failed:
    """Another attempt where it may help: the session begins anew, from the last checkpoint."""
    again = error.retryable and step.attempt < _TRIES
    if not again:
        _fail(run, step, str(error))
    waits: JsonObject = {} if error.retry_after is None else {"retry_after_seconds": error.retry_after}
    return Failed("agent_failed", str(error), retryable=again, details=waits, usage=spending.usage)


def _free(work: Callable[[ClaudeExecution], dict[str, Json]]) -> Work:
    """A step that asks nobody for money."""
    return lambda run, spending: work(run)


def _node_type(
    name: str, title: str, description: str, icon: str, work: Work, *, once: bool = False
) -> NodeType:
    """``once``: a step that is asked first whether it took place already, of the repository or versions."""

    async def again(step: StepContext) -> Outcome | None:
        return await asyncio.to_thread(_do, work, step)

    return NodeType(
        name=name,
        title=title,
        description=f"In coding runs: {description}",
        category="Pattern workspaces",
        icon=icon,
        config=NoConfig,
        effect=Effect.ONCE if once else Effect.IDEMPOTENT,
        internal=True,
        blocking=True,
        run=lambda step: _do(work, step),
        reconcile=again if once else None,
        retry=None if once else _RETRY,
    )


_TEST: Final = "holds the algorithm against every review."
_DEPLOY: Final = "takes the commit into use, once."
_COMMIT: Final = "commits the algorithm, once."
NODE_TYPES: Final = (
    _node_type(
        "workspace-plan", "Plan", "reads the reviews and scores what is in use.", "search", _free(steps.plan)
    ),
    _node_type("workspace-implement", "Implement", "changes the algorithm.", "pencil", steps.implement),
    _node_type("workspace-test", "Test", _TEST, "check", _free(steps.test)),
    _node_type("workspace-refine", "Refine", "looks further.", "repeat", steps.refine),
    _node_type(
        "workspace-commit", "Commit", _COMMIT, "git-commit-horizontal", _free(steps.commit), once=True
    ),
    _node_type("workspace-deploy", "Deploy", _DEPLOY, "rocket", _free(steps.deploy), once=True),
)
"""Coding runs: a batch of corrections is worked into the algorithm by a run of the engine."""
