"""The books of all tokens of a stream, kept from what the wire tells: what is news, late or missing.

What comes twice changes nothing and is not passed on. What comes late is passed on if nothing newer stands at
its price, with the time at which it became known: the times of what is passed on never go back. When a book
cannot be trusted any more, a Gap is told and the token waits for its next whole book.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from trading.domain.markets import NewMarket
from trading.domain.messages import (
    Book,
    Gap,
    Message,
    PriceChange,
    Resolved,
    TickSize,
    Trade,
)
from trading.domain.vocabulary import Side
from trading.polymarket.ladders import Ladder, TokenBook
from trading.polymarket.wire.stream import (
    Best,
    BestBidAsk,
    Changes,
    Fault,
    Pong,
    Print,
    WireEvent,
    tokens_of,
)

LATE_MS: Final = 5_000
"""Further back than this, a message is not late: the clock has gone back."""
AHEAD_MS: Final = 300_000
"""Further ahead of our own clock than this, a message's time is wrong."""
_PATIENCE: Final = 5
"""How often in a row the exchange's best prices may differ from the book's before the book is given up."""
_REMEMBERED_TRADES: Final = 256

Timed = TypeVar("Timed", Book, PriceChange, Trade, TickSize, Resolved)


@dataclass(slots=True)
class Counts:
    passed: int = 0
    duplicates: int = 0
    reordered: int = 0
    early: int = 0
    foreign: int = 0
    malformed: int = 0
    gaps: int = 0


