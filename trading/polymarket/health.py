"""How a stream is doing: how much comes, how old it is, whether those who follow keep up."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from trading.domain.messages import Message
from trading.polymarket.books import Books
from trading.polymarket.wire.values import Unknown

SPAN_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Health:
    """A moment's figures. Counts are since the stream began.

    ``lag_ms`` is how much later than its own time the newest message came (our clock against the exchange's);
    ``behind_seconds`` is how long the oldest message that nobody has taken yet has waited.
    """

    connected: bool
    tokens: int
    tokens_with_book: int
    messages: int
    messages_per_second: float
    last_message_age_seconds: float | None
    lag_ms: int | None
    waiting: int
    behind_seconds: float
    reconnects: int
    gaps: int
    dropped: int
    duplicates: int
    reordered: int
    early: int
    malformed: int
    foreign: int
    unknown: Mapping[str, int]
    last_error: str

    @property
    def is_behind(self) -> bool:
        return self.behind_seconds > 1.0


class Rate:
    """Events a second over the last SPAN_SECONDS, in tenths of them."""

    def __init__(self) -> None:
        self._slots: deque[tuple[int, int]] = deque()
        self._began: float | None = None

    def count(self, events: int, now: float) -> None:
        if self._began is None:
            self._began = now
        slot = int(now)
        if self._slots and self._slots[-1][0] == slot:
            self._slots[-1] = (slot, self._slots[-1][1] + events)
        else:
            self._slots.append((slot, events))
            self._forget(now)

    def per_second(self, now: float) -> float:
        if self._began is None:
            return 0.0
        self._forget(now)
        span = min(SPAN_SECONDS, max(1.0, now - self._began))
        return sum(events for _, events in self._slots) / span

    def _forget(self, now: float) -> None:
        while self._slots and self._slots[0][0] <= now - SPAN_SECONDS:
            self._slots.popleft()


@dataclass(slots=True)
class Tally:
    """What a stream notes while it runs; ``health`` sums it up. Times are of the monotonic clock."""

    unknown: Unknown = field(default_factory=Unknown)
    rate: Rate = field(default_factory=Rate)
    reconnects: int = 0
    dropped: int = 0
    last_at: float | None = None
    lag_ms: int | None = None
    error: str = ""

    def note(self, messages: list[Message], *, now: float, wall_ms: int) -> None:
        self.rate.count(len(messages), now)
        self.last_at = now
        self.lag_ms = wall_ms - messages[-1].at

    def health(
        self, books: Books, waiting: deque[tuple[float, Message]], *, connected: bool, now: float
    ) -> Health:
        counts = books.counts
        return Health(
            connected=connected,
            tokens=len(books.tokens),
            tokens_with_book=len(books.tokens) - len(books.waiting),
            messages=counts.passed,
            messages_per_second=self.rate.per_second(now),
            last_message_age_seconds=None if self.last_at is None else now - self.last_at,
            lag_ms=self.lag_ms,
            waiting=len(waiting),
            behind_seconds=now - waiting[0][0] if waiting else 0.0,
            reconnects=self.reconnects,
            gaps=counts.gaps,
            dropped=self.dropped,
            duplicates=counts.duplicates,
            reordered=counts.reordered,
            early=counts.early,
            malformed=counts.malformed,
            foreign=counts.foreign,
            unknown=dict(self.unknown.counts),
            last_error=self.error,
        )
