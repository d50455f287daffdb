"""What becomes of a deployment, and what is told of it: each move with its entries, in one transaction.

Three entries: it was started; how it goes, told anew where it stands; how it ended. The coding run that made
the version shows the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.json import JsonObject
from workspaces.domain.deployments import FINAL, moves, project_name
from workspaces.domain.vocabulary import DeployStatus, MessageStatus, MessageType, Target
from workspaces.models import (
    AlgorithmVersion,
    ClaudeExecution,
    Deployment,
    PatternWorkspace,
    WorkspaceMessage,
)
from workspaces.services.deployments.accounts import TITLES
from workspaces.services.timeline import retell, tell

_LOCAL_LOG: Final = "Taken as the version that new sessions of this server use."


@contextmanager
def locked(pk: UUID) -> Iterator[Deployment | None]:
    """The deployment, its workspace locked before it, in one transaction; None if it is gone."""
    with transaction.atomic():
        known = Deployment.objects.filter(pk=pk).values_list("workspace_id", flat=True).first()
        if known is None:
            yield None
            return
        workspace = PatternWorkspace.objects.select_for_update().filter(pk=known).first()
        rows = Deployment.objects.select_related("version", "execution").select_for_update(of=("self",))
        row = rows.filter(pk=pk).first()
        if row is not None and workspace is not None:
            row.workspace = workspace
            yield row
        else:
            yield None


def open_deployment(
    version: AlgorithmVersion,
    *,
    by: User | None,
    run: ClaudeExecution | None = None,
    retry_of: Deployment | None = None,
    reason: str = "",
) -> Deployment:
    """Begin to deploy a version of a locked workspace to its target, in the caller's transaction.

    The local target is reached at once. What was on its way before is given up: it is older.
    """
    workspace, now = version.workspace, utc_now()
    target = Target(workspace.deploy_target)
    is_remote = target is not Target.LOCAL
    for each in Deployment.objects.filter(workspace=workspace, completed_at__isnull=True):
        each.workspace = workspace
        give_up(each, "A newer deployment took its place.")
    row = Deployment.objects.create(
        workspace=workspace,
        version=version,
        execution=run,
        retry_of=retry_of,
        triggered_by=by or (run.triggered_by if run else None),
        target=target.value,
        project=project_name(workspace.pattern_type, str(workspace.pk)) if is_remote else "",
        due_at=now,
    )
    again = retry_of is not None
    tell(
        workspace,
        MessageType.DEPLOY_RETRY if again else MessageType.DEPLOY_STARTED,
        f"Deploying version {version.number} to {TITLES[target]}{' again' if again else ''}",
        by=by,
        content=reason,
        data=_data(row),
        execution=run,
    )
    if not is_remote:
        row.logs = _LOCAL_LOG
        turn(row, DeployStatus.READY)
    mirror(row)
    return row


def give_up(row: Deployment, reason: str) -> None:
    """Locked. What was not handed over ends here; what was is cancelled at the host by a worker."""
    if row.begun_at is None:
        turn(row, DeployStatus.CANCELED, reason=reason)
        return
    row.cancel_requested_at, row.error, row.due_at = utc_now(), reason, utc_now()
    row.save(update_fields=["cancel_requested_at", "error", "due_at"])
    progress(row, f"Version {row.version.number}: cancelling", 60, content=reason)


def turn(row: Deployment, status: DeployStatus, *, reason: str = "") -> bool:
    """Move a locked deployment and tell it; False where that is no news. ``reason``: why it failed."""
    if not moves(DeployStatus(row.status), status):
        row.save()
        return False
    row.status = status.value
    if status in FINAL:
        row.completed_at, row.due_at = utc_now(), None
        row.error = "" if status is DeployStatus.READY else (reason or row.error)
    row.save()
    number = row.version.number
    if status is DeployStatus.BUILDING:
        progress(row, f"Vercel builds version {number}", 60)
    else:
        _end_progress(row, status)
        _tell_end(row, status)
    mirror(row)
    return True


def _tell_end(row: Deployment, status: DeployStatus) -> None:
    number, is_local = row.version.number, row.target == Target.LOCAL
    if status is DeployStatus.READY:
        kind, title = (
            MessageType.DEPLOY_SUCCESS,
            f"Version {number} is {'in use' if is_local else 'on Vercel'}",
        )
    elif status is DeployStatus.CANCELED:
        kind, title = MessageType.DEPLOY_FAILED, f"Deploying version {number} was cancelled"
    else:
        kind, title = MessageType.DEPLOY_FAILED, f"Deploying version {number} failed"
    tell(
        row.workspace,
        kind,
        title,
        content=row.error,
        data=_data(row),
        execution=row.execution,
        status=MessageStatus.COMPLETED if status is DeployStatus.READY else MessageStatus.FAILED,
    )


def progress(row: Deployment, title: str, percent: int, *, content: str = "") -> None:
    """How it goes, in one entry."""
    entry = _entry(row)
    data = _data(row)
    if entry is not None:
        if (entry.title, entry.content, entry.progress) != (title, content, percent):
            retell(entry, title=title, content=content, progress=percent, data=data)
        return
    tell(
        row.workspace,
        MessageType.DEPLOY_BUILDING,
        title,
        content=content,
        data=data,
        execution=row.execution,
        status=MessageStatus.IN_PROGRESS,
        progress=percent,
    )


def _end_progress(row: Deployment, status: DeployStatus) -> None:
    entry = _entry(row)
    if entry is not None:
        ended = MessageStatus.COMPLETED if status is DeployStatus.READY else MessageStatus.FAILED
        percent = 100 if status is DeployStatus.READY else entry.progress
        words = f"Vercel built version {row.version.number}" if percent == 100 else entry.title
        retell(entry, status=ended, progress=percent, title=words, content="", data=_data(row))


def _entry(row: Deployment) -> WorkspaceMessage | None:
    rows = WorkspaceMessage.objects.filter(workspace=row.workspace, type=MessageType.DEPLOY_BUILDING)
    return rows.filter(data__deployment=str(row.pk)).order_by("-id").first()


def _data(row: Deployment) -> JsonObject:
    told: JsonObject = {
        "deployment": str(row.pk),
        "target": row.target,
        "version": row.version.number,
        "commit": row.version.commit_hash,
    }
    return {**told, "url": row.url} if row.url else told


def mirror(row: Deployment) -> None:
    """The coding run shows its last deployment."""
    run = row.execution
    if run is None or Deployment.objects.filter(execution=run, pk__gt=row.pk).exists():
        return
    run.deploy_status, run.deploy_url, run.deploy_logs = row.status, row.url, row.logs
    run.deploy_started_at, run.deploy_completed_at = row.created_at, row.completed_at
    run.save(
        update_fields=[
            "deploy_status", "deploy_url", "deploy_logs", "deploy_started_at", "deploy_completed_at",
        ]
    )  # fmt: skip
