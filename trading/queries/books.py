"""The newest book that a tape has of a token, without reading all of the tape."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from uuid import UUID

from orchestrator.core import json
from orchestrator.core.json import JsonObject
from trading.domain.book import OrderBook
from trading.domain.faults import MarketDataError
from trading.domain.lines import decode
from trading.domain.messages import Message, Resolved
from trading.models import TapeChunk

KEPT: Final = 64
"""Books that a process keeps, so that a tape is not read again for every look at it."""
_BOOK: Final = b'"kind":"book"'
_RESOLVED: Final = b'"kind":"resolved"'


@dataclass(frozen=True, slots=True)
class LastBook:
    """``position`` counts the messages that it rests on; ``winner`` is a token, SPLIT or empty."""

    book: OrderBook
    position: int
    winner: str


_kept: OrderedDict[tuple[UUID, str], tuple[int, JsonObject, str]] = OrderedDict()
_guard: Final = Lock()


def last_book(tape_id: UUID, token: str, market: str) -> LastBook | None:
    """The token's book at the end that the tape has now; None where it has none of it. Yours to change."""
    key = (tape_id, token)
    with _guard:
        known = _kept.get(key)
    if known is None:
        position, lines = _newest_lines(tape_id, token)
        book, winner = OrderBook(token, market), ""
    else:
        position, snapshot, winner = known
        book = OrderBook.restore(snapshot)
        position, lines = _lines_from(tape_id, token, position)
    for message in map(_message, lines):
        if isinstance(message, Resolved):
            winner = message.winner if message.market == market else winner
            continue
        try:
            book.apply(message)
        except MarketDataError:  # the book says itself that it is void, and why
            continue
    if not book.at:
        return None
    with _guard:
        _kept[key] = (position, book.snapshot(), winner)
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return LastBook(book, position, winner)


def messages_about(tape_id: UUID, tokens: set[str], *, position: int) -> Iterator[Message]:
    """What the tape tells from message ``position`` on about these tokens, and which markets are resolved."""
    needles = [_needle(token) for token in tokens]
    for chunk in _chunks(tape_id, position):
        for line in _lines(chunk)[max(position - chunk.first, 0) :]:
            if _RESOLVED in line or any(needle in line for needle in needles):
                yield _message(line)


def _newest_lines(tape_id: UUID, token: str) -> tuple[int, list[bytes]]:
    """The lines from the token's last whole book on. Chunks are read backwards until one has it."""
    needle, end, found = _needle(token), 0, list[bytes]()
    for chunk in TapeChunk.objects.filter(tape_id=tape_id).order_by("-number").iterator(chunk_size=2):
        end = max(end, chunk.first + chunk.count)
        found = [line for line in _lines(chunk) if needle in line or _RESOLVED in line] + found
        last = max((at for at, line in enumerate(found) if _BOOK in line), default=None)
        if last is not None:
            return end, found[last:]
    return end, found


def _lines_from(tape_id: UUID, token: str, position: int) -> tuple[int, list[bytes]]:
    needle, end, found = _needle(token), position, list[bytes]()
    for chunk in _chunks(tape_id, position):
        end = chunk.first + chunk.count
        lines = _lines(chunk)[max(position - chunk.first, 0) :]
        found += [line for line in lines if needle in line or _RESOLVED in line]
    return end, found


def _chunks(tape_id: UUID, position: int) -> Iterator[TapeChunk]:
    rows = TapeChunk.objects.filter(tape_id=tape_id).order_by("number")
    begun = rows.filter(first__lte=position).order_by("-number").values_list("number", flat=True).first()
    for chunk in rows.filter(number__gte=begun or 0).iterator(chunk_size=4):
        if position < chunk.first + chunk.count:
            yield chunk


def _lines(chunk: TapeChunk) -> list[bytes]:
    return zlib.decompress(bytes(chunk.data)).splitlines()


def _needle(token: str) -> bytes:
    """As ``domain.tapes.pack`` writes it."""
    return b'"token":' + json.dumps(token)


def _message(line: bytes) -> Message:
    value: Any = json.loads(line)
    return decode(value)
