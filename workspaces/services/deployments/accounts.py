"""Where a workspace's versions go, and by which account: its own, else the server's."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import opened
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from workspaces.access import May, find_workspace
from workspaces.domain.vocabulary import MessageType, Target
from workspaces.models import PatternWorkspace, VercelConnection
from workspaces.services.timeline import tell
from workspaces.vercel import Vercel

TITLES: Final = {Target.LOCAL: "this server", Target.VERCEL: "Vercel"}
_SECRET: Final = re.compile(r"[\x21-\x7e]{8,500}")
_TEAM: Final = re.compile(r"[A-Za-z0-9_-]{0,100}")


def account_for(workspace_id: UUID, *, timeout_seconds: float) -> Vercel | None:
    """None where there is no token at all. Raises CannotDecrypt."""
    own = VercelConnection.objects.filter(workspace=workspace_id).first()
    if own is not None:
        token, team = opened(own.token), own.team_id
    else:
        token, team = settings.VERCEL_TOKEN, settings.VERCEL_TEAM_ID
    if not token:
        return None
    return Vercel(token, team, settings.VERCEL_BASE_URL, timeout_seconds)


def can_deploy_to_vercel(workspace: PatternWorkspace) -> bool:
    return bool(settings.VERCEL_TOKEN) or VercelConnection.objects.filter(workspace=workspace).exists()


@transaction.atomic
def choose_target(
    user: User,
    workspace_id: UUID,
    *,
    target: str,
    token: str = "",
    team_id: str | None = None,
    webhook_secret: str | None = None,
) -> PatternWorkspace:
    """Where versions go from now on; those that are there stay. What is left out stays as it is.

    Raises NotFound, NotAllowed, and InvalidInput about the field that is wrong.
    """
    workspace = find_workspace(user, workspace_id, May.OWN, lock=True)
    if target not in set(Target):
        raise _wrong("target", f"Choose one of {', '.join(Target)}.")
    if token.strip() or team_id is not None or webhook_secret is not None:
        _connect(user, workspace, token.strip(), team_id, webhook_secret)
    if target == Target.VERCEL and not can_deploy_to_vercel(workspace):
        raise _wrong("token", "Vercel needs a token: make one in its account settings, and paste it here.")
    before = workspace.deploy_target
    if before != target:
        workspace.deploy_target = target
        workspace.save(update_fields=["deploy_target"])
        title = f"Versions are deployed to {TITLES[Target(target)]} from now on"
        tell(workspace, MessageType.STATUS_CHANGED, title, by=user, data={"target": target})
        record_audit(user, "workspace.target_chosen", workspace,
                     before={"target": before}, after={"target": target})  # fmt: skip
    return workspace


def _connect(
    user: User, workspace: PatternWorkspace, token: str, team_id: str | None, webhook_secret: str | None
) -> None:
    row = VercelConnection.objects.filter(workspace=workspace).first() or VercelConnection(
        workspace=workspace
    )
    if token:
        if not _SECRET.fullmatch(token):
            raise _wrong("token", "This does not look like a token: 8 to 500 characters, without blanks.")
        row.token, row.last_four = token, token[-4:]
    elif row._state.adding:
        if team_id or webhook_secret:
            raise _wrong("token", "A team or a webhook's secret needs a token of this workspace, too.")
        return
    if team_id is not None:
        if not _TEAM.fullmatch(team_id.strip()):
            raise _wrong("team_id", "A team's id looks like team_1a2b3c; it stands in the team's settings.")
        row.team_id = team_id.strip()
    if webhook_secret is not None and webhook_secret.strip():
        if not _SECRET.fullmatch(webhook_secret.strip()):
            raise _wrong("webhook_secret", "8 to 500 characters, without blanks.")
        row.webhook_secret, row.has_webhook = webhook_secret.strip(), True
    row.updated_by, row.updated_at = user, utc_now()
    row.save()
    after = {"last_four": row.last_four, "team": row.team_id, "webhook": row.has_webhook}
    record_audit(user, "workspace.vercel_connected", workspace, after=after)


@transaction.atomic
def disconnect(user: User, workspace_id: UUID) -> PatternWorkspace:
    """Forget the workspace's token. Raises NotFound if it has none, and WrongState while it is needed."""
    workspace = find_workspace(user, workspace_id, May.OWN, lock=True)
    row = VercelConnection.objects.filter(workspace=workspace).first()
    if row is None:
        raise NotFound("This workspace has no token for Vercel.")
    if workspace.deploy_target == Target.VERCEL and not settings.VERCEL_TOKEN:
        raise WrongState("Versions go to Vercel. Choose this server as the target first.")
    record_audit(user, "workspace.vercel_disconnected", workspace, before={"last_four": row.last_four})
    row.delete()
    return workspace


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: [message]})
