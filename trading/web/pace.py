"""How a run keeps up with its tape, in words and tones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from orchestrator.core.json import JsonObject
from orchestrator.core.templatetags.display import duration
from trading.queries.pace import Keeping

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

    @property
    def badges(self) -> list[JsonObject]:
        """Of the stream's node in the picture of the run: how far behind it is, how fast, and since when."""
        if self.shown.is_over:
            return []
        found: list[JsonObject] = []
        if self.is_behind:
            late = duration(self.late_by.total_seconds() * 1_000)
            found.append(_badge("triangle-alert", f"{late} behind", f"Behind the market by {late}"))
        if self.run.message_rate:
            rate = f"{self.run.message_rate:,.0f}"
            found.append(_badge("radio", f"{rate}/s", f"Reads {rate} messages a second"))
        if self.follows_the_market and self.run.last_tick_at is not None:
            age = duration((self.now - self.run.last_tick_at).total_seconds() * 1_000)
            found.append(_badge("clock", age, f"The last tick is {age} old: {self.tick_words}"))
        return found


def _badge(icon: str, text: str, label: str) -> JsonObject:
    return {"icon": icon, "text": text, "label": label}
