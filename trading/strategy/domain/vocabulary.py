"""The words of strategy sessions, as they are stored and as the document spells them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class SessionStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


MOVES: Final[dict[SessionStatus, frozenset[SessionStatus]]] = {
    SessionStatus.ACTIVE: frozenset({SessionStatus.PAUSED, SessionStatus.COMPLETED, SessionStatus.ARCHIVED}),
    SessionStatus.PAUSED: frozenset({SessionStatus.ACTIVE, SessionStatus.ARCHIVED}),
    SessionStatus.COMPLETED: frozenset({SessionStatus.ARCHIVED}),
    SessionStatus.ARCHIVED: frozenset(),
}
"""What is archived stays so."""


class StepStatus(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    ERROR = "error"


class StepType(StrEnum):
    """Those that come with the product; authors name their own."""

    SITUATION = "situation"
    THREATS = "threats"
    RESOURCES = "resources"
    OPTIONS = "options"
    MATRIX = "matrix"
    RECOMMENDATION = "recommendation"
    PLAN = "plan"


class Outcome(StrEnum):
    """What became of a recommendation that was carried out."""

    SUCCESS = "success"
    PARTIAL = "partial"
    FAILURE = "failure"


class RecommendationStatus(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    DONE = "done"


class Access(StrEnum):
    """What somebody to whom a corporation was lent may do with its sessions."""

    READER = "reader"
    EDITOR = "editor"


class SnapshotSource(StrEnum):
    ESI = "esi"
    GENERATED = "generated"
