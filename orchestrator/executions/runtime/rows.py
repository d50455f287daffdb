"""Turns what happened in memory into the rows that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from orchestrator.core.ids import new_id
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.codec import encode_event, event_type
from orchestrator.executions.domain.state import Firing, Phase, State
from orchestrator.executions.domain.usage import joined_usage

_SECRET_WORDS: Final = (
    "authorization",
    "cookie",
    "password",
    "secret",
    "token",
    "api_key",
    "api-key",
    "apikey",
)
_FAILED_END: Final = "This node ends the run as failed."
REDACTED: Final = "••••••"


@dataclass(frozen=True, slots=True)
class Doing:
    """What the engine knows of an attempt beyond the machine: when it began, with which input."""

    started_at: datetime
    input: Json = None


def event_row(execution_id: UUID, seq: int, event: ev.Event, metadata: Mapping[str, Json]) -> dict[str, Any]:
    return {
        "execution_id": execution_id,
        "seq": seq,
        "occurred_at": event.at,
        "type": event_type(event),
        "node_id": getattr(event, "node", ""),
        "data": encode_event(event),
        "metadata": metadata,
    }


def step_row(
    execution_id: UUID, seq: int, event: ev.Event, firing: Firing | None, doing: Doing | None, node_type: str
) -> dict[str, Any] | None:
    """The step row that an event completes, if it completes one."""
    error: JsonObject | None
    match event:
        case ev.StepSucceeded():
            status, output, error = "skipped" if event.skipped else "success", event.output, None
        case ev.StepEnded(succeeded=False):
            status, output, error = "error", event.output, {"code": "ended_failed", "message": _FAILED_END}
        case ev.StepEnded():
            status, output, error = "success", event.output, None
        case ev.StepFailed():
            status, output, error = "error", None, event.error
        case ev.StepCancelled():
            status, output, error = "cancelled", None, {"code": "cancelled", "message": event.reason}
        case _:
            return None
    started = doing.started_at if doing else firing.since if firing else event.at
    usage = joined_usage(firing.used if firing else None, getattr(event, "usage", None))
    row = {
        "id": new_id(),
        "execution_id": execution_id,
        "seq": seq,
        "scope": event.scope,
        "node_id": event.node,
        "node_type": node_type,
        "iteration": event.iteration,
        "attempt": event.attempt,
        "status": status,
        "input": _input(firing, doing),
        "output": output,
        "error": error,
        "started_at": started,
        "finished_at": event.at,
        "duration_ms": max(0, round((event.at - started).total_seconds() * 1000)),
        "cost": usage["cost"] if usage else "0",
        "tokens": usage["tokens"] if usage else 0,
    }
    if usage:  # left out where there is none, as for nearly all steps
        row["usage"] = usage
    return row


def _input(firing: Firing | None, doing: Doing | None) -> Json:
    if doing is not None:
        return doing.input
    if firing is None:
        return None
    if firing.waits is not None:
        return firing.waits.input
    return {"items": firing.map.items} if firing.map is not None else None


def active_nodes(state: State) -> list[str]:
    """The nodes at work or waiting, with the path of their scope, for lists and the canvas."""
    return [
        f"{key.scope}>{key.node}" if key.scope else key.node
        for key, firing in state.firings()
        if firing.phase is not Phase.MAPPING
    ][:1000]


def redact(value: Json) -> Json:
    """A copy in which whatever is named like a secret is blanked."""
    if isinstance(value, dict):
        return {key: REDACTED if _is_secret(key, item) else redact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [redact(item) for item in value]
    return value


def _is_secret(name: str, value: Json) -> bool:
    """By its name; a number of tokens is none."""
    lowered = name.lower()
    counts = lowered.endswith("tokens") and isinstance(value, int)
    if not value or counts or isinstance(value, dict | list):
        return False
    return any(word in lowered for word in _SECRET_WORDS)
