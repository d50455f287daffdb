"""How entries of a timeline look: who speaks, with what icon and tone, and what belongs to the type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone

from orchestrator.core.clock import utc_now
from orchestrator.workspaces.domain.files import FILE, kind_named
from orchestrator.workspaces.domain.vocabulary import AuthorType, MessageStatus, MessageType
from orchestrator.workspaces.models import Attachment, WorkspaceMessage
from orchestrator.workspaces.queries.timeline import Entry

_LOOKS: Final[dict[str, tuple[str, str]]] = {
    MessageType.PATTERN_CREATED: ("flag", "accent"),
    MessageType.PATTERN_DESCRIPTION_SUBMITTED: ("book-open", "accent"),
    MessageType.SESSION_CREATED: ("play", "running"),
    MessageType.SESSION_COMPLETED: ("circle-check", "good"),
    MessageType.SESSION_REOPENED: ("rotate-ccw", "muted"),
    MessageType.FEEDBACK_ADDED: ("pencil", "waiting"),
    MessageType.FEEDBACK_BATCH_SENT: ("send", "accent"),
    MessageType.CLAUDE_STARTED: ("code", "running"),
    MessageType.CLAUDE_PHASE_UPDATE: ("code", "running"),
    MessageType.CLAUDE_CHECKPOINT: ("save", "muted"),
    MessageType.CLAUDE_COMPLETED: ("circle-check", "good"),
    MessageType.CLAUDE_FAILED: ("circle-x", "bad"),
    MessageType.DEPLOY_STARTED: ("rocket", "running"),
    MessageType.DEPLOY_BUILDING: ("rocket", "running"),
    MessageType.DEPLOY_SUCCESS: ("rocket", "good"),
    MessageType.DEPLOY_FAILED: ("rocket", "bad"),
    MessageType.DEPLOY_RETRY: ("repeat", "waiting"),
    MessageType.USER_APPROVED: ("user-check", "good"),
    MessageType.ADMIN_VERIFIED: ("shield", "good"),
    MessageType.VERSION_UPDATED: ("tag", "accent"),
    MessageType.STATUS_CHANGED: ("activity", "muted"),
    MessageType.NOTE: ("pencil", "muted"),
}
_TONES: Final = {
    MessageStatus.PENDING: "waiting",
    MessageStatus.IN_PROGRESS: "running",
    MessageStatus.COMPLETED: "good",
    MessageStatus.FAILED: "bad",
}
_LINES: Final = {MessageType.STATUS_CHANGED, MessageType.VERSION_UPDATED, MessageType.PATTERN_CREATED}
"""Small news: one line without a box."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as a page shows it."""

    row: Attachment
    url: str
    group: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as ``workspaces/_entry.html`` draws it. ``day`` is set where another day begins."""

    message: WorkspaceMessage
    speaker: str
    icon: str
    tone: str
    is_line: bool
    pictures: list[File]
    files: list[File]
    moved: tuple[str, str] | None
    steps: list[str]
    reasoning: str
    facts: list[tuple[str, str]]
    date: str
    day: str


def shown(entries: Sequence[Entry]) -> list[Shown]:
    """With the day before each first entry of a day, in the reader's zone."""
    today = timezone.localtime(utc_now()).date()
    made, last = [], ""
    for entry in entries:
        here = timezone.localtime(entry.message.created_at).date()
        made.append(_shown(entry, here, _day(here, today) if str(here) != last else ""))
        last = str(here)
    return made


def _shown(entry: Entry, here: date, day: str) -> Shown:
    message = entry.message
    data: dict[str, Any] = message.data if isinstance(message.data, dict) else {}
    icon, tone = _LOOKS.get(message.type, ("circle", "muted"))
    if message.status:
        tone = _TONES[MessageStatus(message.status)]
    files = [_file(message, each) for each in entry.files]
    return Shown(
        message=message,
        speaker=_speaker(message),
        icon=icon,
        tone=tone,
        is_line=message.type in _LINES,
        pictures=[each for each in files if each.group != FILE],
        files=[each for each in files if each.group == FILE],
        moved=_moved(message, data),
        steps=[str(each) for each in data.get("steps") or [] if message.type == _DESCRIBED],
        reasoning=str(data.get("reasoning") or "") if message.type == _DESCRIBED else "",
        facts=_facts(data),
        date=str(here),
        day=day,
    )


_DESCRIBED: Final = MessageType.PATTERN_DESCRIPTION_SUBMITTED


def _speaker(message: WorkspaceMessage) -> str:
    if message.author is not None:
        return message.author.get_full_name() or message.author.username
    return {AuthorType.CLAUDE: "Coding run", AuthorType.USER: "Somebody who left"}.get(
        AuthorType(message.author_type), "System"
    )


def _file(message: WorkspaceMessage, row: Attachment) -> File:
    group = kind_named(row.media_type).group
    return File(row, f"/workspaces/{message.workspace_id}/files/{row.pk}/", group)


def _moved(message: WorkspaceMessage, data: dict[str, Any]) -> tuple[str, str] | None:
    before, after = data.get("from"), data.get("to")
    if not (isinstance(before, str) and isinstance(after, str)):
        return None
    if message.type == MessageType.STATUS_CHANGED:
        return (before, after)
    return (before, after) if message.type == MessageType.VERSION_UPDATED else None


_FACTS: Final = {
    "phase": "Phase",
    "checkpoint": "Checkpoint",
    "commit": "Commit",
    "commit_hash": "Commit",
    "url": "Address",
    "score_before": "Score before",
    "score_after": "Score after",
    "attempt": "Attempt",
    "retry": "Retry",
}


def _facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What runs and deployments say of themselves, as words beside the text."""
    return [
        (label, str(value)[:200])
        for name, label in _FACTS.items()
        if isinstance(value := data.get(name), str | int | float) and value != ""
    ]


def _day(day: date, today: date) -> str:
    away = (today - day).days
    if away in (0, 1):
        return ("Today", "Yesterday")[away]
    return f"{day:%A, %-d %B}" if day.year == today.year else f"{day:%-d %B %Y}"