class Books:
    """``take`` turns events of the wire into what is passed on; ``waiting`` are the tokens without a book."""

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        self._tokens: dict[str, TokenBook] = {}
        self.waiting: set[str] = set()
        self.add(tokens)
        self._markets: set[str] = set()
        self._resolved: set[str] = set()
        self._now = 0
        self.counts = Counts()

    @property
    def tokens(self) -> Set[str]:
        return self._tokens.keys()

    def add(self, tokens: Iterable[str]) -> None:
        for name in tokens:
            if name not in self._tokens:
                self._tokens[name] = TokenBook()
                self.waiting.add(name)

    def drop(self, tokens: Iterable[str]) -> None:
        for name in tokens:
            self._tokens.pop(name, None)
            self.waiting.discard(name)

    def standing(self, tokens: Iterable[str]) -> list[Book]:
        """The books as they are now, of those that have one."""
        found: list[Book] = []
        for name in tokens:
            token = self._tokens.get(name)
            if token is not None and not token.waits:
                bids, asks = token.bids.standing(), token.asks.standing()
                found.append(Book(self._now, name, token.market, bids, asks))
        return found

    def void(self, tokens: Iterable[str], reason: str, *, wall_ms: int) -> list[Message]:
        """A Gap for each token that has not been told one already; all of them wait for a book."""
        gaps: list[Message] = []
        for name in sorted(tokens):
            token = self._tokens.get(name)
            if token is None:
                continue
            token.waits, token.at, token.disagreed = True, 0, 0
            self.waiting.add(name)
            if not token.told:
                token.told = True
                self._now = self._now or wall_ms
                gaps.append(Gap(self._now, name, token.market, reason))
        self.counts.gaps += len(gaps)
        return gaps

    def void_all(self, reason: str, *, wall_ms: int) -> list[Message]:
        """A Gap for every token, also for those that were told one: it may not have arrived."""
        for token in self._tokens.values():
            token.told = False
        return self.void(self.tokens, reason, wall_ms=wall_ms)

    def lost(self, reason: str, *, wall_ms: int) -> list[Message]:
        """The connection broke: whoever had a book has none."""
        had = [name for name, token in self._tokens.items() if not token.waits]
        return self.void(had, reason, wall_ms=wall_ms)

    def take(self, event: WireEvent, *, wall_ms: int) -> list[Message]:
        """What an event that came at ``wall_ms`` of our own clock has to say to those who follow."""
        at = getattr(event, "at", 0) if not isinstance(event, Print) else event.trade.at
        if at > wall_ms + AHEAD_MS:
            return self._fault(tokens_of(event), "a message came with a time ahead of the clock", wall_ms)
        found: list[Message] = []
        match event:
            case Changes():
                found = self._change(event, wall_ms)
            case Print():
                found = self._trade(event, wall_ms)
            case Book():
                found = self._book(event, wall_ms)
            case BestBidAsk():
                found = self._compare((event.best,), wall_ms)
            case TickSize():
                found = self._tick(event)
            case Resolved():
                found = self._resolve(event)
            case Fault():
                harmless = event.harmless
                tokens = event.tokens or self.tokens
                found = self._fault(
                    () if harmless else tokens, f"malformed: {event.error.message}"[:300], wall_ms
                )
            case NewMarket() | Pong():
                return []
        self.counts.passed += len(found)
        return found

    def _fault(self, tokens: Iterable[str], reason: str, wall_ms: int) -> list[Message]:
        self.counts.malformed += 1
        return self.void(tokens, reason, wall_ms=wall_ms)

    def _timed(self, message: Timed) -> Timed:
        if message.at >= self._now:
            self._now = message.at
            return message
        return replace(message, at=self._now)

    def _known(self, name: str, market: str) -> TokenBook | None:
        token = self._tokens.get(name)
        if token is None:
            self.counts.foreign += 1
            return None
        if not token.market:
            token.market = market
            self._markets.add(market)
        return token

    def _book(self, book: Book, wall_ms: int) -> list[Message]:
        token = self._known(book.token, book.market)
        if token is None:
            return []
        if token.book == book and not token.waits and token.at == book.at:
            self.counts.duplicates += 1
            return []
        gaps: list[Message] = []
        if not token.waits and book.at < token.at:
            if token.at - book.at <= LATE_MS:
                self.counts.reordered += 1
                return []
            gaps = self.void((book.token,), "the clock went back", wall_ms=wall_ms)
        token.waits = token.told = False
        self.waiting.discard(book.token)
        token.at, token.book, token.disagreed = book.at, book, 0
        token.bids, token.asks = Ladder(highest=True), Ladder(highest=False)
        for ladder, levels in ((token.bids, book.bids), (token.asks, book.asks)):
            ladder.levels = {price: (size, book.at) for price, size in levels}
            ladder.best = levels[0].price if levels else None
        return [*gaps, self._timed(book)]

    def _change(self, event: Changes, wall_ms: int) -> list[Message]:
        found: list[PriceChange] = []
        gaps: list[Message] = []
        touched: dict[str, TokenBook] = {}
        for change in event.changes:
            token = self._known(change.token, change.market)
            if token is None:
                continue
            if token.waits:
                self.counts.early += 1
                gaps += self.void((change.token,), "a change came before the book", wall_ms=wall_ms)
            elif token.at - change.at > LATE_MS:
                gaps += self.void((change.token,), "the clock went back", wall_ms=wall_ms)
            elif self._applies(token, change):
                touched[change.token] = token
                found.append(change)
        crossed = [name for name, token in touched.items() if token.is_crossed]
        gaps += self.void(crossed, "the book is crossed", wall_ms=wall_ms)
        passed = [self._timed(change) for change in found if not self._tokens[change.token].waits]
        return [*gaps, *passed, *self._compare(event.best, wall_ms)]

    def _applies(self, token: TokenBook, change: PriceChange) -> bool:
        ladder = token.bids if change.side is Side.BUY else token.asks
        standing, told_at = ladder.levels.get(change.price, (None, 0))
        if change.at < told_at or (standing is None and token.book is not None and change.at < token.book.at):
            self.counts.reordered += 1
            return False
        token.at = max(token.at, change.at)
        if change.size == (standing or 0):
            self.counts.duplicates += 1
            return False
        ladder.put(change.price, change.size, change.at)
        return True

    def _compare(self, told: tuple[Best, ...], wall_ms: int) -> list[Message]:
        """The exchange's own best prices: a book that differs again and again has missed something."""
        gaps: list[Message] = []
        for best in told:
            token = self._tokens.get(best.token)
            if token is None or token.waits:
                continue
            agrees = (best.bid, best.ask) == (token.bids.best, token.asks.best)
            token.disagreed = 0 if agrees else token.disagreed + 1
            if token.disagreed >= _PATIENCE:
                gaps += self.void((best.token,), "the best prices differ from the book", wall_ms=wall_ms)
        return gaps

    def _trade(self, told: Print, wall_ms: int) -> list[Message]:
        trade = told.trade
        token = self._known(trade.token, trade.market)
        if token is None:
            return []
        if told in token.trades:
            self.counts.duplicates += 1
            return []
        token.trades[told] = None
        if len(token.trades) > _REMEMBERED_TRADES:
            del token.trades[next(iter(token.trades))]
        if not token.waits and token.at - trade.at > LATE_MS:
            return self.void((trade.token,), "the clock went back", wall_ms=wall_ms)
        return [self._timed(trade)]

    def _tick(self, message: TickSize) -> list[Message]:
        token = self._known(message.token, message.market)
        if token is None:
            return []
        if message.at < token.tick_at:
            self.counts.reordered += 1
            return []
        if token.tick == message.tick:
            self.counts.duplicates += 1
            return []
        token.tick, token.tick_at = message.tick, message.at
        return [self._timed(message)]

    def _resolve(self, message: Resolved) -> list[Message]:
        if message.winner not in self._tokens and message.market not in self._markets:
            self.counts.foreign += 1
            return []
        if message.market in self._resolved:
            self.counts.duplicates += 1
            return []
        self._resolved.add(message.market)
        return [self._timed(message)]
