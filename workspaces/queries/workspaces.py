"""Lists of workspaces, and who is in one."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from orchestrator.accounts.models import User
from workspaces.domain.detectors import PATTERNS, Pattern
from workspaces.domain.files import id_in
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMember


def workspaces_of(
    user: User, *, statuses: Collection[str] = (), mine: bool = False
) -> QuerySet[PatternWorkspace]:
    """Those that the person sees, in these statuses; ``mine`` leaves out those that others began."""
    rows = PatternWorkspace.objects.visible_to(user).select_related(
        "created_by", "approved_by", "verified_by"
    )
    if statuses:
        rows = rows.filter(status__in=statuses)
    return rows.filter(created_by=user) if mine else rows


def patterns_to_begin(user: User) -> list[Pattern]:
    """Those without a workspace, as far as the person can know."""
    taken = set(PatternWorkspace.objects.visible_to(user).values_list("pattern_type", flat=True))
    return [each for each in PATTERNS.values() if each.key not in taken]


def described_with(workspace: PatternWorkspace) -> list[Attachment]:
    """The files of its description, the oldest first."""
    ids = [found for each in workspace.attachments if (found := id_in(each))]
    return list(Attachment.objects.filter(workspace=workspace, pk__in=ids).order_by("pk")) if ids else []


def members_of(workspace: PatternWorkspace) -> QuerySet[WorkspaceMember]:
    """Whom the owner let in, the first before the others."""
    return WorkspaceMember.objects.filter(workspace=workspace).select_related("user").order_by("pk")
