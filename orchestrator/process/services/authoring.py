"""What staff write row by row, in the admin: only in drafts, under the version's lock, and on record."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import models, transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.process.models import ProcessVersion
from orchestrator.process.services.freezing import lock_draft
from orchestrator.process.services.interchange import require_author


def begin_change(user: User, version_id: UUID) -> ProcessVersion:
    """To be called in the transaction that then writes the version or a part of it, and keeps that on record.

    Raises the version's revision, so that it is compiled anew. Raises NotFound, Frozen and NotAllowed.
    """
    assert transaction.get_connection().in_atomic_block, "the lock lasts as long as the transaction"
    require_author(user)
    return lock_draft(version_id)


def record_authoring(user: User, target: models.Model, verb: str, fields: Collection[str] = ()) -> None:
    """Keep on record that somebody wrote a definition, and which fields; it is stored, or not deleted yet.

    Raises NotAllowed.
    """
    require_author(user)
    action = f"{target._meta.label_lower.replace('.', '_')}.{verb}"
    record_audit(user, action, target, after={"name": str(target), "fields": sorted(fields)})
