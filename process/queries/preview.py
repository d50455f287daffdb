"""Before a version is activated: who is under way in the present one, and where they stand.

Sessions keep the version that they began with, so nobody is moved. What is shown is what the new version
no longer has, so that its author knows for whom the old one goes on living.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from process.domain.vocabulary import SessionStatus
from process.models import ProcessNode, ProcessVersion, Session


@dataclass(frozen=True, slots=True)
class Standing:
    """Sessions under way that stand on one node of an older version."""

    version_id: UUID
    version: str
    node_key: str
    node_name: str
    sessions: int
    is_removed: bool


def standings(version: ProcessVersion, *, of: ProcessVersion | None = None) -> list[Standing]:
    """Where people of other versions, or of one, stand; those on nodes that this one does not have first."""
    under_way = Q(status__in=[SessionStatus.ACTIVE.value, SessionStatus.PAUSED.value])
    others = Session.objects.filter(under_way).exclude(process_version=version)
    if of is not None:
        others = others.filter(process_version=of)
    rows = (
        others.values_list(
            "process_version",
            "process_version__version_name",
            "current_node__node_key",
            "current_node__node_name",
        )
        .annotate(number=Count("id"))
        .order_by("process_version__version_name", "process_version", "current_node__order_index")
    )
    kept = set(ProcessNode.objects.filter(process_version=version).values_list("node_key", flat=True))
    found = [Standing(row[0], row[1], row[2], row[3], row[4], row[2] not in kept) for row in rows]
    return sorted(found, key=lambda standing: not standing.is_removed)
