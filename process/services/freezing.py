"""When a version may still be changed. PostgreSQL refuses what slips past: see migration 0002."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import WrongState
from process.models import ProcessVersion
from process.queries.versions import find_version


class Frozen(WrongState):
    """Sessions rest on the version, so it stays as it is."""

    code = "version_frozen"


def freeze(version: ProcessVersion) -> None:
    """From now on nothing of the version changes. Waits for whoever is changing it; then it is read anew."""
    if version.frozen_at is None:
        now = utc_now()
        ProcessVersion.objects.filter(pk=version.pk, frozen_at__isnull=True).update(frozen_at=now)
        version.refresh_from_db()


def lock_draft(version_id: UUID) -> ProcessVersion:
    """The version under its lock, to be changed; its revision rises. Raises NotFound and Frozen."""
    version = find_version(version_id, lock=True)
    if version.is_frozen:
        raise Frozen(f"{version.version_name} is in use and stays as it is. Clone it to change it.")
    ProcessVersion.objects.filter(pk=version_id).update(revision=F("revision") + 1, updated_at=utc_now())
    version.refresh_from_db()
    return version
