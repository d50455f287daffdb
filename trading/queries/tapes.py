"""Reading tapes: which there are, and their messages from any place on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from trading.domain.messages import Message
from trading.domain.tapes import Header, unpack
from trading.models import Market, Tape, TapeChunk

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(at: int) -> datetime:
    """A market's time in milliseconds as a moment."""
    return EPOCH + timedelta(milliseconds=at)


def read_messages(tape_id: Any, *, position: int = 0) -> Iterator[Message]:
    """What is on the tape from message number ``position`` (from 0) to the end it has now, chunk by chunk."""
    rows = TapeChunk.objects.filter(tape_id=tape_id).order_by("number")
    begun = rows.filter(first__lte=position).order_by("-number").values_list("number", flat=True).first()
    for chunk in rows.filter(number__gte=begun or 0).iterator(chunk_size=4):
        messages = unpack(bytes(chunk.data))
        yield from messages[max(position - chunk.first, 0) :]


def read_on(tape_id: Any, position: int, *, chunks: int = 4) -> list[Message]:
    """The messages from number ``position`` on that the next few chunks hold; empty at the tape's end."""
    rows = TapeChunk.objects.filter(tape_id=tape_id).order_by("number")
    begun = rows.filter(first__lte=position).order_by("-number").values_list("number", flat=True).first()
    found: list[Message] = []
    for chunk in rows.filter(number__gte=begun or 0)[:chunks]:
        if position < chunk.first + chunk.count:
            found += unpack(bytes(chunk.data))[max(position - chunk.first, 0) :]
    return found


def markets_of(tape: Tape) -> list[Market]:
    """The markets that are known of the tape's tokens, in the order of their questions."""
    found = {}
    for token in tape.tokens:
        for market in Market.objects.filter(outcomes__contains=[{"token": token}]):
            found[market.pk] = market
    return sorted(found.values(), key=lambda market: market.question)


def header_of(tape: Tape) -> Header:
    """What a file of the tape begins with."""
    markets = [
        {
            "condition_id": market.condition_id,
            "question": market.question,
            "category": market.category,
            "outcomes": market.outcomes,
            "tick_size": str(market.tick_size),
            "minimum_size": str(market.minimum_size),
            "is_generated": market.is_generated,
        }
        for market in markets_of(tape)
    ]
    return Header(tape.name, tape.origin, markets, tape.seed)
