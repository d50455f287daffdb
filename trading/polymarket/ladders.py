"""What is known of one token's book: both its sides, and when each price was told last."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from trading.domain.messages import Book, Level
from trading.polymarket.wire.stream import Print


class Ladder:
    """One side of a book: by price the size and when that was told; a size of zero remembers the latter."""

    __slots__ = ("best", "levels", "pick")

    def __init__(self, *, highest: bool) -> None:
        self.levels: dict[Decimal, tuple[Decimal, int]] = {}
        self.best: Decimal | None = None
        self.pick = max if highest else min

    def put(self, price: Decimal, size: Decimal, at: int) -> None:
        self.levels[price] = (size, at)
        if size:
            self.best = price if self.best is None else self.pick(self.best, price)
        elif price == self.best:
            standing = (each for each, (amount, _) in self.levels.items() if amount)
            self.best = self.pick(standing, default=None)

    def standing(self) -> tuple[Level, ...]:
        """Best first."""
        levels = [Level(price, size) for price, (size, _) in self.levels.items() if size]
        return tuple(sorted(levels, reverse=self.pick is max))


@dataclass(slots=True)
class TokenBook:
    """``waits``: it has no book that counts. ``told``: its Gap was passed on since it had one."""

    market: str = ""
    at: int = 0
    waits: bool = True
    told: bool = False
    book: Book | None = None
    tick: Decimal | None = None
    tick_at: int = 0
    disagreed: int = 0
    bids: Ladder = field(default_factory=lambda: Ladder(highest=True))
    asks: Ladder = field(default_factory=lambda: Ladder(highest=False))
    trades: dict[Print, None] = field(default_factory=dict)

    @property
    def is_crossed(self) -> bool:
        return self.bids.best is not None and self.asks.best is not None and self.bids.best >= self.asks.best
