"""Groq's speech to text: ``/openai/v1/audio/transcriptions``, one file, no stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import groq
import httpx

from orchestrator.ai.domain.calls import CallFailed
from orchestrator.ai.providers.faults import quote
from orchestrator.core.outgoing import seconds_of

TITLE: Final = "Groq"
MAX_BYTES: Final = 25 * 1024 * 1024
"""What the provider takes in one file."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as it is sent. ``name`` ends as its kind does: providers go by that."""

    data: bytes
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Heard:
    """``seconds`` is what the provider measured, None where it does not say."""

    text: str
    seconds: float | None


async def hear(sound: Sound, *, model: str, key: str, base_url: str, timeout_seconds: float) -> Heard:
    """Have a recording written down. Raises CallFailed. Nothing is retried here."""
    if len(sound.data) > MAX_BYTES:
        raise CallFailed("too_large", f"{TITLE} takes recordings of up to {MAX_BYTES // 1024 // 1024} MB.")
    timeout = httpx.Timeout(timeout_seconds, connect=10.0)
    try:
        async with groq.AsyncGroq(api_key=key, base_url=base_url, max_retries=0, timeout=timeout) as client:
            answer = await client.audio.transcriptions.create(
                file=(sound.name, sound.data, sound.media_type),
                model=model,
                response_format="verbose_json",
                temperature=0,
            )
    except groq.APITimeoutError as error:
        message = f"{TITLE} did not write the recording down within {timeout_seconds:g} s."
        raise CallFailed("ai_timeout", message, retryable=True) from error
    except groq.APIStatusError as error:
        raise _refused(error, model, key) from error
    except groq.APIConnectionError as error:
        raise CallFailed("unreachable", f"{TITLE} could not be reached.", retryable=True) from error
    except (groq.APIError, ValueError) as error:  # ValueError: no JSON came
        raise CallFailed(
            "bad_answer", f"{TITLE} answered in an unexpected way{quote(str(error), key)}", retryable=True
        ) from error
    return _read(answer)


def _read(answer: object) -> Heard:
    text = getattr(answer, "text", None)
    if not isinstance(text, str):
        raise CallFailed("bad_answer", f"{TITLE} answered without a text.", retryable=True)
    seconds = getattr(answer, "duration", None)
    known = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0
    return Heard(text.strip(), float(seconds) if known and seconds is not None else None)


def _refused(error: groq.APIStatusError, model: str, key: str) -> CallFailed:
    status = error.status_code
    quoted = quote(_said(error), key)
    pause = seconds_of(error.response.headers.get("retry-after", ""))
    details = {"status": status}
    if status == 429:
        message = f"{TITLE} asks to slow down (HTTP 429){quoted}"
        return CallFailed("rate_limited", message, retryable=True, retry_after=pause, details={**details})
    if status in (401, 403):
        message = f"{TITLE} did not accept the key, or the key may not use {model}."
        return CallFailed("bad_key", message, details={**details})
    if status == 404:
        return CallFailed("unknown_model", f"{TITLE} has no model {model}{quoted}", details={**details})
    if status == 413:
        return CallFailed("too_large", f"The recording is too large for {TITLE}{quoted}", details={**details})
    if status < 500 and status not in (408, 409, 425):
        return CallFailed("rejected", f"{TITLE} rejected the recording{quoted}", details={**details})
    message = f"{TITLE} has a problem of its own (HTTP {status}){quoted}"
    return CallFailed("provider_error", message, retryable=True, retry_after=pause, details={**details})


def _said(error: groq.APIStatusError) -> str:
    """The provider's own sentence."""
    body = error.body
    inner = body.get("error", body) if isinstance(body, dict) else body
    said = inner.get("message") if isinstance(inner, dict) else inner
    return said if isinstance(said, str) else ""
