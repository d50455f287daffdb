"""What one tape takes out of a stream that is followed for many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from trading.domain.messages import Book, Gap, Message, PriceChange, Resolved

_UNKNOWN: Final = "unknown"
"""The market of a token that no message and nobody else has named yet: lines of tapes need some text."""


class Track:
    """Changes of a token count from its first whole book on, and again after each Gap; times never go back.

    ``markets`` are those that are known of its tokens. ``at`` is the time of the last message that the tape
    has already, and ``goes_on`` says that there are books on it.
    """

    def __init__(
        self,
        tokens: Iterable[str],
        *,
        at: int = 0,
        markets: Mapping[str, str] | None = None,
        goes_on: bool = False,
    ) -> None:
        self.tokens: Final = frozenset(tokens)
        self.awaiting = set() if goes_on else set(self.tokens)
        """Tokens without a book that counts."""
        self._markets = dict(markets or {})
        self._resolved: set[str] = set()
        self._at = at

    @property
    def is_over(self) -> bool:
        """Whether nothing can follow: all markets are resolved."""
        return bool(self._resolved) and all(
            self._markets.get(token) in self._resolved for token in self.tokens
        )

    def missed(self, reason: str) -> list[Message]:
        """A Gap for each token that had a book: nobody listened for a while."""
        had = self.tokens - self.awaiting
        self.awaiting = set(self.tokens)
        return [Gap(self._at, token, self._markets.get(token, _UNKNOWN), reason) for token in sorted(had)]

    def take(self, message: Message) -> Message | None:
        """The message as the tape has it; None for one that is not the tape's, or not yet."""
        if isinstance(message, Resolved):
            return self._resolve(message)
        token = message.token
        if token not in self.tokens:
            return None
        if message.market:
            self._markets.setdefault(token, message.market)
        if isinstance(message, Book):
            self.awaiting.discard(token)
        elif isinstance(message, Gap):
            if token in self.awaiting:
                return None
            self.awaiting.add(token)
        elif isinstance(message, PriceChange) and token in self.awaiting:
            return None
        return self._timed(message)

    def _resolve(self, message: Resolved) -> Message | None:
        if message.winner not in self.tokens and message.market not in self._markets.values():
            return None
        if message.winner in self.tokens:
            self._markets.setdefault(message.winner, message.market)
        if message.market in self._resolved:
            return None
        self._resolved.add(message.market)
        return self._timed(message)

    def _timed(self, message: Message) -> Message:
        if message.at >= self._at:
            self._at = message.at
            return message
        return replace(message, at=self._at)
