"""Records of all files by the workspace that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from workspaces.domain.detectors import PATTERNS
from workspaces.domain.history.reading import Fault, History, Placed, nested_feedback
from workspaces.domain.history.records import (
    FeedbackPart,
    FeedbackRecord,
    ImplementationRecord,
    PatternRecord,
    Record,
    SessionRecord,
)
from workspaces.models import ImportedRecord

_Known = TypeVar("_Known", bound=Record | FeedbackRecord)


@dataclass(slots=True)
class Group:
    """What belongs to the workspace of one pattern type. ``feedback`` is by the id of its session."""

    pattern_type: str
    pattern: Placed[PatternRecord] | None = None
    sessions: list[Placed[SessionRecord]] = field(default_factory=list)
    feedback: dict[str, list[Placed[FeedbackPart]]] = field(default_factory=dict)
    implementations: list[Placed[ImplementationRecord]] = field(default_factory=list)

    def add_feedback(self, session_id: str, part: Placed[FeedbackPart]) -> None:
        self.feedback.setdefault(session_id, []).append(part)


def arranged(history: History, source: str, aliases: Mapping[str, str]) -> tuple[list[Group], list[Fault]]:
    """Groups in the order of the detectors, and what belongs to none. ``aliases`` name pattern types anew."""
    sorter = _Sorter(source, aliases)
    for pattern in history.patterns:
        sorter.add_pattern(pattern)
    for session in sorter.once(history.sessions, "session"):
        sorter.add_session(session)
    for feedback in sorter.once(history.feedback, "correction"):
        sorter.add_feedback(feedback)
    for implementation in sorter.once(history.implementation_sessions, "implementation session"):
        if group := sorter.group(implementation.record.pattern_type, implementation.where):
            group.implementations.append(implementation)
    groups = [sorter.groups[key] for key in PATTERNS if key in sorter.groups]
    held = {aliases.get(each, each) for each in history.held_back}
    for group in groups:
        if group.pattern_type in held:
            words = "Its own record under patterns has a fault, so nothing of it was taken over."
            sorter.faults.append(Fault(f"pattern type {group.pattern_type}", words))
    return [group for group in groups if group.pattern_type not in held], sorter.faults


class _Sorter:
    def __init__(self, source: str, aliases: Mapping[str, str]) -> None:
        self._source, self._aliases = source, aliases
        self.groups: dict[str, Group] = {}
        self.faults: list[Fault] = []
        self._type_of: dict[str, str] = {}

    def group(self, given: str, where: str) -> Group | None:
        key = self._aliases.get(given, given)
        if key not in PATTERNS:
            known = ", ".join(PATTERNS)
            named = "--pattern OLD=NEW names one anew"
            words = f"There is no detector for “{given[:50]}”. There are {known}; {named}."
            self.faults.append(Fault(where, words))
            return None
        return self.groups.setdefault(key, Group(key))

    def once(self, rows: Sequence[Placed[_Known]], what: str) -> Iterable[Placed[_Known]]:
        """Each id once. The same record again is no fault, another one under the same id is."""
        seen: dict[str, Placed[_Known]] = {}
        for each in rows:
            first = seen.setdefault(each.record.id, each)
            if first is each:
                yield each
            elif first.raw != each.raw:
                words = f"Another {what} has the id “{each.record.id}” already: {first.where}."
                self.faults.append(Fault(each.where, words))

    def add_pattern(self, pattern: Placed[PatternRecord]) -> None:
        group = self.group(pattern.record.pattern_type, pattern.where)
        if group is None:
            return
        if group.pattern is None:
            group.pattern = pattern
        elif group.pattern.raw != pattern.raw:
            words = f"This pattern type has a record already: {group.pattern.where}."
            self.faults.append(Fault(pattern.where, words))

    def add_session(self, session: Placed[SessionRecord]) -> None:
        if group := self.group(session.record.pattern_type, session.where):
            group.sessions.append(session)
            self._type_of[session.record.id] = group.pattern_type
            for part in nested_feedback(session):
                group.add_feedback(session.record.id, part)

    def add_feedback(self, feedback: Placed[FeedbackRecord]) -> None:
        session_id = feedback.record.session_id
        key = self._type_of.get(session_id) or self._type_before(session_id)
        if key is None:
            words = f"There is no session “{session_id}”, in these files or taken over before."
            self.faults.append(Fault(feedback.where, words))
            return
        part: Placed[FeedbackPart] = Placed(feedback.record, feedback.where, feedback.raw)
        self.groups.setdefault(key, Group(key)).add_feedback(session_id, part)

    def _type_before(self, session_id: str) -> str | None:
        rows = ImportedRecord.objects.filter(source=self._source, kind="sessions", legacy_id=session_id)
        return rows.values_list("workspace__pattern_type", flat=True).first()
