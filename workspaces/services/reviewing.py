"""What people say of detections, and the corrections that come of it. Each can be said twice without harm."""

from __future__ import annotations

from typing import Final, NoReturn
from uuid import UUID

from django.db import transaction
from django.db.models import F

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from workspaces.access import May
from workspaces.domain.detectors import PATTERNS
from workspaces.domain.vocabulary import MessageStatus, MessageType, Verdict
from workspaces.models import (
    FeedbackItem,
    PatternSession,
    PatternWorkspace,
    SessionDetection,
    WorkspaceMessage,
)
from workspaces.services.sessions import find_session, require_open
from workspaces.services.timeline import retell, tell

DIRECTIONS: Final = ("bullish", "bearish")
_LONGEST_NOTE: Final = 4_000


@transaction.atomic
def review(
    user: User,
    session_id: UUID,
    number: int,
    *,
    verdict: str,
    bar: int | None = None,
    price: float | None = None,
    note: str | None = None,
) -> SessionDetection:
    """Say that a detection is right, wrong, or (``adjust``) lies at another bar; a later word replaces it.

    Raises NotFound, NotAllowed, InvalidInput, and WrongState for a completed session or a correction that
    was sent already.
    """
    session = find_session(user, session_id, May.WORK, lock=True)
    require_open(session)
    detection = _detection(session, number)
    said = _verdict(verdict)
    if said is Verdict.ADJUST:
        bar = _bar(session, bar)
        if bar == detection.bar and price in (None, detection.price):
            _refuse("bar", "That is where it is already. Choose another bar, or say that it is right.")
    else:
        bar, price = detection.bar, detection.price
    item = _item_of(detection)
    is_new = item is None
    item = item or FeedbackItem(workspace=session.workspace, session=session, detection=detection)
    item.verdict, item.kind, item.direction = said.value, detection.kind, detection.direction
    item.bar, item.price, item.created_by = bar, price, user
    item.note = _note(note) if note is not None else item.note
    item.save()
    _settle(session, detection, said.value, user)
    _count(session, feedback=1 if is_new else 0)
    detection.feedback = item
    return detection


@transaction.atomic
def add_missed(
    user: User,
    session_id: UUID,
    *,
    bar: int,
    kind: str,
    direction: str,
    price: float | None = None,
    note: str = "",
) -> FeedbackItem:
    """A pattern that the algorithm did not see. The same bar, kind and direction again is the same one.

    Raises NotFound, NotAllowed, InvalidInput, WrongState.
    """
    session = find_session(user, session_id, May.WORK, lock=True)
    require_open(session)
    pattern = PATTERNS[session.workspace.pattern_type]
    if kind not in pattern.kinds:
        _refuse("kind", f"{pattern.name} knows {', '.join(pattern.kinds)}.")
    if direction not in DIRECTIONS:
        _refuse("direction", "Say bullish or bearish.")
    bar = _bar(session, bar)
    same = {"kind": kind, "direction": direction, "bar": bar}
    if session.detections.filter(**same).exists():
        _refuse("bar", "The algorithm did see this one. Review that detection.")
    item = session.feedback_items.filter(verdict=Verdict.MISSED, **same).first()
    is_new = item is None
    if item is None:
        item = FeedbackItem(
            workspace=session.workspace,
            session=session,
            verdict=Verdict.MISSED.value,
            created_by=user,
            **same,
        )
    elif item.sent_to_claude_at is not None:
        return item
    item.price, item.note = price, _note(note) or item.note
    item.save()
    if is_new:
        session.missed_count += 1
    _count(session, feedback=1 if is_new else 0)
    return item


@transaction.atomic
def undo_review(user: User, session_id: UUID, number: int) -> SessionDetection:
    """As if nothing had been said of the detection. Raises NotFound, NotAllowed, WrongState."""
    session = find_session(user, session_id, May.WORK, lock=True)
    require_open(session)
    detection = _detection(session, number)
    item = _item_of(detection)
    if item is not None:
        _drop(item)
    _settle(session, detection, "", None)
    _count(session, feedback=-1 if item is not None else 0)
    return detection


@transaction.atomic
def remove_feedback(user: User, feedback_id: UUID) -> PatternSession:
    """Take a correction out of the cart; what it said of a detection is unsaid with it.

    Raises NotFound, NotAllowed, WrongState.
    """
    session, item = _locked(user, feedback_id)
    require_open(session)
    detection = item.detection
    is_missed = item.verdict == Verdict.MISSED
    _drop(item)
    if detection is not None:
        _settle(session, detection, "", None)
    if is_missed:
        session.missed_count -= 1
    _count(session, feedback=-1)
    return session


