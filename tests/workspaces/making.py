"""Workspaces for tests, in whatever state."""

from __future__ import annotations

from typing import Any

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.workspaces.domain.vocabulary import WorkspaceStatus
from orchestrator.workspaces.models import PatternWorkspace, WorkspaceMessage
from orchestrator.workspaces.services.lifecycle import create_workspace
from tests.factories import make_user


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
