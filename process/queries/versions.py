"""Versions by their id."""

from __future__ import annotations

from uuid import UUID

from orchestrator.core.errors import NotFound
from process.models import ProcessVersion


def find_version(version_id: UUID, *, lock: bool = False) -> ProcessVersion:
    """Raises NotFound."""
    rows = ProcessVersion.objects.select_for_update() if lock else ProcessVersion.objects.all()
    version = rows.filter(pk=version_id).first()
    if version is None:
        raise NotFound("There is no such version.")
    return version
