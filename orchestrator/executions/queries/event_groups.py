"""Events by what they are about: the subjects people look for, and which stored types make up each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

IS_ERROR: Final = (
    "(event.type IN ('step_failed', 'step_stuck', 'join_starved', 'deadline_passed', 'execution_aborted')"
    " OR (event.type = 'step_ended' AND event.data ->> 'succeeded' = 'false')"
    " OR (event.type = 'execution_ended' AND event.data ->> 'status' IN ('failed', 'timed_out')))"
)
"""The condition of the indexes ``event_error`` and ``event_of_error``, word for word."""


@dataclass(frozen=True, slots=True)
class EventGroup:
    """``only`` is a condition on the event in SQL. ``has_index``: it alone leads to the events."""

    label: str
    types: tuple[str, ...]
    only: str = ""
    has_index: bool = False


EVENT_GROUPS: Final[Mapping[str, EventGroup]] = {
    "workflow_start": EventGroup("Starts", ("execution_started",)),
    "node_execution": EventGroup(
        "Steps",
        (
            "step_started", "step_succeeded", "step_failed", "step_restarted", "step_waiting",
            "step_expanded", "step_stuck", "step_ended", "step_cancelled", "item_started", "item_finished",
        ),
    ),
    "ai_call": EventGroup(
        "AI calls",
        ("step_succeeded", "step_failed", "step_waiting", "step_restarted"),
        "event.data ? 'usage'",
        True,
    ),
    "human_approval": EventGroup(
        "Approvals",
        ("step_waiting", "step_stuck", "approval_answered"),
        "(event.type = 'approval_answered' OR event.data ? 'approval')",
    ),
    "error": EventGroup(
        "Errors",
        (
            "step_failed", "step_stuck", "step_ended", "join_starved", "deadline_passed", "execution_aborted",
            "execution_ended",
        ),
        IS_ERROR,
        True,
    ),
    "control": EventGroup(
        "Signals and control",
        (
            "signal_received", "execution_paused", "execution_resumed", "cancel_requested",
            "execution_recovered",
        ),
    ),
    "workflow_end": EventGroup("Ends", ("execution_ended",)),
}  # fmt: skip
