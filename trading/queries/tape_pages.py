"""What the pages and the API say of tapes: lists by filters, rates over time, gaps, what rests on them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.text import slugify

from orchestrator.accounts.models import User
from orchestrator.core import json
from trading.domain.messages import Message
from trading.domain.tapes import unpack, write_tape
from trading.domain.vocabulary import TapeOrigin, TapeStatus
from trading.models import StrategyRun, Tape, TapeChunk
from trading.queries.tapes import EPOCH, header_of, moment_of

BARS: Final = 48
"""Of the chart of messages over time."""
MOST_CHUNKS: Final = 60
"""Chunks that are read for a chart; of a longer tape only their counts are, or every so many."""
MOST_GAPS: Final = 20
_AT: Final = re.compile(rb'"at":(\d+)')
_GAP: Final = b'"kind":"gap"'
_TRADE: Final = b'"kind":"trade"'


def tapes_for(user: User, chosen: Mapping[str, str]) -> QuerySet[Tape]:
    """Tapes that the person sees, by ``origin``, ``status``, ``mine`` and ``search``; unknown words narrow
    nothing."""
    rows = Tape.objects.visible_to(user).select_related("owner")
    if chosen.get("origin") in list(TapeOrigin):
        rows = rows.filter(origin=chosen["origin"])
    if chosen.get("status") in list(TapeStatus):
        rows = rows.filter(status=chosen["status"])
    if chosen.get("mine") in ("1", "true"):
        rows = rows.filter(owner=user)
    if search := chosen.get("search", "").strip()[:200]:
        rows = rows.filter(name__icontains=search)
    return rows


def runs_on(user: User, tape: Tape) -> QuerySet[StrategyRun]:
    """Runs over the tape that the person sees, the newest first."""
    rows = StrategyRun.objects.visible_to(user).filter(tape=tape)
    return rows.select_related("workflow").defer("reader", "replay", "served", "curve").order_by("-id")


def pieces_of(tape: Tape) -> Iterator[bytes]:
    """The tape as a gzip file, with the messages that it has now. A chunk at a time is in memory."""
    return write_tape(header_of(tape), _messages(tape))


def file_name(tape: Tape) -> str:
    return f"{slugify(tape.name)[:80] or 'tape'}.jsonl.gz"


def _messages(tape: Tape) -> Iterator[Message]:
    """Each chunk by a query of its own: what is sent slowly holds no cursor open."""
    for number in range(tape.chunk_count):
        data = TapeChunk.objects.values_list("data", flat=True).get(tape=tape, number=number)
        yield from unpack(bytes(data))


@dataclass(frozen=True, slots=True)
class Bar:
    """``rate`` is messages a second of market time, from ``at`` on."""

    at: datetime
    rate: float


@dataclass(frozen=True, slots=True)
class GapSeen:
    at: datetime
    token: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shape:
    """How a tape's messages lie in time. ``gaps`` are its first ones, not looked for on a long tape."""

    bars: list[Bar]
    gaps: list[GapSeen]
    is_whole: bool
    """Whether every message was counted where it lies, and not a chunk's spread over its time."""


def shape_of(tape: Tape) -> Shape:
    if not tape.message_count or tape.first_at is None or tape.last_at is None:
        return Shape([], [], is_whole=True)
    span = max((tape.last_at - tape.first_at) / BARS, timedelta(milliseconds=1))
    counts = [0.0] * BARS
    gaps: list[GapSeen] = []
    is_whole = tape.chunk_count <= MOST_CHUNKS
    if is_whole:
        begin, width = _ms(tape.first_at), span / timedelta(milliseconds=1)
        for data in TapeChunk.objects.filter(tape=tape).order_by("number").values_list("data", flat=True):
            text = zlib.decompress(bytes(data))
            for found in _AT.findall(text):
                counts[min(int((int(found) - begin) / width), BARS - 1)] += 1
            if _GAP in text and len(gaps) < MOST_GAPS:
                gaps += [_gap(line) for line in text.splitlines() if _GAP in line]
    else:
        rows = TapeChunk.objects.filter(tape=tape).order_by("number")
        for first, last, count in rows.values_list("first_at", "last_at", "count"):
            _spread(counts, (first - tape.first_at) / span, (last - tape.first_at) / span, count)
    seconds = span.total_seconds()
    bars = [Bar(tape.first_at + span * number, count / seconds) for number, count in enumerate(counts)]
    return Shape(bars, gaps[:MOST_GAPS], is_whole)


def _spread(counts: list[float], begin: float, end: float, count: int) -> None:
    """A chunk's messages, evenly over the bars that it touches."""
    first, last = min(int(begin), BARS - 1), min(int(end), BARS - 1)
    for number in range(first, last + 1):
        here = min(end, number + 1) - max(begin, number)
        counts[number] += count * (here / (end - begin) if end > begin else 1.0)


def _gap(line: bytes) -> GapSeen:
    value: Any = json.loads(line)
    return GapSeen(moment_of(value["at"]), value["token"], value["reason"])


@dataclass(frozen=True, slots=True)
class Price:
    at: datetime
    price: Decimal


def prices_on(tape_id: UUID, token: str, *, most: int = 120) -> list[Price]:
    """What a token was traded at, over the tape: the last trade of each of up to ``most`` stretches.

    Of a long tape, the chunks that are read lie evenly over it.
    """
    numbers = list(
        TapeChunk.objects.filter(tape_id=tape_id).order_by("number").values_list("number", flat=True)
    )
    chosen = numbers[:: -(-len(numbers) // MOST_CHUNKS) or 1]
    needle, found = b'"token":' + json.dumps(token), list[bytes]()
    rows = TapeChunk.objects.filter(tape_id=tape_id, number__in=chosen).order_by("number")
    for data in rows.values_list("data", flat=True):
        lines = zlib.decompress(bytes(data)).splitlines()
        found += [line for line in lines if needle in line and _TRADE in line]
    step = -(-len(found) // most) or 1
    values: list[Any] = [json.loads(line) for line in found[step - 1 :: step] or found[-1:]]
    return [Price(moment_of(each["at"]), Decimal(each["price"])) for each in values]


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)
