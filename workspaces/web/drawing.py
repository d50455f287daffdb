"""How an entry of a timeline looks: who speaks, with what icon and tone, and what belongs to its type.

An entry is drawn from what it says and from nothing else, so what was drawn is kept by all of that: one that
was told anew is another one, and nobody gets what the database did not just give them. What depends on the
reader, the times in their zone, is put in afterwards.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.template import Context, Template
from django.template.loader import get_template

from orchestrator.core import json
from workspaces.domain.files import FILE, address_of, kind_named
from workspaces.domain.vocabulary import AuthorType, MessageStatus, MessageType
from workspaces.models import Attachment
from workspaces.queries.timeline import Entry

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


_KEPT: Final = 2_000
_LARGE: Final = 4_000
"""Characters from which an entry is drawn each time: a few long ones are not worth the room of many."""
_HOLE: Final = "\0"
"""Stands where the reader's date and time belong. PostgreSQL stores no such character, so nobody wrote it."""


class File(NamedTuple):
    """An attachment as a page shows it."""

    id: UUID
    name: str
    media_type: str
    size: int
    url: str

    @property
    def group(self) -> str:
        return kind_named(self.media_type).group


class Said(NamedTuple):
    """All that an entry is drawn from. ``name`` is empty for an author who left; ``data`` is JSON text."""

    id: UUID
    workspace_id: UUID
    stamp: str
    type: str
    author_type: str
    username: str
    name: str
    title: str
    content: str
    data: bytes
    session_id: UUID | None
    execution_id: UUID | None
    status: str
    progress: int | None
    files: tuple[File, ...]

    def get_full_name(self) -> str:
        """As ``User`` has it, for ``initials``."""
        return self.name


def drawn(entry: Entry) -> tuple[str, str, str]:
    """The HTML before the reader's date, between it and the time, and after that."""
    said = _said(entry)
    return _draw(said) if len(said.content) + len(said.data) > _LARGE else _kept(said)


def _said(entry: Entry) -> Said:
    message, author = entry.message, entry.message.author
    return Said(
        message.pk,
        message.workspace_id,
        message.updated_at.isoformat(),
        message.type,
        message.author_type,
        author.username if author else "",
        author.get_full_name() if author else "",
        message.title,
        message.content,
        json.dumps(message.data) if message.data else b"",
        message.session_id,
        message.execution_id,
        message.status,
        message.progress,
        tuple(_file(message.workspace_id, each) for each in entry.files),
    )


def _file(workspace_id: UUID, row: Attachment) -> File:
    return File(row.pk, row.name, row.media_type, row.size, address_of(workspace_id, row.pk))


def _draw(said: Said) -> tuple[str, str, str]:
    data: Any = json.loads(said.data) if said.data else {}
    if not isinstance(data, dict):
        data = {}
    icon, tone = _LOOKS.get(said.type, ("circle", "muted"))
    if said.status:
        tone = _TONES[MessageStatus(said.status)]
    context = {
        "message": said,
        "speaker": _speaker(said),
        "icon_name": icon,
        "tone_name": tone,
        "is_line": said.type in _LINES,
        "is_run": said.author_type == AuthorType.CLAUDE and bool(said.username),
        "by_initials": said.type == MessageType.NOTE and bool(said.username),
        "hole": _HOLE,
        **_more(said, data),
    }
    before, between, after = _template().render(Context(context)).split(_HOLE)
    return before, between, after


_kept: Final = lru_cache(maxsize=_KEPT)(_draw)


@cache
def _template() -> Template:
    """Django's own, without context processors: an entry knows nothing of who asks for it."""
    found: Template = get_template("workspaces/_entry.html").template  # type: ignore[attr-defined]  # of its backend
    return found


def _more(said: Said, data: dict[str, Any]) -> dict[str, Any]:
    """What only some entries have; empty for most, whose drawing then looks at nothing of it."""
    described = said.type == MessageType.PATTERN_DESCRIPTION_SUBMITTED
    more: dict[str, Any] = {
        "moved": _moved(said.type, data),
        "steps": [str(each) for each in data.get("steps") or []] if described else [],
        "reasoning": str(data.get("reasoning") or "") if described else "",
        "facts": _facts(data),
        "pictures": [each for each in said.files if each.group != FILE],
        "files": [each for each in said.files if each.group == FILE],
        "is_under_way": said.progress is not None and said.status == MessageStatus.IN_PROGRESS,
        **_deployed(said, data),
    }
    has_more = any(more.values()) or said.session_id or said.execution_id
    return {**more, "has_more": True} if has_more else {}


def _deployed(said: Said, data: dict[str, Any]) -> dict[str, Any]:
    """The deployment that an entry tells of, and where it can be reached; older entries have none."""
    try:
        known = UUID(str(data.get("deployment")))
    except ValueError:
        return {}
    url = str(data.get("url") or "")
    is_reached = said.type == MessageType.DEPLOY_SUCCESS and url.startswith("https://")
    return {
        "deployment": known,
        "address": url if is_reached else "",
        "has_failed": said.type == MessageType.DEPLOY_FAILED,
    }


def _speaker(said: Said) -> str:
    if said.username:
        return said.name or said.username
    return {AuthorType.CLAUDE: "Coding run", AuthorType.USER: "Somebody who left"}.get(
        AuthorType(said.author_type), "System"
    )


def _moved(kind: str, data: dict[str, Any]) -> tuple[str, str] | None:
    before, after = data.get("from"), data.get("to")
    if not (isinstance(before, str) and isinstance(after, str)):
        return None
    if kind == MessageType.STATUS_CHANGED:
        return (before, after)
    return (before, after) if kind == MessageType.VERSION_UPDATED else None


_FACTS: Final = {
    "phase": "Phase",
    "checkpoint": "Checkpoint",
    "commit": "Commit",
    "commit_hash": "Commit",
    "score_before": "Score before",
    "score_after": "Score after",
    "attempt": "Attempt",
    "retry": "Retry",
}


class Fact(NamedTuple):
    """A word beside the text; of a commit the beginning, which tells it from others."""

    name: str
    text: str
    is_code: bool = False


def _facts(data: dict[str, Any]) -> list[Fact]:
    """What runs and deployments say of themselves, as words beside the text."""
    return [
        Fact(label, str(value)[:12], is_code=True) if label == "Commit" else Fact(label, str(value)[:200])
        for name, label in _FACTS.items()
        if isinstance(value := data.get(name), str | int | float) and value != ""
    ]
