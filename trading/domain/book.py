"""The order book of one token, kept up by messages.

A book is known from a whole one (``Book``) on, and void after a ``Gap`` or a message it cannot be: then no
price and no fill is taken from it. Changes that come one by one may cross it for a moment; it has no top to
trade on until they are through.

What our own orders took is remembered, since the market that was recorded never saw them: a level gives
what it shows less what was taken, until it is gone. A level that falls below what was taken gives nothing,
and one that grows gives what it grew by.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from trading.domain.faults import ClockBack, CrossedBook, MalformedBook
from trading.domain.messages import Book, Gap, Level, Message, PriceChange, TickSize, Trade
from trading.domain.money import ONE, ZERO, tokens_down
from trading.domain.vocabulary import Side

NEVER_KNOWN: Final = "no book has come yet"
MOST: Final = Decimal(10**15)
"""Tokens: a size beyond it is taken for a fault, so that no sum overflows."""
_TWO: Final = Decimal(2)


class Walk(NamedTuple):
    """What an order would meet: the levels taken, and their sums in tokens and in USDC (not rounded)."""

    levels: tuple[Level, ...]
    size: Decimal
    notional: Decimal

    @property
    def average(self) -> Decimal | None:
        return self.notional / self.size if self.size else None


class OrderBook:
    """Mutable, for one writer."""

    __slots__ = ("_levels", "_prices", "_taken", "at", "last", "market", "tick", "token", "void")

    def __init__(self, token: str, market: str) -> None:
        self.token, self.market = token, market
        self.at = 0
        self.void = NEVER_KNOWN  # why nothing is known; empty when it is
        self.tick: Decimal | None = None
        self.last: Decimal | None = None  # the price of the last trade
        self._levels: dict[Side, dict[Decimal, Decimal]] = {Side.BUY: {}, Side.SELL: {}}
        self._prices: dict[Side, list[Decimal]] = {Side.BUY: [], Side.SELL: []}  # ascending
        self._taken: dict[Side, dict[Decimal, Decimal]] = {Side.BUY: {}, Side.SELL: {}}

    def apply(self, message: Message) -> None:
        """Take over what the message tells.

        Raises ClockBack, and nothing has changed; or MalformedBook, and the book is void.
        """
        if message.at < self.at:
            raise ClockBack(
                f"The market's clock went back by {self.at - message.at} ms: token {self.token} was known as "
                f"of {self.at}, and a message of {message.at} came after."
            )
        self.at = message.at
        if isinstance(message, PriceChange):
            self._change(message)
        elif isinstance(message, Trade):
            self._check(message.price, message.size)
            self.last = message.price
        elif isinstance(message, Book):
            self._replace(message)
        elif isinstance(message, TickSize):
            if not ZERO < message.tick < ONE:
                raise MalformedBook(f"A tick of {message.tick} is not between 0 and 1.")
            self.tick = message.tick
        elif isinstance(message, Gap):
            self._forget(message.reason or "messages may be missing")

    def _change(self, message: PriceChange) -> None:
        if self.void:
            return
        price, size, side = message.price, message.size, message.side
        if not (ZERO < price < ONE and ZERO <= size <= MOST):
            self._check(price, size)
        levels = self._levels[side]
        if size:
            if price not in levels:
                insort(self._prices[side], price)
            levels[price] = size
        elif levels.pop(price, None) is not None:
            prices = self._prices[side]
            del prices[bisect_left(prices, price)]
        taken = self._taken[side]
        if taken and price in taken:
            self._settle_taken(side)

    def _replace(self, book: Book) -> None:
        for side, given in ((Side.BUY, book.bids), (Side.SELL, book.asks)):
            levels: dict[Decimal, Decimal] = {}
            for price, size in given:
                self._check(price, size)
                if price in levels:
                    self._refuse(f"The price {price} stands twice on one side of the book.")
                if size:
                    levels[price] = size
            self._levels[side], self._prices[side] = levels, sorted(levels)
        self.void = ""
        bid, ask = self.best_bid, self.best_ask
        if bid is not None and ask is not None and bid >= ask:
            reason = f"The best bid {bid} is not below the best ask {ask}."
            self._forget(reason)
            raise CrossedBook(reason)
        for side, taken in self._taken.items():
            if taken:
                self._settle_taken(side)

    def _check(self, price: Decimal, size: Decimal) -> None:
        if not ZERO < price < ONE:
            self._refuse(f"A price of {price} is not between 0 and 1.")
        if not size >= ZERO:
            self._refuse(f"A size of {size} is below zero.")
        if size > MOST:
            self._refuse(f"A size of {size} tokens cannot be.")

    def _refuse(self, reason: str) -> None:
        self._forget(reason)
        raise MalformedBook(reason)

    def _forget(self, reason: str) -> None:
        self.void = reason
        for side in self._levels:
            self._levels[side], self._prices[side] = {}, []

    def _settle_taken(self, side: Side) -> None:
        levels, taken = self._levels[side], self._taken[side]
        self._taken[side] = {
            price: min(size, levels[price]) for price, size in taken.items() if price in levels
        }

    @property
    def best_bid(self) -> Decimal | None:
        prices = self._prices[Side.BUY]
        return prices[-1] if prices else None

    @property
    def best_ask(self) -> Decimal | None:
        prices = self._prices[Side.SELL]
        return prices[0] if prices else None

    @property
    def crossed(self) -> bool:
        bid, ask = self.best_bid, self.best_ask
        return bid is not None and ask is not None and bid >= ask

    @property
    def valid(self) -> bool:
        """Whether prices may be taken from it: known, and not crossed."""
        return not self.void and not self.crossed

    @property
    def mid(self) -> Decimal | None:
        """Half way between the best prices; None without two of them or when not valid."""
        bid, ask = self.best_bid, self.best_ask
        return (bid + ask) / _TWO if bid is not None and ask is not None and bid < ask else None

    @property
    def spread(self) -> Decimal | None:
        bid, ask = self.best_bid, self.best_ask
        return ask - bid if bid is not None and ask is not None and bid < ask else None

    @property
    def mark(self) -> Decimal | None:
        """What a token is reckoned to be worth: the mid, else the last trade's price, else unknown."""
        mid = self.mid
        return self.last if mid is None else mid

    def shown(self, side: Side, price: Decimal) -> Decimal:
        return self._levels[side].get(price, ZERO)

    def left(self, side: Side, price: Decimal) -> Decimal:
        """What stands there less what our own orders took."""
        return self.shown(side, price) - self._taken[side].get(price, ZERO)

    def levels(self, side: Side) -> Iterator[Level]:
        """Best price first, as shown."""
        prices, sizes = self._prices[side], self._levels[side]
        for price in reversed(prices) if side is Side.BUY else prices:
            yield Level(price, sizes[price])

    def depth(self, side: Side, count: int | None = None) -> Decimal:
        """Tokens shown on the best ``count`` levels; on all without."""
        total = ZERO
        for number, level in enumerate(self.levels(side)):
            if number == count:
                break
            total += level.size
        return total

    def take(self, side: Side, price: Decimal, size: Decimal) -> None:
        """Remember that our own orders took this from the levels of ``side``."""
        taken = self._taken[side]
        taken[price] = taken.get(price, ZERO) + size

    def walk(
        self,
        side: Side,
        *,
        size: Decimal | None = None,
        amount: Decimal | None = None,
        limit: Decimal | None = None,
    ) -> Walk:
        """What an order of ``side`` would take now, by tokens or by USDC, no worse than ``limit``.

        Each level gives whole millionths of a token; of an amount, as many as can be paid.
        """
        levels: list[Level] = []
        taken, notional = ZERO, ZERO
        if not self.valid:
            return Walk((), ZERO, ZERO)
        against = side.other
        for price, _ in self.levels(against):
            if limit is not None and (price > limit if side is Side.BUY else price < limit):
                break
            here = self.left(against, price)
            if size is not None:
                here = min(here, size - taken)
            if amount is not None:
                here = min(here, (amount - notional) / price)
            here = tokens_down(here)
            if here > ZERO:
                levels.append(Level(price, here))
                taken += here
                notional += here * price
        return Walk(tuple(levels), taken, notional)

    def snapshot(self) -> dict[str, Any]:
        """As values of JSON, whole: ``restore`` gives the same book."""
        return {
            "token": self.token,
            "market": self.market,
            "at": self.at,
            "void": self.void,
            "tick": None if self.tick is None else str(self.tick),
            "last": None if self.last is None else str(self.last),
            **{side.value: [[str(price), str(size)] for price, size in self.levels(side)] for side in Side},
            "taken": [
                [side.value, str(price), str(size)]
                for side, taken in self._taken.items()
                for price, size in sorted(taken.items())
            ],
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any]) -> OrderBook:
        book = cls(data["token"], data["market"])
        book.at, book.void = data["at"], data["void"]
        book.tick = None if data["tick"] is None else Decimal(data["tick"])
        book.last = None if data["last"] is None else Decimal(data["last"])
        for side in Side:
            levels = {Decimal(price): Decimal(size) for price, size in data[side.value]}
            book._levels[side], book._prices[side] = levels, sorted(levels)
        for side, price, size in data["taken"]:
            book._taken[Side(side)][Decimal(price)] = Decimal(size)
        return book


class Books:
    """The books of a stream, by token."""

    __slots__ = ("by_token",)

    def __init__(self, books: Iterable[OrderBook] = ()) -> None:
        self.by_token = {book.token: book for book in books}

    def apply(self, message: Message) -> OrderBook | None:
        """Raises as the book does; None for a message that is about no single token."""
        token = getattr(message, "token", None)
        if token is None:
            return None
        book = self.by_token.get(token)
        if book is None:
            book = self.by_token[token] = OrderBook(token, getattr(message, "market", ""))
        book.apply(message)
        return book

    def marks(self) -> dict[str, Decimal]:
        return {token: mark for token, book in self.by_token.items() if (mark := book.mark) is not None}

    def snapshot(self) -> list[dict[str, Any]]:
        return [self.by_token[token].snapshot() for token in sorted(self.by_token)]

    @classmethod
    def restore(cls, data: Iterable[Mapping[str, Any]]) -> Books:
        return cls(OrderBook.restore(book) for book in data)
