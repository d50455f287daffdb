"""A recording in the recorder's memory: what was heard for it and is not on the tape yet."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from orchestrator.core.clock import utc_now
from trading.domain.messages import Message
from trading.domain.tracks import Track
from trading.models import Tape
from trading.polymarket.health import Health, Rate
from trading.queries.tapes import EPOCH
from trading.services.recording import State, ends_in_gaps, known_markets
from trading.services.tapes import CHUNK

BEHIND_MS: Final = 3_000
"""Writing every second, nothing is this old unless writing does not keep up."""
QUIET_SECONDS: Final = 5.0
"""How often a recording says that it is alive where there is nothing to write."""
CONNECT_SECONDS: Final = 3.0
PATIENCE_SECONDS: Final = 20.0
"""How long the first books may take to come before somebody is told."""


@dataclass(slots=True, eq=False)
class Reel:
    """``outbox`` are chunks as they will be written, ``buffer`` what was heard since they were cut."""

    tape: Tape
    track: Track
    outbox: list[list[Message]] = field(default_factory=list)
    buffer: list[Message] = field(default_factory=list)
    is_to_end: bool = False
    _ages: list[float] = field(default_factory=list)
    _oldest: float = 0.0
    _rate: Rate = field(default_factory=Rate)
    _began: float = field(default_factory=time.monotonic)
    _told: State = field(default_factory=State)
    _told_at: float = 0.0

    @classmethod
    def begin(cls, tape: Tape) -> Self:
        """For a tape that has something on it already, a Gap comes first: nobody listened meanwhile."""
        at = round((tape.last_at - EPOCH).total_seconds() * 1_000) if tape.last_at is not None else 0
        goes_on = bool(tape.message_count) and not ends_in_gaps(tape.pk)
        reel = cls(tape, Track(tape.tokens, at=at, markets=known_markets(tape.tokens), goes_on=goes_on))
        reel.is_to_end = tape.stop_asked_at is not None
        away = (utc_now() - tape.heard_at).total_seconds() if tape.heard_at is not None else 0.0
        reel.miss(f"nobody recorded for {away:,.0f} s")
        return reel

    @property
    def unwritten(self) -> int:
        return len(self.buffer) + sum(map(len, self.outbox))

    def is_news(self, state: State) -> bool:
        """Whether the row is to be told anything though there is nothing to write."""
        return state.trouble != self._told.trouble or time.monotonic() - self._told_at >= QUIET_SECONDS

    def miss(self, reason: str) -> None:
        if not self.buffer:
            self._oldest = time.monotonic()
        self.buffer += self.track.missed(reason)

    def hear(self, message: Message, now: float) -> None:
        taken = self.track.take(message)
        if taken is None:
            return
        if not self.buffer:
            self._oldest = now
        self.buffer.append(taken)

    def cut(self) -> None:
        """Make chunks of what was heard. A chunk stays as it is until it is known to be written."""
        while self.buffer:
            self.outbox.append(self.buffer[:CHUNK])
            self._rate.count(len(self.outbox[-1]), time.monotonic())
            self._ages.append(self._oldest)
            self.buffer = self.buffer[CHUNK:]

    def state(self, health: Health | None, *, fault: str, now: datetime) -> State:
        moment = time.monotonic()
        waited = moment - self._ages[0] if self._ages else 0.0
        lag_ms = round((waited + (health.behind_seconds if health is not None else 0.0)) * 1_000)
        connected = health is not None and health.connected
        return State(
            heard_at=now if connected else None,
            lag_ms=lag_ms,
            message_rate=round(self._rate.per_second(moment), 1),
            trouble=self._trouble(health, lag_ms, fault),
        )

    def written(self, row: Tape, state: State) -> None:
        if self.outbox:
            self.outbox.pop(0)
            self._ages.pop(0)
        self.tape, self._told, self._told_at = row, state, time.monotonic()

    def _trouble(self, health: Health | None, lag_ms: int, fault: str) -> str:
        began = time.monotonic() - self._began
        if (health is None or not health.connected) and began > CONNECT_SECONDS:
            why = (health.last_error if health is not None else "") or fault
            return f"No connection to the exchange{f': {why}' if why else ''}. It is tried again."
        if lag_ms > BEHIND_MS:
            return f"Falling behind: what is written now was heard {lag_ms / 1_000:,.1f} s ago."
        missing = len(self.track.awaiting)
        if missing and began > PATIENCE_SECONDS:
            return f"No book for {missing} of {len(self.track.tokens)} outcomes: are they still traded?"
        return ""
