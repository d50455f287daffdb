"""Following deployments to their end by asking the host; what a webhook says only has it asked sooner.

The row says when it is due, a message is a hint, and the sweep finds what no hint led to.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import CannotDecrypt
from orchestrator.core.hinting import send_hint
from workspaces.domain.deployments import (
    GIVEN_UP_AFTER,
    SLOW_AFTER,
    kept_log,
    next_look,
    next_try,
)
from workspaces.models import Deployment
from workspaces.services.deployments.accounts import account_for
from workspaces.services.deployments.sending import fail, hand_over, keep, look_for
from workspaces.services.deployments.story import locked, progress
from workspaces.vercel import Busy, Refused, Unsure, Vercel, VercelError

TASK: Final = "workspaces.follow_deployment"
_AT_A_TIME: Final = 50
_LEASE: Final = timedelta(seconds=60)
_READ_SECONDS: Final = 10.0
_SLOW: Final = "It has taken more than 15 minutes. Look at its log, or cancel it and deploy again."
_GIVEN_UP: Final = "It did not end within 6 hours, so it is no longer followed. Look at Vercel."
_UNCONNECTED: Final = "There is no token for Vercel any more, so nothing more is known of it."
log = structlog.get_logger(__name__)


def hint(deployment_id: UUID) -> None:
    """Let a worker look at it. Never fails: the sweep finds what nobody looked at."""
    send_hint(TASK, str(deployment_id), unsent="deployment_hint_not_sent", deployment=str(deployment_id))


def sweep_deployments() -> int:
    """Hint at what is due; how many there were."""
    due = Deployment.objects.filter(due_at__lte=utc_now()).order_by("due_at")
    found = list(due.values_list("pk", flat=True)[:_AT_A_TIME])
    for deployment_id in found:
        hint(deployment_id)
    return len(found)


def follow(pk: UUID) -> None:
    """One look at a deployment that is due. Safe to deliver any number of times."""
    row = _claim(pk)
    if row is None:
        return
    if row.begun_at is None:
        hand_over(pk)
        return
    try:
        vercel = account_for(row.workspace_id, timeout_seconds=_READ_SECONDS)
    except CannotDecrypt as error:
        fail(pk, str(error))
        return
    if vercel is None:
        fail(pk, _UNCONNECTED)
        return
    try:
        _look(row, vercel)
    except VercelError as error:
        _not_told(row, error)
    _watch_the_time(pk)


def _claim(pk: UUID) -> Deployment | None:
    """Whoever takes it has it for a minute; None if it is not due, or over."""
    with locked(pk) as row:
        if row is None or row.due_at is None or row.due_at > utc_now():
            return None
        row.due_at = utc_now() + _LEASE
        row.save(update_fields=["due_at"])
    return row


def _look(row: Deployment, vercel: Vercel) -> None:
    """Raises VercelError."""
    if not row.remote_id:
        look_for(row, vercel)
        if Deployment.objects.filter(pk=row.pk, remote_id="").exists():
            _due_again(row)
        return
    if row.cancel_requested_at is not None:
        _cancel(row, vercel)
    reading = vercel.read(row.remote_id)
    keep(row.pk, reading, _log(row, vercel))


def _cancel(row: Deployment, vercel: Vercel) -> None:
    try:
        vercel.cancel(row.remote_id)
    except Refused as error:
        log.info("deployment_not_cancelled", deployment=str(row.pk), reason=str(error))  # it may be over


def _log(row: Deployment, vercel: Vercel) -> str | None:
    """None where it cannot be had: that is no reason to know less of the deployment itself."""
    try:
        return kept_log(vercel.log(row.remote_id))
    except VercelError as error:
        log.info("deployment_log_not_read", deployment=str(row.pk), reason=str(error))
        return None


def _not_told(row: Deployment, error: VercelError) -> None:
    """Vercel does not say how it stands: asked again later, and shown meanwhile."""
    log.warning("deployment_not_followed", deployment=str(row.pk), reason=str(error))
    if isinstance(error, Refused) and error.status == 404 and row.remote_id:
        fail(row.pk, "Vercel does not have it any more: it was deleted there.")
        return
    with locked(row.pk) as current:
        if current is None or current.completed_at is not None:
            return
        asked = error.retry_after if isinstance(error, Busy) else None
        wait = next_look(utc_now() - current.created_at)
        if asked is not None:
            wait = max(wait, next_try(0, asked))
        if isinstance(error, Refused):
            wait = max(wait, timedelta(minutes=1))
        current.due_at = utc_now() + wait
        current.save(update_fields=["due_at"])
        if not isinstance(error, Unsure):
            number = current.version.number
            progress(current, f"Version {number}: Vercel does not say how it stands", 60, content=str(error))


def _due_again(row: Deployment) -> None:
    wait = next_look(utc_now() - row.created_at)
    Deployment.objects.filter(pk=row.pk, completed_at__isnull=True).update(due_at=utc_now() + wait)


def _watch_the_time(pk: UUID) -> None:
    """One that stays too long is told once, and is not followed for ever."""
    with locked(pk) as row:
        if row is None or row.completed_at is not None or row.begun_at is None:
            return
        age = utc_now() - row.begun_at
        if age > SLOW_AFTER and not row.is_slow:
            row.is_slow = True
            row.save(update_fields=["is_slow"])
            progress(row, f"Version {row.version.number} takes long at Vercel", 60, content=_SLOW)
        is_over = age > GIVEN_UP_AFTER
    if is_over:
        fail(pk, _GIVEN_UP)
