"""What staff write row by row, in the admin: only in drafts, under the version's lock, and on record."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import models, transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import WrongState
from process.models import ProcessVersion
from process.queries.versions import find_version
from process.services.freezing import lock_draft
from process.services.interchange import require_author


class DraftChanged(WrongState):
    """Somebody changed the draft since the author read it."""

    code = "draft_moved_on"


def begin_change(user: User, version_id: UUID, *, seen: int | None = None) -> ProcessVersion:
    """To be called in the transaction that then writes the version or a part of it, and keeps that on record.

    Raises the version's revision, so that it is compiled anew. ``seen`` is the revision that the author read,
    where the page knows it. Raises NotFound, Frozen, NotAllowed and DraftChanged.
    """
    assert transaction.get_connection().in_atomic_block, "the lock lasts as long as the transaction"
    require_author(user)
    version = lock_draft(version_id)
    _require(version.revision - 1, seen)
    return version


def require_unchanged(version_id: UUID, seen: int) -> None:
    """Hold the version as the author read it until the transaction ends. Raises NotFound and DraftChanged."""
    assert transaction.get_connection().in_atomic_block, "the lock lasts as long as the transaction"
    _require(find_version(version_id, lock=True).revision, seen)


def _require(revision: int, seen: int | None) -> None:
    if seen is not None and seen != revision:
        raise DraftChanged("Somebody else changed this draft in the meantime.", revision=revision)


def record_authoring(user: User, target: models.Model, verb: str, fields: Collection[str] = ()) -> None:
    """Keep on record that somebody wrote a definition, and which fields; it is stored, or not deleted yet.

    Raises NotAllowed.
    """
    require_author(user)
    action = f"{target._meta.label_lower.replace('.', '_')}.{verb}"
    record_audit(user, action, target, after={"name": str(target), "fields": sorted(fields)})
