"""Handing a deployment over, once: what may have arrived is looked for, and never sent a second time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import CannotDecrypt
from workspaces.domain.deployments import MOST_TRIES, UNSURE_FOR, next_look, next_try
from workspaces.domain.vocabulary import DeployStatus, Target
from workspaces.models import ClaudeExecution, Deployment
from workspaces.repositories import BadTree, Repository, RepositoryError
from workspaces.services.deployments.accounts import account_for
from workspaces.services.deployments.story import locked, mirror, progress, turn
from workspaces.vercel import Busy, Reading, Refused, Unsure, Vercel
from workspaces.vercel.project import About, project_files

SEND_SECONDS: Final = 30.0
_SOON: Final = timedelta(seconds=5)
_UNCONNECTED: Final = "There is no token for Vercel any more. Enter one where the target is chosen."
_LOST: Final = (
    "Vercel did not say whether it took this deployment, and knows of none. It was not sent again by itself; "
    "deploy again when you have looked there."
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Work:
    vercel: Vercel
    project: str
    files: Mapping[str, str]


def hand_over(pk: UUID) -> None:
    """Send it, unless somebody began to before. Blocks; not within a transaction; safe to call again."""
    work = _prepare(pk)
    if work is None or not _begin(pk):
        return
    try:
        made = work.vercel.create(work.project, work.files, tag=str(pk))
    except Refused as error:
        fail(pk, str(error))
    except Busy as error:
        _again_later(pk, error)
    except Unsure as error:
        log.warning("deployment_outcome_unknown", deployment=str(pk), reason=str(error))
        _look_for_it(pk, str(error))
    else:
        keep(pk, made)


def _prepare(pk: UUID) -> _Work | None:
    row = Deployment.objects.select_related("workspace", "version").filter(pk=pk).first()
    if row is None or row.begun_at is not None or row.completed_at is not None or row.target == Target.LOCAL:
        return None
    try:
        vercel = account_for(row.workspace_id, timeout_seconds=SEND_SECONDS)
        tree = Repository(row.workspace_id).files(row.version.commit_hash)
    except (CannotDecrypt, RepositoryError, BadTree) as error:
        fail(pk, str(error))
        return None
    if vercel is None:
        fail(pk, _UNCONNECTED)
        return None
    score = _score(row)
    about = About(
        name=row.workspace.name,
        pattern=row.workspace.pattern_type,
        version=row.version.number,
        commit=row.version.commit_hash,
        parameters=row.version.parameters,
        kept=score.get("kept"),
        cases=score.get("all"),
    )
    return _Work(vercel, row.project, project_files(about, tree))


def _score(row: Deployment) -> dict[str, int]:
    """Of the run that made the commit, also where an older version is used again."""
    runs = ClaudeExecution.objects.filter(workspace=row.workspace_id, commit_hash=row.version.commit_hash)
    score = runs.order_by("-id").values_list("score_after", flat=True).first()
    return score if isinstance(score, dict) else {}


def _begin(pk: UUID) -> bool:
    """True for the one caller that is to send it. What it does not come back from is looked for by others."""
    with locked(pk) as row:
        if row is None or row.begun_at is not None or row.completed_at is not None:
            return False
        row.begun_at = utc_now()
        row.due_at = row.begun_at + timedelta(seconds=SEND_SECONDS + 15)
        row.save(update_fields=["begun_at", "due_at"])
        progress(row, f"Handing version {row.version.number} over to Vercel", 10)
    return True


def keep(pk: UUID, reading: Reading, lines: str | None = None) -> None:
    """What the host says of it. Old news changes nothing."""
    with locked(pk) as row:
        if row is None or row.completed_at is not None:
            return
        row.remote_id = row.remote_id or reading.id
        if row.remote_id != reading.id:
            return
        row.url, row.inspector_url = reading.url or row.url, reading.inspector_url or row.inspector_url
        row.logs = lines if lines is not None else row.logs
        row.due_at = utc_now() + next_look(utc_now() - row.created_at)
        if reading.status is None:
            log.warning("deployment_state_unknown", deployment=str(pk), state=reading.state)
            row.save()
        elif not turn(row, reading.status, reason=_why(row, reading)):
            if reading.status is DeployStatus.QUEUED:
                progress(row, f"Version {row.version.number} waits in Vercel's queue", 20)
            mirror(row)


def _why(row: Deployment, reading: Reading) -> str:
    if reading.status is DeployStatus.CANCELED:
        return row.error or "It was cancelled at Vercel."
    return reading.error or "The build failed. Its log says why."


def fail(pk: UUID, reason: str) -> None:
    with locked(pk) as row:
        if row is not None:
            turn(row, DeployStatus.ERROR, reason=reason)


def _again_later(pk: UUID, error: Busy) -> None:
    """It did not arrive, so it may be sent again: later, and not for ever."""
    with locked(pk) as row:
        if row is None or row.completed_at is not None:
            return
        row.tries += 1
        if row.tries >= MOST_TRIES:
            turn(row, DeployStatus.ERROR, reason=f"{error} It was tried {row.tries} times.")
            return
        wait = next_try(row.tries, error.retry_after)
        row.begun_at, row.due_at = None, utc_now() + wait
        row.save(update_fields=["tries", "begun_at", "due_at"])
        seconds = round(wait.total_seconds())
        words = f"{error} It is tried again in {seconds} s, for the {row.tries + 1}. time."
        progress(row, f"Version {row.version.number} waits for Vercel", 10, content=words)


def _look_for_it(pk: UUID, reason: str) -> None:
    with locked(pk) as row:
        if row is not None and row.completed_at is None and not row.remote_id:
            row.due_at = utc_now() + _SOON
            row.save(update_fields=["due_at"])
            words = f"{reason} It is looked for there, and not sent again."
            progress(row, f"Version {row.version.number}: waiting for word of Vercel", 10, content=words)


def look_for(row: Deployment, vercel: Vercel) -> None:
    """One that was handed over without an answer. Raises Refused, Busy, Unsure."""
    found = vercel.find(row.project, tag=str(row.pk))
    if found is not None:
        keep(row.pk, found)
    elif row.begun_at is not None and utc_now() - row.begun_at > UNSURE_FOR:
        fail(row.pk, _LOST)
