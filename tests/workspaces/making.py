"""Workspaces for tests, in whatever state."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.factories import make_user
from workspaces.domain.vocabulary import AuthorType, MessageStatus, MessageType, WorkspaceStatus
from workspaces.models import PatternWorkspace, WorkspaceMessage
from workspaces.services.lifecycle import create_workspace
from workspaces.services.timeline import tell


def make_workspace(
    owner: User | None = None,
    *,
    pattern_type: str = "swings",
    status: WorkspaceStatus = WorkspaceStatus.SOON,
    **values: Any,
) -> PatternWorkspace:
    workspace = create_workspace(owner or make_user(), pattern_type=pattern_type)
    stamps = {"approved_at": utc_now(), "verified_at": utc_now()}
    if status is not WorkspaceStatus.VERIFIED:
        stamps.pop("verified_at")
    if status in (WorkspaceStatus.SOON, WorkspaceStatus.IMPLEMENTING, WorkspaceStatus.BETA):
        stamps = {}
    PatternWorkspace.objects.filter(pk=workspace.pk).update(status=status.value, **stamps, **values)
    workspace.refresh_from_db()
    return workspace


def told(workspace: PatternWorkspace) -> list[str]:
    """The types of the timeline's entries, the oldest first."""
    return list(WorkspaceMessage.objects.filter(workspace=workspace).values_list("type", flat=True))


def tell_of_phase(workspace: PatternWorkspace) -> WorkspaceMessage:
    """An entry that is under way, at 20 %."""
    with transaction.atomic():
        return tell(
            workspace,
            MessageType.CLAUDE_PHASE_UPDATE,
            "Testing",
            author_type=AuthorType.CLAUDE,
            status=MessageStatus.IN_PROGRESS,
            progress=20,
        )
