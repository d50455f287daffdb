"""Workspaces with a version that is deployed to the stand-in of Vercel."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.workspaces.making import make_workspace
from workspaces.models import AlgorithmVersion, Deployment, PatternWorkspace, WorkspaceMessage
from workspaces.repositories import Repository
from workspaces.services.deployments.asking import deploy
from workspaces.services.deployments.following import follow


def make_version(
    workspace: PatternWorkspace, *, number: str = "0.0.1", is_current: bool = True
) -> AlgorithmVersion:
    repository = Repository(workspace.pk)
    first = repository.begin(workspace.pattern_type)
    return AlgorithmVersion.objects.create(
        workspace=workspace,
        number=number,
        commit_hash=first,
        parameters=repository.parameters(first),
        is_current=is_current,
    )


def make_deployed(owner: User | None = None) -> Deployment:
    """A deployment to Vercel that was asked for, and that no worker has looked at yet."""
    workspace = make_workspace(owner, deploy_target="vercel")
    make_version(workspace)
    return deploy(workspace.created_by, workspace.pk)


def make_done(workspace: PatternWorkspace, *, number: str = "0.0.1") -> Deployment:
    """One to this server, of a version that is no longer in use."""
    version = AlgorithmVersion.objects.create(workspace=workspace, number=number, commit_hash="a" * 40)
    return Deployment.objects.create(
        workspace=workspace, version=version, status="ready", completed_at=utc_now()
    )


def look(row: Deployment, *, after_seconds: float = 0) -> Deployment:
    """One look of a worker, when it is due, or as long after it was asked for."""
    row.refresh_from_db()
    at = row.created_at + timedelta(seconds=after_seconds) if after_seconds else (row.due_at or utc_now())
    with time_machine.travel(at + timedelta(milliseconds=1), tick=True):
        follow(row.pk)
    row.refresh_from_db()
    return row


def finish(row: Deployment, *, looks: int = 10) -> Deployment:
    for _ in range(looks):
        if row.completed_at is not None:
            break
        look(row)
    return row


def entries(row: Deployment) -> list[WorkspaceMessage]:
    rows = WorkspaceMessage.objects.filter(workspace=row.workspace_id, type__startswith="deploy")
    return list(rows.order_by("id"))
