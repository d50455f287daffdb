"""Tapes that are being recorded, as rows: who may write them, which there are, their chunks, their end.

One process writes, all others wait: the session that holds an advisory lock of PostgreSQL. Every write asks
for that lock anew, so that whoever has lost it writes nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from orchestrator.accounts.audit import record_audit
from trading.domain.messages import Gap, Message
from trading.domain.tapes import pack, unpack
from trading.domain.vocabulary import TapeStatus
from trading.models import Market, Tape, TapeChunk
from trading.queries.recording import LOCK
from trading.services.tapes import append


class NotTheRecorder(Exception):
    """Another session holds the lock, or has written what was ours to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a recording does. ``heard_at`` None: nobody is listening to the exchange at the moment."""

    heard_at: datetime | None = None
    lag_ms: int | None = None
    message_rate: float | None = None
    trouble: str = ""


class Seat:
    """The recorder's place: one session has it. To be used in one thread, whose connection is the session."""

    def __init__(self) -> None:
        self._session: int | None = None

    def take(self) -> bool:
        """Whether this session has the place, or gets it now. A new connection is a new session."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            session = cursor.fetchone()[0]
            if session == self._session:
                return True
            self._session = None
            # Without these a host that vanished would keep the place for hours.
            cursor.execute("SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5")
            cursor.execute("SET tcp_keepalives_count = 3")
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                self._session = session
        return self._session is not None

    def leave(self) -> None:
        if self._session is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            self._session = None


def wanted_tapes() -> list[Tape]:
    """What is to be recorded now."""
    return list(Tape.objects.filter(status=TapeStatus.RECORDING.value).order_by("id"))


def known_markets(tokens: list[str]) -> dict[str, str]:
    """By token the condition id of its market, as far as it is known."""
    found: dict[str, str] = {}
    for token in tokens:
        if token not in found:
            for market in Market.objects.filter(outcomes__contains=[{"token": token}])[:1]:
                found |= {each["token"]: market.condition_id for each in market.outcomes}
    return {token: found[token] for token in tokens if token in found}


def ends_in_gaps(tape_id: UUID) -> bool:
    """Whether the tape says already that something is missing at its end, and has told nothing since."""
    last = TapeChunk.objects.filter(tape_id=tape_id).order_by("-number").first()
    return last is not None and all(isinstance(message, Gap) for message in unpack(bytes(last.data)))


@transaction.atomic
def write(tape: Tape, messages: list[Message], state: State) -> Tape | None:
    """A chunk more, and how the recording does; answers with the row as it is now, None for one that ended.

    ``tape`` is the row as it was after the last write. The same messages may be written again where it is
    not known whether they were: they are found on the tape. Raises NotTheRecorder.
    """
    row = _locked(tape.pk)
    if row is None:
        return None
    if messages and not _has(row, tape, messages):
        if row.chunk_count != tape.chunk_count:
            raise NotTheRecorder("somebody else has written this tape")
        append(row, messages)
    row.lag_ms, row.message_rate, row.trouble = state.lag_ms, state.message_rate, state.trouble
    row.heard_at = state.heard_at or row.heard_at
    row.save(update_fields=["lag_ms", "message_rate", "trouble", "heard_at"])
    return row


@transaction.atomic
def finish(tape_id: UUID, *, failed: str = "") -> None:
    """The recording is over; one that has heard nothing has failed. Raises NotTheRecorder."""
    row = _locked(tape_id)
    if row is None:
        return
    row.error = failed or ("" if row.message_count else "Nothing was heard before it was stopped.")
    row.status = (TapeStatus.FAILED if row.error else TapeStatus.READY).value
    row.trouble, row.lag_ms, row.message_rate = "", None, None
    row.save(update_fields=["error", "status", "trouble", "lag_ms", "message_rate"])
    record_audit(None, f"tape.{row.status}", row, after={"messages": row.message_count, "error": row.error})


def _locked(tape_id: UUID) -> Tape | None:
    """The row of a recording, for whoever holds the recorder's place and for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise NotTheRecorder("another process records now")
    rows = Tape.objects.select_for_update().filter(status=TapeStatus.RECORDING.value)
    return rows.filter(pk=tape_id).first()


def _has(row: Tape, before: Tape, messages: list[Message]) -> bool:
    """Whether a write whose outcome was not heard of took place after all."""
    if row.chunk_count != before.chunk_count + 1:
        return False
    chunk = TapeChunk.objects.get(tape_id=row.pk, number=before.chunk_count)
    return chunk.first == before.message_count and bytes(chunk.data) == pack(messages)
