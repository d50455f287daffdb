"""Taking over the history of one workspace, in one transaction that the caller opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.json import JsonObject
from workspaces.domain.detectors import PATTERNS
from workspaces.domain.history.reading import Fault, Placed
from workspaces.domain.history.records import FeedbackPart, SessionRecord
from workspaces.models import (
    CandleSet,
    ImplementationSession,
    ImportedRecord,
    PatternSession,
)
from workspaces.services.history.arranging import Group
from workspaces.services.history.beginning import find_or_begin
from workspaces.services.history.candles import CandleShelf
from workspaces.services.history.people import CannotTake, People, past
from workspaces.services.history.sessions import Draft, drafted, item_of, reopened
from workspaces.services.history.storing import Catch, Done, store
from workspaces.services.history.telling import id_in_order


class Taking:
    """One workspace. ``run`` checks all records first, so that nothing of a faulty one is stored."""

    def __init__(
        self, group: Group, *, source: str, people: People, shelf: CandleShelf, now: datetime
    ) -> None:
        self._group, self._source, self._people, self._shelf, self._now = group, source, people, shelf, now
        self._pattern = PATTERNS[group.pattern_type]
        self._known = {(row.kind, row.legacy_id): row for row in self._taken_before()}
        self._sets: dict[str, CandleSet] = {}

    def _taken_before(self) -> list[ImportedRecord]:
        ids = {each.record.id for each in self._group.sessions} | self._group.feedback.keys()
        ids |= {each.record.candles for each in self._group.sessions}
        ids |= {each.record.id for each in self._group.implementations}
        ids |= {part.record.id or "" for parts in self._group.feedback.values() for part in parts}
        return list(ImportedRecord.objects.filter(source=self._source, legacy_id__in=ids))

    def run(self) -> Done:
        """Raises CannotTake where not even its workspace can be begun."""
        workspace, began = find_or_begin(self._group, self._people, self._now)
        record = self._group.pattern.record if self._group.pattern is not None and began else None
        done = self._done = Done(self._group.pattern_type, began=began)
        self._catch = Catch(workspace, self._source, self._now, done, record)
        for session in self._group.sessions:
            with self._fault_at(session.where, held=len(self._group.feedback.get(session.record.id, ()))):
                self._session(session)
        for session_id, parts in self._group.feedback.items():
            self._feedback(session_id, parts)
        for each in self._group.implementations:
            with self._fault_at(each.where):
                self._implementation(each.record.id, each.record.created_at, each.raw)
        if self._catch.marks or record is not None:
            store(self._catch, self._people)
        else:
            done.began = False
        return done

    @contextmanager
    def _fault_at(self, where: str, *, held: int = 0) -> Iterator[None]:
        try:
            yield
        except CannotTake as error:
            more = f" With it {held:,} of its corrections were left out." if held else ""
            self._done.faults.append(Fault(where, f"{error}{more}"))

    def _is_known(self, kind: str, legacy_id: str, raw: JsonObject, where: str) -> bool:
        row = self._known.get((kind, legacy_id))
        if row is None:
            return False
        self._done.before += 1
        if row.checksum != _checksum(raw):
            self._done.notices.append(
                f"{where}: reads otherwise than when it was taken over. It stays as it is."
            )
        return True

    def _mark(self, kind: str, legacy_id: str, row_id: UUID, raw: JsonObject) -> None:
        self._catch.marks.append(self._marked(kind, legacy_id, row_id, raw))

    def _marked(self, kind: str, legacy_id: str, row_id: UUID, raw: JsonObject) -> ImportedRecord:
        return ImportedRecord(
            workspace=self._catch.workspace,
            source=self._source,
            kind=kind,
            legacy_id=legacy_id,
            object_id=row_id,
            checksum=_checksum(raw),
        )

    def _session(self, placed: Placed[SessionRecord]) -> None:
        record = placed.record
        if self._is_known("sessions", record.id, placed.raw, placed.where):
            return
        past(record.completed_at or record.created_at, self._now, "Its time")
        by = self._people.take(record.created_by, "made the session")
        candles = self._candles(record.candles, by)
        session = PatternSession(
            pk=id_in_order(record.created_at, len(self._catch.drafts)),
            workspace=self._catch.workspace,
            created_by=by,
            candles=candles,
        )
        self._catch.drafts[record.id] = drafted(session, record, self._pattern, candles.count)
        self._catch.people[by.pk] = by
        self._mark("sessions", record.id, session.pk, placed.raw)

    def _candles(self, key: str, by: User) -> CandleSet:
        """Those of this run, those of an earlier one, or new ones. Raises CannotTake."""
        if key in self._sets:
            return self._sets[key]
        if known := self._known.get(("candles", key)):
            row = CandleSet.objects.defer("data").filter(pk=known.object_id).first()
            if row is None:
                raise CannotTake(f"Its candles “{key}” were taken over before and are deleted since.")
        else:
            placed = self._shelf.records.get(key)
            named = placed.record.created_by if placed else None
            row = self._shelf.row(key, self._people.take(named, "kept the candles") if named else by)
            mark = self._marked("candles", key, row.pk, placed.raw if placed else {})
            self._catch.candles.append((row, mark))
        self._sets[key] = row
        return row

    def _feedback(self, session_id: str, parts: list[Placed[FeedbackPart]]) -> None:
        new = [
            part
            for part in parts
            if not self._is_known("feedback", part.record.id or "", part.raw, part.where)
        ]
        draft = self._catch.drafts.get(session_id) or (self._reopen(session_id) if new else None)
        if draft is None:
            for part in new if ("sessions", session_id) in self._known else ():
                self._done.faults.append(
                    Fault(part.where, "Its session was taken over and is deleted since.")
                )
            return
        for part in sorted(new, key=lambda each: each.record.created_at or draft.session.created_at):
            with self._fault_at(part.where):
                self._item(session_id, draft, part)

    def _item(self, session_id: str, draft: Draft, part: Placed[FeedbackPart]) -> None:
        record = part.record
        session = draft.session
        by = self._people.take(record.created_by, "said this") if record.created_by else session.created_by
        at = past(record.created_at or session.completed_at or session.created_at, self._now, "Its time")
        if record.sent_to_claude_at is not None:
            past(record.sent_to_claude_at, self._now, "sentToClaudeAt")
        item = item_of(draft, record, by, at)
        items = self._catch.items.setdefault(session_id, [])
        item.pk = id_in_order(at, len(items))
        items.append(item)
        self._catch.people[by.pk] = by
        self._mark("feedback", record.id or "", item.pk, part.raw)

    def _reopen(self, session_id: str) -> Draft | None:
        known = self._known.get(("sessions", session_id))
        session = PatternSession.objects.filter(pk=known.object_id).first() if known else None
        if session is None:
            return None
        session.workspace = self._catch.workspace
        self._catch.drafts[session_id] = reopened(session, self._pattern)
        return self._catch.drafts[session_id]

    def _implementation(self, legacy_id: str, at: datetime, raw: JsonObject) -> None:
        if self._is_known("implementation_sessions", legacy_id, raw, legacy_id):
            return
        row = ImplementationSession(
            pk=id_in_order(past(at, self._now, "Its time"), len(self._catch.records)),
            workspace=self._catch.workspace,
            source=self._source,
            legacy_id=legacy_id,
            data=raw,
            created_at=at,
        )
        self._catch.records.append(row)
        self._mark("implementation_sessions", legacy_id, row.pk, raw)


def _checksum(raw: JsonObject) -> str:
    return sha256(json.dumps(dict(sorted(raw.items())))).hexdigest()
