"""Events of Vercel's webhooks: signed or refused, and then no more than a reason to look.

What an event says of a deployment is not taken over, so one that is old, doubled or out of order does no
harm. An event may come before the answer to the request that made the deployment: it knows our id.
"""

from __future__ import annotations

import secrets
from uuid import UUID

import structlog
from django.conf import settings

from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import opened
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import NotJson
from orchestrator.core.rls import as_server
from orchestrator.executions.services.receiving import NotAuthentic
from workspaces.models import Deployment, VercelConnection
from workspaces.services.deployments.following import hint
from workspaces.services.deployments.story import locked
from workspaces.vercel import Event, is_signed, read_event

_NOBODY = secrets.token_hex(32)
"""Compared with where there is no secret: it takes as long, and nobody knows it."""
log = structlog.get_logger(__name__)


def receive_event(workspace_id: UUID | None, body: bytes, signature: str) -> None:
    """Look at the deployment that it is about, if there is one; whether there is, is not told.

    Signed with the secret of the workspace, or without one in the address with the server's. Raises
    NotAuthentic, InvalidInput.
    """
    with as_server("the signature says who it is"):
        if not is_signed(_secret(workspace_id), body, signature):
            raise NotAuthentic("The signature in x-vercel-signature is not that of this body.")
        try:
            event = read_event(body)
        except NotJson as error:
            raise InvalidInput("The body is no JSON.") from error
        row_id = _find(workspace_id, event) if event is not None else None
        if row_id is None or event is None:
            return
        _look_now(row_id, event)
    hint(row_id)


def _secret(workspace_id: UUID | None) -> str:
    if workspace_id is None:
        return settings.VERCEL_WEBHOOK_SECRET or _NOBODY
    row = VercelConnection.objects.filter(workspace=workspace_id, has_webhook=True).first()
    return (opened(row.webhook_secret) if row is not None else "") or _NOBODY


def _find(workspace_id: UUID | None, event: Event) -> UUID | None:
    """The server's secret speaks for what goes by the server's account, a workspace's for its own."""
    rows = Deployment.objects.filter(completed_at__isnull=True, begun_at__isnull=False)
    if workspace_id is None:
        rows = rows.filter(workspace__vercel__isnull=True)
    else:
        rows = rows.filter(workspace=workspace_id)
    known = rows.filter(remote_id=event.id).values_list("pk", flat=True).first()
    if known is None and event.tag:
        try:
            known = rows.filter(pk=UUID(event.tag), remote_id="").values_list("pk", flat=True).first()
        except ValueError:
            return None
    return known


def _look_now(pk: UUID, event: Event) -> None:
    with locked(pk) as row:
        if row is None or row.completed_at is not None or row.begun_at is None:
            return
        row.remote_id = row.remote_id or event.id
        row.due_at = utc_now()
        row.save(update_fields=["remote_id", "due_at"])
    log.info("deployment_event", deployment=str(pk), kind=event.kind)
