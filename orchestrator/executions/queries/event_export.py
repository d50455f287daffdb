"""The event log as a file: CSV for tables, JSON lines for programs, piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.spreadsheets import guarded
from orchestrator.executions.queries.event_log import EventFilter, events_logged
from orchestrator.executions.queries.told import ToldEvent, tell

MOST: Final = 100_000
"""Events in one file, the newest that fit."""
_PIECE: Final = 1_000
CONTENT_TYPES: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_COLUMNS: Final = (
    "occurred_at", "workflow_id", "workflow", "execution_id", "seq", "type", "node_id", "sentence", "user",
    "ip_address", "user_agent", "data",
)  # fmt: skip


def export_events(user: User, wanted: EventFilter, kind: str) -> Iterator[bytes]:
    """Pieces of the file, each read when it is asked for. ``kind`` is ``csv`` or ``jsonl``.

    If there are more events than a file holds, its last line says so.
    """
    write = _csv if kind == "csv" else _lines
    last, left, first = None, MOST, True
    while left:
        asked = min(_PIECE, left)
        rows = events_logged(user, wanted, limit=asked, before=last)
        if rows or first:
            yield write(tell(user, rows), first=first)
        if len(rows) < asked:
            return
        last, left, first = rows[-1].position, left - len(rows), False
    if events_logged(user, wanted, limit=1, before=last):
        yield _cut(kind)


def _cut(kind: str) -> bytes:
    """The last line of a file that does not hold everything."""
    words = f"Cut here: these are the newest {MOST:,} events that fit. Choose earlier days for the others."
    if kind == "csv":
        return f'"{words}"\r\n'.encode()
    return json.dumps({"truncated": True, "limit": MOST, "message": words}) + b"\n"


def as_json(told: ToldEvent) -> dict[str, Any]:
    """One event as the API and the JSON lines have it."""
    event = told.event
    return {
        "execution": event.execution_id,
        "execution_exists": told.run_exists,
        "workflow": {"id": event.workflow_id, "name": told.workflow},
        "seq": event.seq,
        "type": event.type,
        "node_id": event.node,
        "sentence": told.sentence,
        "user": told.person or None,
        "data": told.data,
        "metadata": told.metadata,
        "occurred_at": event.at,
    }


def _lines(rows: list[ToldEvent], *, first: bool) -> bytes:
    return b"".join(json.dumps(as_json(row)) + b"\n" for row in rows)


def _csv(rows: list[ToldEvent], *, first: bool) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    if first:
        table.writerow(_COLUMNS)
    for row in rows:
        event, origin = row.event, row.metadata
        values = (
            event.at.isoformat(), event.workflow_id, row.workflow, event.execution_id, event.seq, event.type,
            event.node, row.sentence, row.person, origin.get("ip_address", ""),
            origin.get("user_agent", ""), json.dumps(row.data).decode(),
        )  # fmt: skip
        table.writerow([guarded(str(value)) for value in values])
    return text.getvalue().encode()
