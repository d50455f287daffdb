"""Entries of a timeline: written with what they tell, changed in place while it is under way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.json import JsonObject
from workspaces.domain.vocabulary import AuthorType, MessageStatus, MessageType
from workspaces.models import (
    ClaudeExecution,
    FeedbackItem,
    PatternSession,
    PatternWorkspace,
    WorkspaceMessage,
)


def tell(
    workspace: PatternWorkspace,
    kind: MessageType,
    title: str,
    *,
    by: User | None = None,
    author_type: AuthorType | None = None,
    content: str = "",
    data: JsonObject | None = None,
    attachments: Sequence[str] = (),
    session: PatternSession | None = None,
    feedback: FeedbackItem | None = None,
    execution: ClaudeExecution | None = None,
    status: MessageStatus | None = None,
    progress: int | None = None,
) -> WorkspaceMessage:
    """Write an entry, in the caller's transaction. Without an author the system speaks."""
    assert transaction.get_connection().in_atomic_block, "an entry stands or falls with what it tells"
    now = utc_now()
    return WorkspaceMessage.objects.create(
        workspace=workspace,
        type=kind.value,
        created_at=now,
        updated_at=now,
        author=by,
        author_type=(author_type or (AuthorType.USER if by else AuthorType.SYSTEM)).value,
        title=title,
        content=content,
        data=data,
        attachments=list(attachments),
        session=session,
        feedback=feedback,
        execution=execution,
        status=status.value if status else "",
        progress=progress,
    )


def retell(message: WorkspaceMessage, **changes: Any) -> None:
    """Change an entry where it stands: its title, content, data, status or progress."""
    assert changes.keys() <= {"title", "content", "data", "status", "progress"}, "the rest stays as it was"
    for name, value in changes.items():
        setattr(message, name, value.value if isinstance(value, MessageStatus) else value)
    message.updated_at = utc_now()
    message.save(update_fields=[*changes, "updated_at"])
