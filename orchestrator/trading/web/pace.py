"""How a run keeps up with its tape, in words and tones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from orchestrator.trading.queries.pace import Keeping

LATE: Final = timedelta(seconds=30)
STALE: Final = timedelta(minutes=2)


class Pace(Keeping):
    __slots__ = ()

    @property
    def tick_tone(self) -> str:
        """A tick is as old as a window is long, before the next one can come."""
        if not self.follows_the_market or self.run.last_tick_at is None:
            return "muted"
        age = self.now - self.run.last_tick_at - self.span
        return "bad" if age > STALE else "waiting" if age > LATE else "good"

    @property
    def tick_words(self) -> str:
        return {"bad": "stale", "waiting": "late", "good": "fresh", "muted": ""}[self.tick_tone]

    @property
    def done_text(self) -> str:
        """As attributes have numbers, whatever the reader's language."""
        return f"{self.done:.4f}"
