"""What went wrong, for those who look at runs: in words of our own, since a provider's may quote a life."""

from __future__ import annotations

from typing import Final

import structlog

from orchestrator.ai.domain.calls import CallFailed, CallUsage
from orchestrator.core.errors import DomainError
from orchestrator.core.json import Json
from orchestrator.graphs.steps import Failed, StepContext, Usage
from process.domain.results import Unsupported

_FIGURES: Final = ("status", "limit", "limit_amount", "used", "needed", "excess")
_ANOTHER: Final = "The provider's own words are not kept, since they may quote what was sent."

log = structlog.get_logger(__name__)


def fault_of(error: Exception, step: StepContext, usage: CallUsage | None = None) -> Failed:
    """The failure that an exception means, with its code and figures and none of its text."""
    if isinstance(error, CallFailed):
        details: dict[str, Json] = {name: error.details[name] for name in _FIGURES if name in error.details}
        if error.retry_after is not None:
            details["retry_after_seconds"] = error.retry_after
        message = f"The call failed ({error.code}). {_ANOTHER}"
        spent = error.usage if error.usage is not None and error.usage.calls else None
        return Failed(
            error.code,
            message,
            retryable=error.retryable,
            details=details,
            usage=used(spent) if spent else None,
        )
    if isinstance(error, Unsupported):
        return Failed("unsupported_answer", str(error), usage=used(usage) if usage else None)
    if isinstance(error, DomainError):
        return Failed(error.code, f"{type(error).__name__}: {error.message}", retryable=False)
    # No traceback: the values in its messages may be what somebody said.
    log.error("process_helper_failed", error=type(error).__name__, **step.named)
    return Failed("handler_error", f"{type(error).__name__} in {step.node_id}.")


def used(usage: CallUsage) -> Usage:
    return Usage(usage.cost, usage.tokens, usage.calls, usage.provider, usage.model)
