"""``workspace-plan`` to ``workspace-deploy``: the steps of a coding run, each found by the run's id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from django.db import connection

from orchestrator.core.errors import DomainError
from orchestrator.core.json import Json
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.model import RetryPolicy
from orchestrator.graphs.nodetypes import Effect, Handler, NodeType
from orchestrator.graphs.steps import Failed, Outcome, StepContext, Succeeded
from orchestrator.workspaces.models import ClaudeExecution
from orchestrator.workspaces.repositories import BadTree, RepositoryError
from orchestrator.workspaces.sandbox import Refused, SandboxMissing
from orchestrator.workspaces.services.coding import record, steps

_TRIES: Final = 3
_RETRY: Final = RetryPolicy(max_attempts=_TRIES, backoff_seconds=2)
_FAULTS: Final = (Refused, SandboxMissing, BadTree, RepositoryError, steps.NoBetter, DomainError)
"""What would happen again: told to people in its own words."""

Work = Callable[[ClaudeExecution], dict[str, Json]]
log = structlog.get_logger(__name__)


class NoConfig(NodeConfig):
    """No field at all."""


def _do(work: Work, step: StepContext) -> Outcome:
    run = record.find_run(step.execution_id)
    if run is None:
        return Failed("no_batch", "No batch of reviews started this run.", retryable=False)
    try:
        return Succeeded(work(run))
    except record.RunOver as error:
        return Failed("run_over", str(error), retryable=False)
    except _FAULTS as error:
        record.fail(run.pk, str(error))
        return Failed(type(error).__name__.lower(), str(error), retryable=False)
    except Exception:
        log.exception("coding_step_failed", **step.named)
        if step.attempt >= _TRIES:
            record.fail(run.pk, "The server could not go on with it. Its log says why.")
        raise
    finally:
        connection.close()  # the thread is of the engine's pool


def _handler(work: Work) -> Handler:
    return lambda step: _do(work, step)


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


NODE_TYPES: Final = (
    _node_type(
        "workspace-plan", "Plan", "reads the reviews and scores what is in use.", "search", steps.plan
    ),
    _node_type("workspace-implement", "Implement", "changes the algorithm.", "pencil", steps.implement),
    _node_type("workspace-test", "Test", "holds the algorithm against every review.", "check", steps.test),
    _node_type("workspace-refine", "Refine", "looks further.", "repeat", steps.refine),
    _node_type(
        "workspace-commit",
        "Commit",
        "commits the algorithm, once.",
        "git-commit-horizontal",
        steps.commit,
        once=True,
    ),
    _node_type(
        "workspace-deploy", "Deploy", "takes the commit into use, once.", "rocket", steps.deploy, once=True
    ),
)
