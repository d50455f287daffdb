"""Around one handler call: its configuration before, the check of its answer after."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog
from pydantic import BaseModel, ValidationError

from orchestrator.core import json
from orchestrator.core.json import Json, NotJson
from orchestrator.executions.domain.record import Attempt, retry_policy
from orchestrator.executions.models.approval import EDITORS
from orchestrator.executions.runtime.claims import Claim
from orchestrator.executions.runtime.rows import redact
from orchestrator.graphs.compiled import CompiledNode
from orchestrator.graphs.expressions import EvaluationError
from orchestrator.graphs.nodetypes import Effect
from orchestrator.graphs.steps import (
    ApprovalRequest,
    Ended,
    Expanded,
    Failed,
    Outcome,
    StepContext,
    StepError,
    Succeeded,
)

MAX_OUTPUT_BYTES: Final = 1024 * 1024
MAX_ITEMS: Final = 10_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A configuration ready to run, and the same as JSON for the record, secrets blanked."""

    config: BaseModel
    input: Json
    effect: Effect
    quick: bool


def prepare(node: CompiledNode, names: Mapping[str, Any], now: datetime) -> Prepared | Failed:
    """Evaluate the node's configuration; the failure names the field and the expression."""
    known: Prepared | None = node.memo.get("prepared")
    if known is not None:
        return known
    try:
        config, given = node.configure(names, now)
    except EvaluationError as error:
        field = ".".join(str(part) for part in error.path)
        message = f"Node {node.id}, config.{field}: {error}"
        return Failed("expression_error", message, retryable=False, details={"field": f"config.{field}"})
    except ValidationError as error:
        return Failed("bad_config", f"Node {node.id}: {_complaints(error)}", retryable=False)
    effect = node.type.effect_of(config)
    shown = given if effect is Effect.PURE else redact(given)
    prepared = Prepared(config, shown, effect, node.type.quick(config))
    if node.fixed is not None:
        node.memo["prepared"] = prepared
    return prepared


def context_of(
    claim: Claim,
    node: CompiledNode,
    attempt: Attempt,
    prepared: Prepared,
    names: dict[str, object],
    now: datetime,
    usual_attempts: int = 1,
    anew_after: int = 0,
) -> StepContext:
    """What a handler is told. Its idempotency key is the same for all attempts at one firing."""
    scope, name, iteration = attempt.key
    return StepContext(
        execution_id=claim.id,
        workflow_id=claim.workflow_id,
        started_by_id=claim.started_by_id,
        node_id=node.id,
        title=node.node.title,
        scope=scope,
        iteration=iteration,
        attempt=attempt.number,
        depth=claim.depth,
        config=prepared.config,
        names=names,
        idempotency_key=f"{claim.id}/{scope and scope + '>'}{name}#{iteration}",
        now=now,
        most_attempts=anew_after + retry_policy(node, usual_attempts).max_attempts,
        fence=claim.fence,
        request_id=claim.request_id,
        sources=tuple(dict.fromkeys(edge.source for edge in node.incoming)),
    )


def did_it_take_place(node: CompiledNode) -> ApprovalRequest:
    """The question that is asked of people about a ``once`` step whose end nobody saw."""
    return ApprovalRequest(
        title=f"Did “{node.node.title}” take place?",
        instructions="The worker was interrupted during this step, which must not be repeated blindly. "
        "Look at the outside system. Approve if the step took place, with its output as the payload. "
        "Reject if it did not: it will then be done.",
        approvers=(EDITORS, "role:admin"),
        quorum="any",
        form={},
        payload=None,
        deadline_at=None,
        on_deadline="",
        escalate_to=(),
        starter_may_approve=True,
    )


def log_context(context: StepContext) -> AbstractContextManager[object]:
    """Every line that is logged inside names the run, the step and the request that started the run, whoever
    logs it.
    """
    return structlog.contextvars.bound_contextvars(**context.named)


def run_inline(node: CompiledNode, context: StepContext) -> Outcome:
    """Call a handler that answers at once."""
    try:
        outcome = node.type.run(context)
    except Exception as error:  # noqa: BLE001 - a handler is foreign code: whatever it raises fails its step
        with log_context(context):
            return failure_of(error, node)
    assert not hasattr(outcome, "__await__"), f"{node.type.name} answers later and must not run inline"
    return checked(outcome)


def failure_of(error: Exception, node: CompiledNode) -> Failed:
    """What a handler's exception means for its step."""
    if isinstance(error, StepError):
        return error.outcome
    if isinstance(error, EvaluationError):
        return Failed("expression_error", f"Node {node.id}: {error}", retryable=False)
    log.exception("handler_error", node=node.id, node_type=node.type.name)
    return Failed("handler_error", f"{type(error).__name__}: {error}", uncertain=True)


def checked(outcome: Outcome) -> Outcome:
    """The outcome with its output as it will read back from storage, or the failure that it is not JSON."""
    try:
        match outcome:
            case Succeeded():
                output = json.normalize(outcome.output, limit=MAX_OUTPUT_BYTES)
                variables = outcome.variables and json.normalize(outcome.variables, limit=MAX_OUTPUT_BYTES)
                return replace(outcome, output=output, variables=variables)
            case Ended():
                return replace(outcome, output=json.normalize(outcome.output, limit=MAX_OUTPUT_BYTES))
            case Expanded():
                if len(outcome.items) > MAX_ITEMS:
                    message = f"A map takes at most {MAX_ITEMS:,} items; this one has {len(outcome.items):,}."
                    return Failed("too_many_items", message, retryable=False)
                return replace(outcome, items=json.normalize(outcome.items, limit=MAX_OUTPUT_BYTES))
    except NotJson as error:
        return Failed("bad_output", str(error), retryable=False)
    return outcome


def _complaints(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(f"config.{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:5])
