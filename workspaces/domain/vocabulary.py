"""The words of pattern workspaces, as they are stored."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class WorkspaceStatus(StrEnum):
    SOON = "soon"
    IMPLEMENTING = "implementing"
    BETA = "beta"
    IN_REVIEW = "in_review"
    VERIFIED = "verified"


MOVES: Final[dict[WorkspaceStatus, frozenset[WorkspaceStatus]]] = {
    WorkspaceStatus.SOON: frozenset({WorkspaceStatus.IMPLEMENTING}),
    WorkspaceStatus.IMPLEMENTING: frozenset({WorkspaceStatus.BETA, WorkspaceStatus.SOON}),
    WorkspaceStatus.BETA: frozenset({WorkspaceStatus.IN_REVIEW}),
    WorkspaceStatus.IN_REVIEW: frozenset({WorkspaceStatus.VERIFIED, WorkspaceStatus.BETA}),
    WorkspaceStatus.VERIFIED: frozenset({WorkspaceStatus.BETA}),
}
"""Back to soon where the first run fails for good; back to beta where a reviewer or a correction says so."""


class MessageType(StrEnum):
    PATTERN_CREATED = "pattern_created"
    PATTERN_DESCRIPTION_SUBMITTED = "pattern_description_submitted"
    SESSION_CREATED = "session_created"
    SESSION_COMPLETED = "session_completed"
    SESSION_REOPENED = "session_reopened"
    """Reviewed on after it was completed; the document has no type for it."""
    FEEDBACK_ADDED = "feedback_added"
    FEEDBACK_BATCH_SENT = "feedback_batch_sent"
    CLAUDE_STARTED = "claude_started"
    CLAUDE_PHASE_UPDATE = "claude_phase_update"
    CLAUDE_CHECKPOINT = "claude_checkpoint"
    CLAUDE_COMPLETED = "claude_completed"
    CLAUDE_FAILED = "claude_failed"
    DEPLOY_STARTED = "deploy_started"
    DEPLOY_BUILDING = "deploy_building"
    DEPLOY_SUCCESS = "deploy_success"
    DEPLOY_FAILED = "deploy_failed"
    DEPLOY_RETRY = "deploy_retry"
    USER_APPROVED = "user_approved"
    ADMIN_VERIFIED = "admin_verified"
    VERSION_UPDATED = "version_updated"
    STATUS_CHANGED = "status_changed"
    NOTE = "note"
    """What a person writes into the timeline; the document has no type for it."""


class AuthorType(StrEnum):
    USER = "user"
    SYSTEM = "system"
    CLAUDE = "claude"


class MessageStatus(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"


class RunStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    RETRY = "retry"


UNDER_WAY: Final = frozenset({RunStatus.PENDING, RunStatus.RUNNING, RunStatus.RETRY})


class Phase(StrEnum):
    PLANNING = "planning"
    IMPLEMENTING = "implementing"
    TESTING = "testing"
    REFINING = "refining"
    DEPLOYING = "deploying"


class DeployStatus(StrEnum):
    QUEUED = "queued"
    BUILDING = "building"
    READY = "ready"
    ERROR = "error"
    CANCELED = "canceled"


class Verdict(StrEnum):
    """What a person says of a detection, or of a bar where there is none."""

    RIGHT = "right"
    WRONG = "wrong"
    ADJUST = "adjust"
    MISSED = "missed"


class SessionStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"


class Backend(StrEnum):
    TUNER = "tuner"
    CLAUDE = "claude"


class Access(StrEnum):
    VIEWER = "viewer"
    EDITOR = "editor"


MOST_RETRIES: Final = 10


class Target(StrEnum):
    """Where versions go. Whatever is chosen, the version in use is this server's, for its test sessions."""

    LOCAL = "local"
    VERCEL = "vercel"
