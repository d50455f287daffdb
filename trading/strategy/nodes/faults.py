"""What an exception means for a step: its code, whether another attempt may help, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import structlog

from orchestrator.ai.domain.calls import CallFailed, CallUsage
from orchestrator.core.errors import DomainError
from orchestrator.core.json import JsonObject
from orchestrator.graphs.steps import StepContext, Usage
from trading.eve.errors import BadEsi, EsiAway, EsiLimited

_AGAIN: Final = (EsiAway, EsiLimited, BadEsi)
"""Of EVE's, what passes by itself. A revoked token, or a role that is missing, does not."""
_FIGURES: Final = ("status", "limit", "limit_amount", "used", "needed", "excess")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """``message`` is for people who see the session; ``details`` for all who see the run."""

    code: str
    message: str
    retryable: bool
    details: JsonObject = field(default_factory=dict)
    usage: Usage | None = None


def fault_of(error: Exception, step: StepContext) -> Fault:
    if isinstance(error, CallFailed):
        return _of_call(error)
    if isinstance(error, DomainError):
        waits = getattr(error, "retry_after_seconds", None)
        details: JsonObject = {} if waits is None else {"retry_after_seconds": waits}
        return Fault(error.code, error.message, isinstance(error, _AGAIN), details)
    # No traceback: the values in its messages may be what the session holds.
    log.error("strategy_step_failed", error=type(error).__name__, **step.named)
    message = f"The server could not go on ({type(error).__name__}). Its log says more."
    return Fault("handler_error", message, retryable=True)


def _of_call(error: CallFailed) -> Fault:
    details: JsonObject = {name: error.details[name] for name in _FIGURES if name in error.details}
    if error.retry_after is not None:
        details["retry_after_seconds"] = error.retry_after
    return Fault(error.code, error.message, error.retryable, details, spent_of(error.usage))


def spent_of(usage: CallUsage | None) -> Usage | None:
    """As the run's metrics have it; None where nothing was asked."""
    if usage is None or not usage.calls:
        return None
    return Usage(usage.cost, usage.tokens, usage.calls, usage.provider, usage.model)
