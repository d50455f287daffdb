"""The log of sessions: narrowed, in order, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.spreadsheets import guarded
from trading.strategy.models import StrategicSession, WorkflowLog

CONTENT_TYPES: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_PIECE: Final = 500
_COLUMNS: Final = ("at", "session", "seq", "corporation_id", "event", "actor", "step", "details")


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Each may be left out. ``corporation`` is EVE's number, ``actor`` a user name or ``system``,
    ``step`` a place from 0 on."""

    session: UUID | None = None
    corporation: int | None = None
    event: str = ""
    actor: str = ""
    step: int | None = None
    after: datetime | None = None
    before: datetime | None = None


def log_of(user: User, wanted: LogFilter) -> QuerySet[WorkflowLog]:
    """What happened in the sessions that the person sees."""
    rows = WorkflowLog.objects.filter(session__in=StrategicSession.objects.visible_to(user))
    rows = rows.select_related("session__corporation", "actor")
    if wanted.session is not None:
        rows = rows.filter(session=wanted.session)
    if wanted.corporation is not None:
        rows = rows.filter(session__corporation__eve_id=wanted.corporation)
    if wanted.event:
        rows = rows.filter(event=wanted.event)
    if wanted.actor == SYSTEM:
        rows = rows.filter(actor=None)
    elif wanted.actor:
        rows = rows.filter(actor__username__iexact=wanted.actor)
    if wanted.step is not None:
        rows = rows.filter(step_position=wanted.step)
    if wanted.after is not None:
        rows = rows.filter(at__gte=wanted.after)
    return rows if wanted.before is None else rows.filter(at__lt=wanted.before)


SYSTEM: Final = "system"
"""Who did what no person did: the run itself."""


def as_json(entry: WorkflowLog) -> dict[str, Any]:
    """One entry as the API and the JSON lines have it."""
    return {
        "id": entry.pk,
        "session": entry.session_id,
        "seq": entry.seq,
        "corporation_id": str(entry.session.corporation.eve_id),
        "timestamp": entry.at,
        "event": entry.event,
        "actor": entry.actor.username if entry.actor else SYSTEM,
        "step": entry.step_position,
        "details": entry.details,
    }


def log_file(user: User, wanted: LogFilter, kind: str) -> Iterator[bytes]:
    """The oldest first, piece by piece, each by a query of its own. ``kind`` is of ``CONTENT_TYPES``."""
    write = _csv if kind == "csv" else _lines
    rows = log_of(user, wanted).order_by("pk")
    if kind == "csv":
        yield _table([_COLUMNS])
    after: UUID | None = None
    while entries := list((rows.filter(pk__gt=after) if after else rows)[:_PIECE]):
        after = entries[-1].pk
        yield write(entries)


def _lines(entries: list[WorkflowLog]) -> bytes:
    return b"".join(json.dumps(as_json(each)) + b"\n" for each in entries)


def _csv(entries: list[WorkflowLog]) -> bytes:
    told = map(as_json, entries)
    return _table(
        (
            each["timestamp"].isoformat(), each["session"], each["seq"], each["corporation_id"],
            guarded(each["event"]), guarded(each["actor"]), "" if each["step"] is None else each["step"],
            json.dumps(each["details"]).decode(),
        )
        for each in told
    )  # fmt: skip


def _table(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def events_in(session: StrategicSession) -> list[str]:
    """What happened in a session, each once, for a choice."""
    return sorted(set(session.log.order_by().values_list("event", flat=True).distinct()))


def actors_in(session: StrategicSession) -> list[str]:
    """Who did it, each once; ``system`` among them."""
    names = set(session.log.order_by().values_list("actor__username", flat=True).distinct())
    return sorted(name or SYSTEM for name in names)
