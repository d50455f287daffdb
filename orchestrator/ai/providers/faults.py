"""What went wrong with a call, in words that say what to do, and never with the key in them."""

from __future__ import annotations

from typing import Any, Final

import httpx
import httpx2
from pydantic_ai import exceptions as ex

from orchestrator.ai.domain.calls import CallFailed, ModelRequest
from orchestrator.core.outgoing import seconds_of

MAX_QUOTED: Final = 300
_TIMEOUTS: Final = (
    ex.ModelRequestTimeout,
    ex.ModelTimeoutError,
    httpx.TimeoutException,
    httpx2.TimeoutException,
)
_BROKEN: Final = (ex.ModelConnectionError, httpx.HTTPError, httpx2.HTTPError)


def translate(
    error: Exception, title: str, request: ModelRequest, key: str, *, in_stream: bool
) -> CallFailed:
    """The fault that an exception of pydantic-ai or of the HTTP client means."""
    if isinstance(error, _TIMEOUTS):
        message = f"{title} did not finish its answer within {request.timeout_seconds:g} s."
        return CallFailed("ai_timeout", message, retryable=True)
    if isinstance(error, _BROKEN):
        in_stream = in_stream or getattr(error, "in_stream", False)
        message = f"The answer of {title} broke off." if in_stream else f"{title} could not be reached."
        return CallFailed("cut_off" if in_stream else "unreachable", message, retryable=True)
    if type(error) is ex.ModelAPIError and in_stream:  # a stream without its end
        return CallFailed("cut_off", f"The answer of {title} broke off.", retryable=True)
    if isinstance(error, ex.ModelAPIError):
        return _refused(error, title, request, key)
    quoted = quote(str(error), key)
    return CallFailed("bad_answer", f"{title} answered in an unexpected way{quoted}", retryable=True)


def _refused(error: ex.ModelAPIError, title: str, request: ModelRequest, key: str) -> CallFailed:
    status = getattr(error, "status_code", None)
    details: dict[str, Any] = {"status": status} if status else {}
    quoted = quote(_said(error), key)
    match error:
        case ex.ModelRateLimitError():
            code, message, again = "rate_limited", f"{title} asks to slow down (HTTP 429){quoted}", True
        case ex.ModelQuotaExceededError():
            code, message, again = (
                "quota_used_up",
                f"The account at {title} has no credit left{quoted}",
                False,
            )
        case ex.ModelAuthenticationError():
            code, again = "bad_key", False
            message = f"{title} did not accept the key, or the key may not use {request.model}."
        case ex.ModelNotFoundError():
            code, message, again = "unknown_model", f"{title} has no model {request.model}{quoted}", False
        case ex.ModelContextWindowExceededError():
            code, again = "prompt_too_long", False
            message = f"The prompt is longer than {request.model} can read{quoted}"
        case ex.ModelRequestRejectedError():
            code, message, again = "rejected", f"{title} rejected the request{quoted}", False
        case _:
            answer = f" (HTTP {status})" if status else ""
            code, message, again = "provider_error", f"{title} has a problem of its own{answer}{quoted}", True
    return CallFailed(code, message, retryable=again, retry_after=_pause(error), details=details)


def _pause(error: ex.ModelAPIError) -> float | None:
    """Seconds, from ``Retry-After`` in either of its forms, or from what the body says."""
    if given := (getattr(error, "headers", None) or {}).get("retry-after", ""):
        return seconds_of(given)
    asked: float | None = getattr(error, "retry_after", None)
    return asked


def _said(error: ex.ModelAPIError) -> str:
    """The provider's own sentence, wherever its protocol puts it."""
    body: Any = getattr(error, "body", None)
    for name in ("error", "message"):
        if isinstance(body, list) and body:
            body = body[0]
        if isinstance(body, dict) and name in body:
            body = body[name]
    return body if isinstance(body, str) else ""


def quote(text: str, key: str) -> str:
    """``: what they said``, without the key and without what would break a line."""
    shown = " ".join(text.split())
    if key:
        shown = shown.replace(key, "•••").replace(key[-8:], "•••")
    return f": {shown[:MAX_QUOTED].rstrip('.')}." if shown else "."
