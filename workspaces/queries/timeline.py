"""The timeline as pages read it: by keyset, and what changed since, each in a fixed number of queries that
are built once, however long it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from orchestrator.accounts.models import User
from orchestrator.core.kept import Kept
from workspaces.domain.files import id_in
from workspaces.domain.vocabulary import MessageType
from workspaces.models import Attachment, PatternWorkspace, WorkspaceMessage

PAGE: Final = 50
MOST_CHANGES: Final = 100
_END: Final = UUID(int=2**128 - 1)
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
    """The newest entries before an id. One query, a second one where there are files."""
    keys = {"workspace": workspace.pk} | ({"before": before} if before is not None else {})
    rows = _newest(tuple(types), size + 1, is_older=before is not None).rows(**keys)
    older = rows[size - 1].pk if len(rows) > size else None
    return Stretch(_with_files(workspace, rows[:size][::-1]), older)


@lru_cache(maxsize=500)
def _newest(types: tuple[str, ...], limit: int, *, is_older: bool) -> Kept[WorkspaceMessage]:
    """With types, the newest of each are read by its index and merged: none is looked for among others."""

    def build(workspace: UUID, before: UUID = _END) -> QuerySet[WorkspaceMessage]:
        rows = WorkspaceMessage.objects.filter(workspace=workspace, pk__lt=before)
        if types:
            found = RawSQL(_OF_TYPES, [list(types), workspace, before, limit, limit])  # noqa: S611
            rows = WorkspaceMessage.objects.filter(pk__any_of=found)
        return _with_author(rows).order_by("-pk")[:limit]

    return Kept(WorkspaceMessage, build, {"workspace": UUID} | ({"before": UUID} if is_older else {}))


_OF_TYPES: Final = """
ARRAY(
    SELECT newest.id FROM unnest(%s::text[]) AS kind CROSS JOIN LATERAL (
        SELECT id FROM workspaces_workspacemessage
        WHERE workspace_id = %s AND type = kind AND id < %s ORDER BY id DESC LIMIT %s
    ) AS newest ORDER BY newest.id DESC LIMIT %s
)
"""
"""As a union of eleven queries of Django it took PostgreSQL ten times as long to plan."""


def _with_author(rows: QuerySet[WorkspaceMessage]) -> QuerySet[WorkspaceMessage]:
    return rows.select_related("author").defer(*User.unseen("author"))


def changes(
    workspace: PatternWorkspace, *, since: datetime, now: datetime, types: Sequence[str] = ()
) -> Changes:
    """What was written or changed since then, in that order; at most MOST_CHANGES at once."""
    found = _changed(tuple(types)).rows(workspace=workspace.pk, since=since)
    following = found[-1].updated_at if len(found) == MOST_CHANGES else max(since, now - _OVERLAP)
    return Changes(_with_files(workspace, sorted(found, key=lambda row: row.pk)), following)


@lru_cache(maxsize=100)
def _changed(types: tuple[str, ...]) -> Kept[WorkspaceMessage]:
    def build(workspace: UUID, since: datetime) -> QuerySet[WorkspaceMessage]:
        rows = WorkspaceMessage.objects.filter(workspace=workspace, updated_at__gt=since)
        rows = rows.filter(type__in=types) if types else rows
        return _with_author(rows).order_by("updated_at", "pk")[:MOST_CHANGES]

    return Kept(WorkspaceMessage, build, {"workspace": UUID, "since": datetime})


def one_entry(message: WorkspaceMessage) -> Entry:
    return _with_files(message.workspace, [message])[0]


def _with_files(workspace: PatternWorkspace, rows: Sequence[WorkspaceMessage]) -> list[Entry]:
    """One query for the files of all entries; none where there are none."""
    if not any(row.attachments for row in rows):
        return [Entry(row, []) for row in rows]
    named = [[UUID(found) for each in row.attachments if (found := id_in(each))] for row in rows]
    wanted = {each for ids in named for each in ids}
    known = {each.pk: each for each in _FILES.rows(workspace=workspace.pk, ids=list(wanted))}
    return [
        Entry(row, [known[each] for each in ids if each in known])
        for row, ids in zip(rows, named, strict=True)
    ]


_FILES: Final = Kept(
    Attachment,
    lambda workspace, ids: Attachment.objects.filter(workspace=workspace, pk__any_of=ids),
    {"workspace": UUID, "ids": tuple},
)
