"""Requests that begin a coding run and may arrive twice."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from workspaces.access import May, find_workspace
from workspaces.models import ClaudeExecution


@transaction.atomic
def once(
    user: User, workspace_id: UUID, key: str | None, begin: Callable[[], ClaudeExecution]
) -> ClaudeExecution:
    """The run that the same key began before in this workspace, or else what ``begin`` begins.

    Raises NotFound, NotAllowed, InvalidInput about the key, and what ``begin`` raises: that is no run, so
    the key may be used again.
    """
    if key is None:
        return begin()
    if not 1 <= len(key) <= 100 or not key.isprintable():
        raise InvalidInput("An idempotency key has 1 to 100 printable characters.")
    workspace = find_workspace(user, workspace_id, May.WORK, lock=True)  # the second waits for the first
    known = ClaudeExecution.objects.filter(workspace=workspace, idempotency_key=key).first()
    if known is not None:
        return known
    run = begin()
    run.idempotency_key = key
    run.save(update_fields=["idempotency_key"])
    return run
