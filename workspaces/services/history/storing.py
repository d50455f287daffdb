"""Storing what was found fit of one workspace's history, with its entries, members and figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.json import JsonObject
from workspaces.domain.history.reading import Fault
from workspaces.domain.history.records import PatternRecord
from workspaces.domain.vocabulary import Access, MessageType
from workspaces.models import (
    CandleSet,
    FeedbackItem,
    ImplementationSession,
    ImportedRecord,
    PatternSession,
    PatternWorkspace,
    RegressionCase,
    SessionDetection,
    WorkspaceMember,
    WorkspaceMessage,
)
from workspaces.services.history.candles import times_of
from workspaces.services.history.people import People
from workspaces.services.history.sessions import Draft
from workspaces.services.history.telling import (
    Story,
    tell_beginning,
    tell_feedback,
    tell_session,
)
from workspaces.services.members import MOST_MEMBERS
from workspaces.services.sessions import rate_of

_ROWS = 2_000


@dataclass(slots=True)
class Done:
    """What was taken over for one workspace, and what not. ``before`` counts what an earlier run took."""

    pattern_type: str
    began: bool = False
    candles: int = 0
    sessions: int = 0
    detections: int = 0
    feedback: int = 0
    cases: int = 0
    implementation_sessions: int = 0
    members: int = 0
    before: int = 0
    notices: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Catch:
    """Rows that were checked. ``record`` is what a new workspace is begun from, if the history says it."""

    workspace: PatternWorkspace
    source: str
    now: datetime
    done: Done
    record: PatternRecord | None
    candles: list[tuple[CandleSet, ImportedRecord]] = field(default_factory=list)
    drafts: dict[str, Draft] = field(default_factory=dict)
    items: dict[str, list[FeedbackItem]] = field(default_factory=dict)
    records: list[ImplementationSession] = field(default_factory=list)
    marks: list[ImportedRecord] = field(default_factory=list)
    people: dict[UUID, User] = field(default_factory=dict)


def store(catch: Catch, people: People) -> None:
    if catch.done.began:
        catch.workspace.save(force_insert=True)
    _store_sessions(catch)
    _store_feedback(catch)
    ImplementationSession.objects.bulk_create(catch.records)
    catch.done.implementation_sessions = len(catch.records)
    ImportedRecord.objects.bulk_create(catch.marks, batch_size=_ROWS)
    _let_in(catch, people)
    _tell(catch)
    _draw_figures(catch)


def _store_sessions(catch: Catch) -> None:
    new = [draft for draft in catch.drafts.values() if draft.is_new]
    old = [draft for draft in catch.drafts.values() if not draft.is_new]
    used = {draft.session.candles_id for draft in new}
    for row, mark in catch.candles:
        if row.pk in used:  # not those of sessions that have a fault
            row.save(force_insert=True)
            catch.marks.append(mark)
            catch.done.candles += 1
    for draft in new:
        draft.number()
    for draft in catch.drafts.values():
        draft.count()
    PatternSession.objects.bulk_create([draft.session for draft in new], batch_size=_ROWS)
    rows = [row for draft in new for row in draft.detections]
    SessionDetection.objects.bulk_create(rows, batch_size=_ROWS)
    counted = ["reviewed_count", "right_count", "missed_count"]
    PatternSession.objects.bulk_update([draft.session for draft in old], counted)
    said = [row for draft in old for row in draft.detections if row.verdict]
    SessionDetection.objects.bulk_update(said, ["verdict", "reviewed_by", "reviewed_at"], batch_size=_ROWS)
    catch.done.sessions, catch.done.detections = len(new), len(rows)


def _store_feedback(catch: Catch) -> None:
    items = [item for kept in catch.items.values() for item in kept]
    FeedbackItem.objects.bulk_create(items, batch_size=_ROWS)
    cases = [_case(item) for item in items if item.sent_to_claude_at is not None]
    RegressionCase.objects.bulk_create(cases, batch_size=_ROWS)
    catch.done.feedback, catch.done.cases = len(items), len(cases)


def _case(item: FeedbackItem) -> RegressionCase:
    """What was sent counts as a case from then on; no run here has accepted it yet."""
    session = item.session
    return RegressionCase(
        workspace=item.workspace,
        feedback=item,
        candles_id=session.candles_id,
        first_bar=session.first_bar,
        last_bar=session.last_bar,
        verdict=item.verdict,
        kind=item.kind,
        direction=item.direction,
        at=int(times_of(session.candles_id)[item.bar]),
        price=item.price,
        created_at=item.sent_to_claude_at or item.created_at,
    )


def _let_in(catch: Catch, people: People) -> None:
    """Who worked there goes on working; whom the pattern's record names gets what it says."""
    workspace, done = catch.workspace, catch.done
    wanted = {user: Access.EDITOR for user in catch.people.values() if user.is_active}
    for member in catch.record.members if catch.record is not None else ():
        if user := people.find(member.user):
            wanted[user] = member.access
        else:
            people.unknown.add(member.user)
    held = set(WorkspaceMember.objects.filter(workspace=workspace).values_list("user", flat=True))
    for user, access in wanted.items():
        if user.pk in held or user.pk == workspace.created_by_id:
            continue
        if len(held) >= MOST_MEMBERS:
            done.notices.append(f"{user.username} was not let in: it has {MOST_MEMBERS} members.")
            continue
        WorkspaceMember.objects.create(workspace=workspace, user=user, access=access.value)
        held.add(user.pk)
        done.members += 1


def _tell(catch: Catch) -> None:
    story, done = Story(catch.workspace), catch.done
    if done.began:
        tell_beginning(story, catch.record)
    for draft in catch.drafts.values():
        if draft.is_new:
            tell_session(story, draft.session, draft.session.candles.name)
    for session_id, items in catch.items.items():
        tell_feedback(story, catch.drafts[session_id].session, items)
    counts: JsonObject = {
        "sessions": done.sessions,
        "feedback": done.feedback,
        "implementation_sessions": done.implementation_sessions,
    }
    story.add(
        catch.now,
        MessageType.NOTE,
        f"Taken over from {catch.source}",
        None,
        content=f"{done.sessions:,} test sessions and {done.feedback:,} reviews, at the times of then.",
        data={"source": catch.source, **counts},
    )
    WorkspaceMessage.objects.bulk_create(story.rows(), batch_size=_ROWS)
    record_audit(None, "workspace.history_imported", catch.workspace, after=counts)


def _draw_figures(catch: Catch) -> None:
    """Counted anew, so that they are right whatever was there before."""
    workspace = catch.workspace
    sessions = PatternSession.objects.filter(workspace=workspace)
    workspace.session_count = sessions.count()
    workspace.feedback_count = FeedbackItem.objects.filter(workspace=workspace).count()
    workspace.success_rate = rate_of(workspace)
    last = sessions.aggregate(made=Max("created_at"), done=Max("completed_at"))
    tested = [each for each in (*last.values(), workspace.last_tested_at) if each is not None]
    workspace.last_tested_at = max(tested, default=None)
    workspace.updated_at = catch.now
    workspace.save(
        update_fields=["session_count", "feedback_count", "success_rate", "last_tested_at", "updated_at"]
    )
