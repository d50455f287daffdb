"""The workspace that a history belongs to: the one that there is, or one begun as the older product tells."""

from __future__ import annotations

from datetime import datetime

from orchestrator.core.errors import InvalidInput
from workspaces.domain.descriptions import clean_steps
from workspaces.domain.detectors import PATTERNS
from workspaces.domain.history.records import PatternRecord
from workspaces.models import PatternWorkspace
from workspaces.services.history.arranging import Group
from workspaces.services.history.people import CannotTake, People, past
from workspaces.services.history.telling import id_in_order


def find_or_begin(group: Group, people: People, now: datetime) -> tuple[PatternWorkspace, bool]:
    """Locked if it is there; else new, not stored yet, and True. Raises CannotTake.

    What there is keeps its name, description and status, whatever the older product says of them.
    """
    known = PatternWorkspace.objects.select_for_update().filter(pattern_type=group.pattern_type).first()
    if known is not None:
        return known, False
    pattern = PATTERNS[group.pattern_type]
    record = group.pattern.record if group.pattern is not None else None
    began = _began(group, record, now)
    workspace = PatternWorkspace(
        pk=id_in_order(began, 0),
        pattern_type=pattern.key,
        name=(record.name if record else "") or pattern.name,
        category=(record.category if record else "") or pattern.category,
        created_at=began,
        updated_at=now,
        created_by=people.take(_beginner(group, record), "began the workspace"),
    )
    if record is not None:
        _describe(workspace, record, people, now)
    return workspace, True


def _began(group: Group, record: PatternRecord | None, now: datetime) -> datetime:
    if record is not None:
        return past(record.created_at, now, "createdAt")
    sessions = [each.record.created_at for each in group.sessions]
    return min([now, *sessions, *(each.record.created_at for each in group.implementations)])


def _beginner(group: Group, record: PatternRecord | None) -> str | None:
    """Whoever the pattern's record names, or else who made the first session that says so."""
    if record is not None and record.created_by:
        return record.created_by
    sessions = sorted(group.sessions, key=lambda each: each.record.created_at)
    return next((each.record.created_by for each in sessions if each.record.created_by), None)


def _describe(workspace: PatternWorkspace, record: PatternRecord, people: People, now: datetime) -> None:
    workspace.description, workspace.user_reasoning = record.description, record.user_reasoning
    try:
        workspace.identification_steps = clean_steps(record.identification_steps)
    except InvalidInput as error:
        raise CannotTake(error.message) from error
    workspace.status, workspace.version = record.status.value, record.version
    for name in ("implemented_at", "approved_at", "verified_at"):
        moment = getattr(record, name)
        setattr(workspace, name, past(moment, now, name) if moment else None)
    if record.approved_by:
        workspace.approved_by = people.take(record.approved_by, "approved it")
    if record.verified_by:
        workspace.verified_by = people.take(record.verified_by, "verified it")
