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


def begin_change(
    user: User, version_id: UUID, target: models.Model, verb: str, fields: Collection[str] = ()
) -> ProcessVersion:
    """To be called in the transaction that then writes ``target``, a part of the version or the version.

    Raises the version's revision, so that it is compiled anew. Raises NotFound, Frozen and NotAllowed.
    """
    assert transaction.get_connection().in_atomic_block, "the lock lasts as long as the transaction"
    require_author(user)
    version = lock_draft(version_id)
    record_authoring(user, target, verb, fields)
    return version


def record_authoring(user: User, target: models.Model, verb: str, fields: Collection[str] = ()) -> None:
    """Keep on record that somebody wrote a definition, and which fields. Raises NotAllowed."""
    require_author(user)
    action = f"{target._meta.label_lower.replace('.', '_')}.{verb}"
    record_audit(user, action, target, after={"name": str(target), "fields": sorted(fields)})
