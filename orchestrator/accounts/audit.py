"""Writes audit rows. Called by every service that changes a definition, permission, approval or key."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from orchestrator.accounts.models import AuditRecord, User
from orchestrator.core.context import current_origin


def record_audit(
    actor: User | None,
    action: str,
    target: models.Model,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Add one row, in the caller's transaction, so that the change and its record stand or fall together.

    ``before`` and ``after`` hold only what changed, never a secret.
    """
    AuditRecord.objects.create(
        actor=actor,
        actor_name=actor.username if actor else "system",
        action=action,
        object_type=target._meta.label_lower,
        object_id=str(target.pk),
        before=before,
        after=after,
        origin=current_origin().as_metadata(),
    )
