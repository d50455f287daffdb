"""Rows of one test session of an older product, with what people said in it: checked, not yet stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.accounts.models import User
from workspaces.domain.detectors import Pattern
from workspaces.domain.history.records import DetectionRecord, FeedbackPart, SessionRecord
from workspaces.domain.vocabulary import SessionStatus, Verdict
from workspaces.models import FeedbackItem, PatternSession, SessionDetection
from workspaces.services.history.people import CannotTake


@dataclass(slots=True)
class Draft:
    """A session on its way. ``places`` are detections by the number that corrections call them by."""

    session: PatternSession
    pattern: Pattern
    is_new: bool = True
    places: dict[int, SessionDetection] = field(default_factory=dict)
    extra: list[SessionDetection] = field(default_factory=list)
    missed: set[tuple[str, str, int]] = field(default_factory=set)

    @property
    def detections(self) -> list[SessionDetection]:
        return [*self.places.values(), *self.extra]

    def bar(self, bar: int, what: str = "bar") -> int:
        first, last = self.session.first_bar, self.session.last_bar
        if not first <= bar <= last:
            raise CannotTake(f"{what} {bar:,} is not in its session, which has {first:,} to {last:,}.")
        return bar

    def kind(self, kind: str) -> str:
        if kind not in self.pattern.kinds:
            raise CannotTake(f"{self.pattern.name} knows {', '.join(self.pattern.kinds)}, not “{kind[:40]}”.")
        return kind

    def number(self) -> None:
        """In the order in which they were known, as everywhere."""
        for number, row in enumerate(sorted(self.detections, key=lambda row: row.confirmed_at), 1):
            row.number = number

    def count(self) -> None:
        rows = self.detections
        self.session.detection_count = len(rows)
        self.session.reviewed_count = sum(bool(row.verdict) for row in rows)
        self.session.right_count = sum(row.verdict == Verdict.RIGHT for row in rows)
        self.session.missed_count = len(self.missed)


def drafted(session: PatternSession, record: SessionRecord, pattern: Pattern, bars: int) -> Draft:
    """A new session with the detections that its record lists. Raises CannotTake."""
    session.first_bar = record.first_bar
    session.last_bar = bars - 1 if record.last_bar is None else record.last_bar
    if not session.first_bar <= session.last_bar < bars:
        raise CannotTake(
            f"Its bars {session.first_bar:,} to {session.last_bar:,} are not in its candles, which have "
            f"0 to {bars - 1:,}."
        )
    session.parameters, session.version = dict(record.parameters), record.version
    session.created_at, session.completed_at = record.created_at, record.completed_at
    session.status = (SessionStatus.COMPLETED if record.completed_at else SessionStatus.OPEN).value
    draft = Draft(session, pattern)
    for place, each in enumerate(record.detections, 1):
        try:
            draft.places[place] = _detection(draft, each)
        except CannotTake as error:
            raise CannotTake(f"Detection {place}: {error}") from error
    return draft


def reopened(session: PatternSession, pattern: Pattern) -> Draft:
    """A session that was taken over before, to which corrections are added."""
    places = {row.number: row for row in session.detections.all()}
    missed = FeedbackItem.objects.filter(session=session, verdict=Verdict.MISSED)
    known = set(missed.values_list("kind", "direction", "bar"))
    return Draft(session, pattern, is_new=False, places=places, missed=known)


def _detection(draft: Draft, record: DetectionRecord) -> SessionDetection:
    draft.bar(record.bar)
    draft.bar(record.known_at, "confirmedAt")
    if record.origin is not None:
        draft.bar(record.origin, "origin")
    return SessionDetection(
        session=draft.session,
        kind=draft.kind(record.kind),
        direction=record.direction,
        bar=record.bar,
        price=record.price,
        confirmed_at=record.known_at,
        reason=record.reason,
        top=record.top,
        bottom=record.bottom,
        origin=record.origin,
    )


def item_of(draft: Draft, part: FeedbackPart, by: User, at: datetime) -> FeedbackItem:
    """The correction, and with it the verdict of what it speaks of. Raises CannotTake."""
    item = FeedbackItem(
        workspace=draft.session.workspace,
        session=draft.session,
        verdict=part.verdict.value,
        note=part.note,
        created_by=by,
        created_at=at,
        sent_to_claude_at=part.sent_to_claude_at,
    )
    if part.verdict is Verdict.MISSED:
        _missed(draft, part, item)
        return item
    detection = _found(draft, part)
    if detection.verdict:
        raise CannotTake("Another correction speaks of this detection already.")
    item.detection, item.kind, item.direction = detection, detection.kind, detection.direction
    item.bar, item.price = detection.bar, detection.price
    if part.verdict is Verdict.ADJUST:
        _moved(draft, part, item, detection)
    detection.verdict, detection.reviewed_by, detection.reviewed_at = part.verdict.value, by, at
    return item


def _missed(draft: Draft, part: FeedbackPart, item: FeedbackItem) -> None:
    if part.kind is None or part.direction is None or part.bar is None:
        raise CannotTake("What was missed has a kind, a direction and a bar.")
    item.kind, item.direction, item.bar = draft.kind(part.kind), part.direction, draft.bar(part.bar)
    item.price = part.price
    place = (item.kind, item.direction, item.bar)
    if place in draft.missed:
        raise CannotTake("Another correction says already that this was missed.")
    draft.missed.add(place)


def _moved(draft: Draft, part: FeedbackPart, item: FeedbackItem, detection: SessionDetection) -> None:
    if part.detection is None or part.bar is None:
        raise CannotTake("What is adjusted says which detection, by its number, and the bar where it lies.")
    item.bar, item.price = draft.bar(part.bar), part.price
    if item.bar == detection.bar and part.price in (None, detection.price):
        raise CannotTake("It moves the detection to where it is already.")


def _found(draft: Draft, part: FeedbackPart) -> SessionDetection:
    """By its number, or else by kind, direction and bar; one that is not listed comes with its correction."""
    if part.detection is not None:
        detection = draft.places.get(part.detection)
        if detection is None:
            raise CannotTake(f"Its session has no detection {part.detection:,}.")
        if part.kind not in (None, detection.kind) or part.direction not in (None, detection.direction):
            raise CannotTake(f"Detection {part.detection:,} is a {detection.direction} {detection.kind}.")
        return detection
    if part.kind is None or part.direction is None or part.bar is None:
        raise CannotTake("It names no detection: by its number, or by kind, direction and bar.")
    for row in draft.detections:
        if (row.kind, row.direction, row.bar) == (part.kind, part.direction, part.bar):
            return row
    if not draft.is_new:
        raise CannotTake("Its session was taken over without a detection of this kind at this bar.")
    if part.price is None:
        raise CannotTake("Its session lists no such detection, and without a price it cannot be added.")
    record = DetectionRecord(
        kind=part.kind,
        direction=part.direction,
        bar=part.bar,
        price=part.price,
        reason="Known from a correction only.",
    )
    made = _detection(draft, record)
    draft.extra.append(made)
    return made
