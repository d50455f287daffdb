"""A workspace with its full timeline, and what is under way: the sample queries of the schema's document.

The document's other queries are elsewhere: a person's workspaces and those of a status in ``workspaces.py``,
a timeline page by page in ``timeline.py``, a workspace's figures in ``sessions.py``. What it writes are
services: ``timeline.tell`` and ``retell``, ``coding.sending`` and ``coding.steps``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from orchestrator.accounts.models import User
from workspaces.access import find_workspace
from workspaces.domain.vocabulary import UNDER_WAY
from workspaces.models import ClaudeExecution, PatternSession, PatternWorkspace, WorkspaceMessage
from workspaces.queries.coding import BULKY, runs_of
from workspaces.queries.sessions import sessions_of

LATEST_SESSIONS: Final = 5


@dataclass(frozen=True, slots=True)
class WorkspaceWithTimeline:
    """``messages`` are the oldest first, ``sessions`` the newest first; ``execution`` is the latest run."""

    workspace: PatternWorkspace
    messages: list[WorkspaceMessage]
    sessions: list[PatternSession]
    execution: ClaudeExecution | None


def workspace_with_timeline(user: User, workspace_id: UUID) -> WorkspaceWithTimeline:
    """Everything that was ever told, each entry with its author, session, correction and coding run.

    Four queries, five for somebody who was let in, however much there is: for exports and tools. Pages read
    a stretch of the timeline at a time (``timeline.stretch``). Raises NotFound.
    """
    workspace = find_workspace(user, workspace_id)
    return WorkspaceWithTimeline(
        workspace=workspace,
        messages=list(messages_of(workspace)),
        sessions=list(sessions_of(workspace)[:LATEST_SESSIONS]),
        execution=runs_of(workspace).order_by("-triggered_at", "-id").first(),
    )


def messages_of(workspace: PatternWorkspace) -> QuerySet[WorkspaceMessage]:
    """The whole timeline, the oldest first; of coding runs without what only their own pages show."""
    rows = WorkspaceMessage.objects.filter(workspace=workspace)
    rows = rows.select_related("author", "session", "feedback", "execution")
    return rows.defer(*User.unseen("author"), *(f"execution__{each}" for each in BULKY)).order_by("id")


def active_executions(user: User) -> QuerySet[ClaudeExecution]:
    """Coding runs under way in all workspaces that the person sees, the first one triggered first."""
    seen = PatternWorkspace.objects.visible_to(user).values("pk")
    runs = ClaudeExecution.objects.filter(status__in=UNDER_WAY, workspace__in=seen)
    return runs.select_related("workspace", "triggered_by").defer(*BULKY).order_by("triggered_at", "id")
