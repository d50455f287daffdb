"""A file of an older product's records: each read on its own, with the place of every fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from orchestrator.core import json
from orchestrator.core.json import JsonObject, NotJson
from workspaces.domain.history.records import (
    CandleRecord,
    FeedbackPart,
    FeedbackRecord,
    ImplementationRecord,
    Part,
    PatternRecord,
    SessionRecord,
)

PATTERNS: Final = "patterns"
CANDLES: Final = "candles"
SESSIONS: Final = "sessions"
FEEDBACK: Final = "feedback"
IMPLEMENTATIONS: Final = "implementation_sessions"
LISTS: Final[dict[str, type[Part]]] = {
    PATTERNS: PatternRecord,
    CANDLES: CandleRecord,
    SESSIONS: SessionRecord,
    FEEDBACK: FeedbackRecord,
    IMPLEMENTATIONS: ImplementationRecord,
}
_SPELLINGS: Final = {spelling: name for name in LISTS for spelling in (name, to_camel(name))}
_Record = TypeVar("_Record", bound=Part)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, and where: ``history.json, sessions 3`` is the third record of its list."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Placed(Generic[_Record]):
    """A record, where it stands, and its text, by which a later change of it is told."""

    record: _Record
    where: str
    raw: JsonObject


@dataclass(slots=True)
class History:
    """All records of all files; those with faults are left out and told."""

    patterns: list[Placed[PatternRecord]] = field(default_factory=list)
    candles: list[Placed[CandleRecord]] = field(default_factory=list)
    sessions: list[Placed[SessionRecord]] = field(default_factory=list)
    feedback: list[Placed[FeedbackRecord]] = field(default_factory=list)
    implementation_sessions: list[Placed[ImplementationRecord]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    held_back: set[str] = field(default_factory=set)
    """Pattern types whose own record has a fault: without it, the rest would begin a wrong workspace."""

    def read(self, text: bytes, file: str) -> None:
        """Add the records of a file. What is wrong in it becomes a fault, and stops nothing else."""
        try:
            given = json.loads(text)
        except NotJson as error:
            self.faults.append(Fault(file, str(error)))
            return
        if not isinstance(given, dict):
            told = ", ".join(LISTS)
            self.faults.append(Fault(file, f"This is an object with the lists {told}."))
            return
        for name, rows in given.items():
            if name not in _SPELLINGS:
                self.faults.append(Fault(file, f"“{name[:40]}” is none of the lists {', '.join(LISTS)}."))
            elif not isinstance(rows, list):
                self.faults.append(Fault(file, f"“{name}” is no list."))
            else:
                self._take(_SPELLINGS[name], rows, file)

    def _take(self, name: str, rows: list[Any], file: str) -> None:
        for number, row in enumerate(rows, 1):
            where = f"{file}, {name} {number}"
            try:
                raw = json.normalize(row)
                record = LISTS[name].model_validate(raw)
            except NotJson as error:
                self.faults.append(Fault(where, str(error)))
            except ValidationError as error:
                self.faults += [Fault(where, words) for words in complaints(error)]
                if name == PATTERNS and isinstance(row, dict):
                    self.held_back.add(str(row.get("patternType", row.get("pattern_type"))))
            else:
                getattr(self, name).append(Placed(record, where, raw))


def complaints(error: ValidationError) -> Iterator[str]:
    """In words, each with the field that it is about."""
    for each in error.errors(include_url=False, include_input=False):
        field_name = ".".join(str(part) for part in each["loc"])
        words = each["msg"].removeprefix("Value error, ")
        yield f"{field_name}: {words}." if field_name else f"{words}."


def nested_feedback(session: Placed[SessionRecord]) -> Iterator[Placed[FeedbackPart]]:
    """Corrections that stand inside their session. One without an id is known by its place in it."""
    rows = session.raw.get("feedback")
    for number, part in enumerate(session.record.feedback, 1):
        known = part.id or f"{session.record.id}/{number}"
        raw = rows[number - 1] if isinstance(rows, list) else {}
        kept = raw if isinstance(raw, dict) else {}
        yield Placed(part.model_copy(update={"id": known}), f"{session.where}, feedback {number}", kept)
