"""When the whole book of a token is asked for again: at once if not tried of late, else ever later."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Final

from trading.polymarket.waiting import Backoff

_QUIET_SECONDS: Final = 60.0
_LONGEST: Final = 300.0


@dataclass(slots=True)
class _Ask:
    backoff: Backoff
    asked: float | None = None
    due: float | None = None


class Asking:
    """Times are of the monotonic clock. ``book_seconds`` is how long a book may take to come."""

    def __init__(self, book_seconds: float) -> None:
        self._book_seconds = book_seconds
        self._asks: dict[str, _Ask] = {}
        self._open: set[str] = set()

    def settle(self, waiting: Set[str], now: float) -> None:
        """Takes over which tokens have no book."""
        if waiting == self._open:
            return
        for token in self._open - waiting:
            if token in self._asks:
                self._asks[token].due = None
        for token in waiting - self._open:
            ask = self._ask(token)
            if ask.asked is None or now - ask.asked > _QUIET_SECONDS:
                ask.backoff.reset()
                ask.due = now
            else:
                ask.due = now + ask.backoff.next()
        self._open = set(waiting)

    def due(self, now: float) -> list[str]:
        return sorted(
            token for token in self._open if (due := self._asks[token].due) is not None and due <= now
        )

    def asked(self, tokens: Iterable[str], now: float) -> None:
        for token in tokens:
            ask = self._ask(token)
            ask.asked = now
            ask.due = now + max(self._book_seconds, ask.backoff.next())
            self._open.add(token)

    def forget(self, tokens: Iterable[str]) -> None:
        for token in tokens:
            self._asks.pop(token, None)
            self._open.discard(token)

    def _ask(self, token: str) -> _Ask:
        return self._asks.setdefault(token, _Ask(Backoff(0.5, _LONGEST)))
