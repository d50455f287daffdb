"""How a run keeps up with its tape, in words and tones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orchestrator.trading.domain.vocabulary import Mode, TapeStatus
from orchestrator.trading.models import StrategyRun
from orchestrator.trading.queries.strategies import Shown

LATE: Final = timedelta(seconds=30)
STALE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pace:
    """Of a run as it stood at ``now``."""

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
    def tick_tone(self) -> str:
        if not self.follows_the_market or self.run.last_tick_at is None:
            return "muted"
        age = self.now - self.run.last_tick_at
        return "bad" if age > STALE else "waiting" if age > LATE else "good"

    @property
    def tick_words(self) -> str:
        return {"bad": "stale", "waiting": "late", "good": "fresh", "muted": ""}[self.tick_tone]

    @property
    def messages(self) -> int:
        return self.run.tape.message_count

    @property
    def done(self) -> float:
        """Which part of the tape is read, from 0 to 1."""
        return min(self.run.position / self.messages, 1.0) if self.messages else 0.0

    @property
    def done_text(self) -> str:
        """As attributes have numbers, whatever the reader's language."""
        return f"{self.done:.4f}"

    @property
    def is_behind(self) -> bool:
        """Whether more waits on the tape than ten seconds' worth of what it reads."""
        rate = self.run.message_rate or 0
        return self.follows_the_market and self.run.lag_messages > max(rate * 10, 100)
