"""What a window of a strategy tells: as JSON for the nodes behind it, and for whoever looks at the step."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from orchestrator.core.json import Json, JsonObject
from trading.domain.orders import Event, EventKind
from trading.domain.vocabulary import TapeStatus
from trading.domain.windows import Row, Window
from trading.models import Tape
from trading.queries.tapes import moment_of
from trading.services.sessions import Work

MOST_TOLD: Final = 50
"""Fills and problems of one window that the output lists; the rest is counted."""
_NUMBERS: Final = (
    "bid", "ask", "mid", "last", "spread", "spread_bps", "imbalance", "momentum", "volatility", "volume",
    "notional", "rolling_volume",
)  # fmt: skip


def window_output(work: Work, window: Window, tape: Tape, *, limit: int) -> JsonObject:
    """What a stream node gives: a row for each token it asked for, ``limit`` at most, and what was filled."""
    selected = set(work.run.reader["selected"])
    rows = [row for row in window.rows if row.token in selected]
    most = sorted(rows, key=lambda row: (-row.rolling_volume, row.token))[:limit]
    events, problems = work.session.events, work.session.problems
    output: JsonObject = {
        "window": window.number,
        "from": moment_of(window.start).isoformat(),
        "at": moment_of(window.end).isoformat(),
        "over": False,
        "messages": window.messages,
        "markets": [_row(work, row) for row in sorted(most, key=lambda row: row.token)],
        "market_count": len(rows),
        "fills": tell_events(events),
        "problems": [{"code": each.code, "message": each.sentence} for each in problems[:MOST_TOLD]],
        "problem_count": len(problems),
        "tape": {"name": work.run.tape.name, "origin": work.run.tape.origin},
        "notes": _notes(work, len(rows), window, tape, limit),
    }
    return output


def _notes(work: Work, rows: int, window: Window, tape: Tape, limit: int) -> list[Any]:
    notes = []
    if work.run.reader.get("plain"):
        notes.append(
            f"This run was started plainly, so it reads one window of “{work.run.tape.name}”, on paper. "
            "Start it as a strategy to read a whole tape or to follow the market."
        )
    if work.run.tape.origin == "generated":
        notes.append("The tape is generated: nobody traded these markets.")
    if rows > limit:
        notes.append(f"The {limit} outcomes with the most volume are given, of {rows}.")
    if rows == 0:
        notes.append("Nothing on this tape is what the stream asks for.")
    if tape.status == TapeStatus.RECORDING and (late := _behind(tape, window.end)) > _span(window):
        notes.append(f"Falling behind: the tape is {late.total_seconds():.0f} s of market time ahead.")
    return notes


def _span(window: Window) -> timedelta:
    return timedelta(milliseconds=max(window.end - window.start, 1_000))


def _behind(tape: Tape, end: int) -> timedelta:
    """How much market time the tape holds beyond a window's end."""
    return tape.last_at - moment_of(end) if tape.last_at is not None else timedelta()


def _row(work: Work, row: Row) -> JsonObject:
    """Numbers as numbers, for expressions and conditions, and again as exact text, for money."""
    market = work.session.markets.get(row.token)
    names = [each["name"] for each in market.outcomes if each["token"] == row.token] if market else []
    values = {name: getattr(row, name) for name in _NUMBERS}
    known = {name: value for name, value in values.items() if value is not None}
    return {
        "token": row.token,
        "market": row.market,
        "question": market.question if market else "",
        "outcome": names[0] if names else "",
        "category": market.category if market else "",
        "at": moment_of(row.at).isoformat(),
        "valid": row.valid,
        "reason": row.reason,
        **{name: _as_number(value) for name, value in values.items()},
        "trades": row.trades,
        "messages": row.messages,
        "resolved": row.resolved,
        "held": _as_number(work.replay.broker.portfolio.held(row.token)),
        "exact": {name: format(value, "f") for name, value in known.items()},
    }


def _as_number(value: Decimal | None) -> int | float | None:
    """As JSON has numbers; the shortest text of the float is the decimal again."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


_HAPPENED: Final = {EventKind.FILLED, EventKind.CANCELLED, EventKind.EXPIRED, EventKind.PAID_OUT}


def tell_events(events: list[Event]) -> list[Json]:
    """What happened to orders and positions, each with its reason."""
    told: list[Json] = [_told(each) for each in events if each.kind in _HAPPENED]
    return told[:MOST_TOLD]


def _told(event: Event) -> JsonObject:
    return {
        "kind": event.kind.value,
        "at": moment_of(event.at).isoformat(),
        "order": event.order,
        "token": event.token,
        "side": event.side.value if event.side else None,
        "price": None if event.price is None else format(event.price, "f"),
        "size": format(event.size, "f"),
        "notional": format(event.notional, "f"),
        "fee": format(event.fee, "f"),
        "reason": event.sentence,
    }
