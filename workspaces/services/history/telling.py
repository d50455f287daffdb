"""Entries of a timeline for what happened before there was one, each at the time at which it happened."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from orchestrator.accounts.models import User
from orchestrator.core.ids import id_at
from orchestrator.core.json import JsonObject
from workspaces.domain.history.records import PatternRecord
from workspaces.domain.vocabulary import AuthorType, MessageStatus, MessageType, WorkspaceStatus
from workspaces.models import FeedbackItem, PatternSession, PatternWorkspace, WorkspaceMessage
from workspaces.services.lifecycle import STATUS_WORDS
from workspaces.services.sessions import summary_of

_STATUSES = tuple(WorkspaceStatus)


@dataclass(slots=True)
class Story:
    """Entries in any order; ``rows`` puts them into that of time. Their ids rise with it, as pages read on
    by id."""

    workspace: PatternWorkspace
    _told: list[WorkspaceMessage] = field(default_factory=list)

    def add(self, at: datetime, kind: MessageType, title: str, by: User | None, **more: Any) -> None:
        self._told.append(
            WorkspaceMessage(
                workspace=self.workspace,
                type=kind.value,
                title=title,
                created_at=at,
                updated_at=at,
                author=by,
                author_type=(AuthorType.USER if by else AuthorType.SYSTEM).value,
                **more,
            )
        )

    def rows(self) -> list[WorkspaceMessage]:
        told = sorted(self._told, key=lambda row: row.created_at)
        for place, row in enumerate(told):
            row.pk = id_in_order(row.created_at, place)
        return told


def id_in_order(at: datetime, place: int) -> Any:
    """An id of that moment, behind those of earlier places in the same millisecond."""
    return id_at(at, tail=place << 40 | secrets.randbits(40))


def tell_beginning(story: Story, record: PatternRecord | None) -> None:
    workspace = story.workspace
    by = workspace.created_by
    story.add(
        workspace.created_at,
        MessageType.PATTERN_CREATED,
        f"{workspace.name}: the workspace was begun",
        by,
    )
    if record is not None and record.description:
        story.add(
            workspace.created_at,
            MessageType.PATTERN_DESCRIPTION_SUBMITTED,
            f"{by.username} described the pattern",
            by,
            content=workspace.description,
            data={"reasoning": workspace.user_reasoning, "steps": workspace.identification_steps},
        )
    if record is not None:
        _tell_release(story, record)


def _tell_release(story: Story, record: PatternRecord) -> None:
    """Every status on the way to the present one, at the time that it is stamped with."""
    workspace = story.workspace
    reached = _STATUSES.index(record.status)
    stamps = (record.created_at, record.implemented_at, record.approved_at, record.verified_at)
    moments = dict(zip(_STATUSES[1:], stamps, strict=True))
    by = {WorkspaceStatus.IN_REVIEW: workspace.approved_by, WorkspaceStatus.VERIFIED: workspace.verified_by}
    for before, status in pairwise(_STATUSES[: reached + 1]):
        at = moments[status] or record.created_at
        data: JsonObject = {"from": before.value, "to": status.value}
        words = f"It is {STATUS_WORDS[status]} now"
        story.add(at, MessageType.STATUS_CHANGED, words, by.get(status), data=data)
    for at_, person, kind, words in (
        (record.approved_at, workspace.approved_by, MessageType.USER_APPROVED, "approved it"),
        (record.verified_at, workspace.verified_by, MessageType.ADMIN_VERIFIED, "verified it"),
    ):
        if at_ is not None:
            name = person.username if person else "Somebody"
            story.add(at_, kind, f"{name} {words}", person)


def tell_session(story: Story, session: PatternSession, candles: str) -> None:
    bars = session.last_bar - session.first_bar + 1
    story.add(
        session.created_at,
        MessageType.SESSION_CREATED,
        f"{session.created_by.username} tests it on {candles}",
        session.created_by,
        content=f"{session.detection_count:,} detections in {bars:,} bars.",
        data={"candles": candles, "bars": bars, "detections": session.detection_count},
        session=session,
    )
    if session.completed_at is not None:
        story.add(
            session.completed_at,
            MessageType.SESSION_COMPLETED,
            f"{session.created_by.username} completed a test session",
            session.created_by,
            content=summary_of(session),
            data={
                "reviewed": session.reviewed_count,
                "right": session.right_count,
                "missed": session.missed_count,
                "success_rate": session.success_rate,
            },
            session=session,
        )


def tell_feedback(story: Story, session: PatternSession, items: Iterable[FeedbackItem]) -> None:
    """What waits in the cart of a session in one entry, and each batch that was sent in two."""
    batches: dict[datetime | None, list[FeedbackItem]] = {}
    for item in items:
        batches.setdefault(item.sent_to_claude_at, []).append(item)
    for sent_at, batch in batches.items():
        count = len(batch)
        words = "1 review" if count == 1 else f"{count:,} reviews"
        last = max(batch, key=lambda item: item.created_at)
        waits = "waits" if count == 1 else "wait"
        story.add(
            last.created_at,
            MessageType.FEEDBACK_ADDED,
            words if sent_at else f"{words} {waits} to be sent",
            None,
            data={"count": count},
            session=session,
            feedback=batch[0] if count == 1 else None,
            status=(MessageStatus.COMPLETED if sent_at else MessageStatus.IN_PROGRESS).value,
        )
        if sent_at is not None:
            story.add(
                sent_at,
                MessageType.FEEDBACK_BATCH_SENT,
                f"{last.created_by.username} sent {words}",
                last.created_by,
                data={"feedback": [str(item.pk) for item in batch]},
                session=session,
            )