@transaction.atomic
def annotate_feedback(user: User, feedback_id: UUID, *, note: str) -> FeedbackItem:
    """Why, in the person's words. Raises NotFound, NotAllowed, InvalidInput, WrongState."""
    _, item = _locked(user, feedback_id)
    _require_unsent(item)
    item.note = _note(note)
    item.save(update_fields=["note"])
    return item


def _locked(user: User, feedback_id: UUID) -> tuple[PatternSession, FeedbackItem]:
    found = FeedbackItem.objects.filter(pk=feedback_id).values_list("session_id", flat=True).first()
    gone = NotFound("There is no such correction, or none that you may see.")
    if found is None:
        raise gone
    session = find_session(user, found, May.WORK, lock=True)
    item = session.feedback_items.select_related("detection").filter(pk=feedback_id).first()
    if item is None:
        raise gone
    return session, item


def _detection(session: PatternSession, number: int) -> SessionDetection:
    found = session.detections.filter(number=number).first()
    if found is None:
        raise NotFound(f"This session has no detection {number:,}.")
    return found


def _item_of(detection: SessionDetection) -> FeedbackItem | None:
    """The correction that stands, if it may still be changed. Raises WrongState."""
    item = FeedbackItem.objects.filter(detection=detection).first()
    if item is not None:
        _require_unsent(item)
    return item


def _require_unsent(item: FeedbackItem) -> None:
    if item.sent_to_claude_at is not None:
        raise WrongState("This correction was sent with a batch and is a case now. It stays as it is.")


def _drop(item: FeedbackItem) -> None:
    _require_unsent(item)
    item.delete()


def _verdict(text: str) -> Verdict:
    if text not in (Verdict.RIGHT, Verdict.WRONG, Verdict.ADJUST):
        _refuse("verdict", "Say right, wrong or adjust.")
    return Verdict(text)


def _bar(session: PatternSession, bar: int | None) -> int:
    if bar is None:
        _refuse("bar", "Say at which bar.")
    if not session.first_bar <= bar <= session.last_bar:
        _refuse(
            "bar",
            f"Bar {bar:,} is not in this session: it has {session.first_bar:,} to {session.last_bar:,}.",
        )
    return bar


def _note(text: str) -> str:
    clean = text.replace("\0", "").strip()
    if len(clean) > _LONGEST_NOTE:
        _refuse("note", f"A note has at most {_LONGEST_NOTE:,} characters.")
    return clean


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidInput(message, fields={field: [message]})


def _settle(session: PatternSession, detection: SessionDetection, verdict: str, user: User | None) -> None:
    """The detection's verdict, and the session's counters with it. The session's row is locked."""
    before = detection.verdict
    session.reviewed_count += bool(verdict) - bool(before)
    session.right_count += (verdict == Verdict.RIGHT) - (before == Verdict.RIGHT)
    detection.verdict, detection.reviewed_by = verdict, user
    detection.reviewed_at = utc_now() if verdict else None
    detection.save(update_fields=["verdict", "reviewed_by", "reviewed_at"])


def _count(session: PatternSession, *, feedback: int) -> None:
    session.save(update_fields=["reviewed_count", "right_count", "missed_count"])
    if feedback:
        PatternWorkspace.objects.filter(pk=session.workspace_id).update(
            feedback_count=F("feedback_count") + feedback
        )
        _tell(session)


def _tell(session: PatternSession) -> None:
    """One entry of the timeline for what is in the cart of a session, told anew with each correction."""
    waiting = session.feedback_items.filter(sent_to_claude_at__isnull=True).count()
    title = "1 review waits to be sent" if waiting == 1 else f"{waiting:,} reviews wait to be sent"
    entry = WorkspaceMessage.objects.filter(
        session=session, type=MessageType.FEEDBACK_ADDED, status=MessageStatus.IN_PROGRESS
    ).last()
    if entry is not None:
        retell(entry, title=title, data={"count": waiting})
    elif waiting:
        tell(
            session.workspace,
            MessageType.FEEDBACK_ADDED,
            title,
            data={"count": waiting},
            session=session,
            status=MessageStatus.IN_PROGRESS,
        )
