"""Activating a version: new sessions get it, those under way keep theirs."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from process.domain.validation import Finding, validate
from process.models import ProcessVersion
from process.queries.compiled import process_of
from process.queries.versions import find_version
from process.services.interchange import require_author


class NotSound(InvalidInput):
    """The version has faults that somebody would run into."""

    code = "version_not_sound"

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            f"This version cannot be activated yet: {findings[0].message}",
            findings=[finding.as_json() for finding in findings],
        )


@transaction.atomic
def activate_version(user: User, version_id: UUID) -> ProcessVersion:
    """New sessions get this version; those under way keep theirs. Raises NotFound, NotAllowed, NotSound."""
    require_author(user)
    active = list(ProcessVersion.objects.select_for_update().filter(is_active=True))
    version = find_version(version_id, lock=True)
    if version.is_active:
        return version
    faults = [finding for finding in validate(process_of(version)) if finding.forbids]
    if faults:
        raise NotSound(faults)
    for before in active:
        before.is_active = False
        before.save(update_fields=["is_active"])
    version.is_active, version.frozen_at = True, version.frozen_at or utc_now()
    version.save(update_fields=["is_active", "frozen_at"])
    names = [before.version_name for before in active]
    record_audit(
        user,
        "process_version.activated",
        version,
        before={"active": names[0] if names else None},
        after={"active": version.version_name},
    )
    return version
