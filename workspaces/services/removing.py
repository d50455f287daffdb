"""Taking a workspace away with everything in it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, WrongState
from workspaces.access import May, find_workspace
from workspaces.domain.vocabulary import UNDER_WAY
from workspaces.models import (
    ClaudeExecution,
    PatternSession,
    RegressionCase,
    WorkspaceMessage,
)
from workspaces.repositories import Repository
from workspaces.services.attachments import forget_files


@transaction.atomic
def delete_workspace(user: User, workspace_id: UUID, *, confirm: str | None = None) -> None:
    """Its timeline, sessions, corrections, runs, versions, files and repository, for good. Candles stay.

    ``confirm`` has to be the name where it is given. Raises NotFound, NotAllowed, InvalidInput, and
    WrongState while a coding run is under way.
    """
    workspace = find_workspace(user, workspace_id, May.OWN, lock=True)
    if confirm is not None and confirm.strip() != workspace.name:
        message = "This is not its name. Write it as it stands there."
        raise InvalidInput(message, fields={"confirm": [message]})
    runs = ClaudeExecution.objects.filter(workspace=workspace)
    if runs.filter(status__in=list(UNDER_WAY)).exists():
        raise WrongState("A coding run is under way. Cancel it first, or wait until it is done.")
    record_audit(user, "workspace.deleted", workspace, before={"pattern_type": workspace.pattern_type})
    known = list(runs.values_list("pk", flat=True))
    WorkspaceMessage.objects.filter(workspace=workspace).delete()
    RegressionCase.objects.filter(workspace=workspace).delete()
    PatternSession.objects.filter(workspace=workspace).delete()  # they protect the versions they tested
    workspace.delete()
    transaction.on_commit(lambda: forget_files(workspace_id))
    transaction.on_commit(lambda: Repository(workspace_id).remove(known))
