"""The timeline as pages and API read it: pages by keyset, and what changed since, each in a fixed number
of queries, however long it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from orchestrator.workspaces.domain.files import id_in
from orchestrator.workspaces.domain.vocabulary import MessageType
from orchestrator.workspaces.models import Attachment, PatternWorkspace, WorkspaceMessage

PAGE: Final = 50
MOST_CHANGES: Final = 100
_OVERLAP: Final = timedelta(seconds=5)
"""Transactions end in another order than their entries were stamped; what is sent twice, pages ignore."""


class Show(StrEnum):
    """What a reader may leave out or look at alone."""

    NOTES = "notes"
    TESTS = "tests"
    FEEDBACK = "feedback"
    CODING = "coding"
    DEPLOYS = "deploys"
    RELEASES = "releases"


TYPES: Final[dict[Show, tuple[MessageType, ...]]] = {
    Show.NOTES: (MessageType.NOTE, MessageType.PATTERN_DESCRIPTION_SUBMITTED),
    Show.TESTS: (MessageType.SESSION_CREATED, MessageType.SESSION_COMPLETED, MessageType.SESSION_REOPENED),
    Show.FEEDBACK: (MessageType.FEEDBACK_ADDED, MessageType.FEEDBACK_BATCH_SENT),
    Show.CODING: tuple(each for each in MessageType if each.value.startswith("claude_")),
    Show.DEPLOYS: tuple(each for each in MessageType if each.value.startswith("deploy_")),
    Show.RELEASES: (
        MessageType.PATTERN_CREATED,
        MessageType.USER_APPROVED,
        MessageType.ADMIN_VERIFIED,
        MessageType.VERSION_UPDATED,
        MessageType.STATUS_CHANGED,
    ),
}


def types_of(shown: Iterable[Show]) -> list[str]:
    """Empty for all."""
    return [each.value for show in shown for each in TYPES[show]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A message with the files that it has."""

    message: WorkspaceMessage
    files: list[Attachment]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries, the oldest first; ``older`` is the id to read on before, None where it begins."""

    entries: list[Entry]
    older: UUID | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Entries that are new or changed, and from when to ask the next time."""

    entries: list[Entry]
    since: datetime


def stretch(
    workspace: PatternWorkspace, *, before: UUID | None = None, types: Sequence[str] = (), size: int = PAGE
) -> Stretch:
    """The newest entries before an id. Two queries, a third where there are files."""
    rows = list(_newest(workspace, before, types, size + 1))
    older = rows[size - 1].pk if len(rows) > size else None
    return Stretch(_with_files(workspace, rows[:size][::-1]), older)


def _newest(
    workspace: PatternWorkspace, before: UUID | None, types: Sequence[str], limit: int
) -> QuerySet[WorkspaceMessage]:
    """With types, the newest of each are read by its index and merged: none is looked for among others."""
    rows = WorkspaceMessage.objects.filter(workspace=workspace)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if types:
        each: list[QuerySet[Any, Any]] = [
            rows.filter(type=kind).order_by("-pk").values("pk")[:limit] for kind in types
        ]
        found = each[0].union(*each[1:], all=True) if len(each) > 1 else each[0]
        rows = WorkspaceMessage.objects.filter(pk__in=[row["pk"] for row in found])
    return rows.select_related("author").order_by("-pk")[:limit]


def changes(
    workspace: PatternWorkspace, *, since: datetime, now: datetime, types: Sequence[str] = ()
) -> Changes:
    """What was written or changed since then, in that order; at most MOST_CHANGES at once."""
    rows = WorkspaceMessage.objects.filter(workspace=workspace, updated_at__gt=since)
    if types:
        rows = rows.filter(type__in=types)
    found = list(rows.select_related("author").order_by("updated_at", "pk")[:MOST_CHANGES])
    following = found[-1].updated_at if len(found) == MOST_CHANGES else max(since, now - _OVERLAP)
    return Changes(_with_files(workspace, sorted(found, key=lambda row: row.pk)), following)


def one_entry(message: WorkspaceMessage) -> Entry:
    return _with_files(message.workspace, [message])[0]


def _with_files(workspace: PatternWorkspace, rows: Sequence[WorkspaceMessage]) -> list[Entry]:
    named = {row.pk: [found for each in row.attachments if (found := id_in(each))] for row in rows}
    wanted = reduce(lambda one, other: one | set(other), named.values(), set[str]())
    known = (
        {str(each.pk): each for each in Attachment.objects.filter(Q(workspace=workspace), pk__in=wanted)}
        if wanted
        else {}
    )
    return [Entry(row, [known[each] for each in named[row.pk] if each in known]) for row in rows]
