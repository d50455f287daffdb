"""How a run keeps up with its tape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from trading.domain.vocabulary import Mode, TapeStatus
from trading.models import StrategyRun
from trading.queries.strategies import Shown

SLACK: Final = timedelta(seconds=10)
"""By how much more than a window the tape may be ahead: what recording, looking and a window's steps take."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Of a run as it stood at ``now``. The run comes from ``runs_seen``."""

    run: StrategyRun
    shown: Shown
    now: datetime

    @property
    def follows_the_market(self) -> bool:
        """Only then does the age of a tick say anything: an old tape is old."""
        return (
            not self.shown.is_over
            and self.run.mode != Mode.BACKTEST
            and self.run.tape.status == TapeStatus.RECORDING
        )

    @property
    def span(self) -> timedelta:
        """Of a window. One that is not over is not read: the last tick may be older by that much."""
        return timedelta(milliseconds=getattr(self.run, "window_ms", None) or 0)

    @property
    def late_by(self) -> timedelta:
        """Market time that is on the tape and was not read yet, also while a step takes long."""
        begun, end = self.run.last_tick_at or self.run.tape.first_at, self.run.tape.last_at
        if not self.follows_the_market or begun is None or end is None:
            return timedelta()
        return max(end - begun, timedelta())

    @property
    def is_behind(self) -> bool:
        return self.late_by > self.span + SLACK

    @property
    def unread(self) -> int:
        """Messages that are on the tape and not booked yet."""
        return max(self.run.tape.message_count - self.run.position, 0)

    @property
    def messages(self) -> int:
        return self.run.tape.message_count

    @property
    def done(self) -> float:
        """Which part of what is to be read is read, from 0 to 1.

        A run ends with its tape, its windows or its time, whichever is over first.
        """
        run = self.run
        parts = [run.position / self.messages if self.messages else 0.0]
        if run.windows_wanted:
            parts.append(run.window / run.windows_wanted)
        begun = run.tape.first_at
        if run.until_at is not None and run.last_tick_at is not None and begun is not None:
            parts.append((run.last_tick_at - begun) / max(run.until_at - begun, timedelta(milliseconds=1)))
        return min(max(parts), 1.0)
