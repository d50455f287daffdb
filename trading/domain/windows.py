"""Cutting a stream of messages into windows, and what a window says of each token.

By market time, a window spans whole multiples of its length since 1970 and is over when a message of a later
one comes; spans in which nothing came are not given. By number, it is over with its last message. A window
that is not over is never given, so what was given stays true whatever comes later.

A message that is older than its token's last one is refused (``ClockBack``). One that is merely late among
other tokens counts in the window that is open: what was given is never taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trading.domain import indicators
from trading.domain.book import Books, OrderBook
from trading.domain.indicators import Lookback
from trading.domain.messages import Message, Resolved, Trade
from trading.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class WindowRule:
    """How long a window is, in ``milliseconds`` of market time or in ``messages``: one of the two.

    ``lookback`` is how many windows momentum, volatility and the rolling volume look back.
    """

    milliseconds: int | None = None
    messages: int | None = None
    lookback: int = 1
    levels: int = 5

    def __post_init__(self) -> None:
        if (self.milliseconds is None) == (self.messages is None):
            raise ValueError("A window has a length in time or in messages, one of the two.")
        if (self.milliseconds or self.messages or 0) <= 0 or self.lookback <= 0 or self.levels <= 0:
            raise ValueError("A window's length, its look-back and its levels are above zero.")

    @property
    def reach(self) -> int:
        """The look-back, in milliseconds or windows."""
        return self.lookback * (self.milliseconds or 1)

    def span(self, at: int) -> tuple[int, int]:
        """Of a window by time: where the one that holds this moment begins, and where it ends."""
        length = self.milliseconds or 1
        start = at // length * length
        return start, start + length


@dataclass(frozen=True, slots=True)
class Row:
    """A token as it stood at a window's end, and what happened in it. None is not known: ``reason``."""

    token: str
    market: str
    at: int
    valid: bool
    reason: str
    bid: Decimal | None
    ask: Decimal | None
    mid: Decimal | None
    last: Decimal | None
    spread: Decimal | None
    spread_bps: Decimal | None
    imbalance: Decimal | None
    momentum: Decimal | None
    volatility: Decimal | None
    volume: Decimal  # tokens traded in the window
    notional: Decimal  # USDC traded in the window
    rolling_volume: Decimal  # tokens traded in the look-back
    trades: int
    messages: int
    resolved: bool | None = None  # whether it won, once its market is resolved; shared: no

    def as_json(self) -> dict[str, Any]:
        """Numbers as texts, exactly; unknown ones are null."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: format(v, "f") if isinstance(v, Decimal) else v for name, v in values.items()}


@dataclass(frozen=True, slots=True)
class Window:
    """``number`` counts those given, from 0. ``end`` is the market time at which it is over."""

    number: int
    start: int
    end: int
    messages: int
    rows: tuple[Row, ...]


class _Count:
    """What happened to a token in the open window, and its prices and volumes before."""

    __slots__ = ("messages", "notional", "prices", "size", "trades", "volumes")

    def __init__(self, reach: int) -> None:
        self.messages = self.trades = 0
        self.size = self.notional = ZERO
        self.prices, self.volumes = Lookback(reach), Lookback(reach)

    def clear(self) -> None:
        self.messages = self.trades = 0
        self.size = self.notional = ZERO


class WindowCutter:
    """Ask ``over`` before a message is applied to the books, and ``add`` it after.

    The books may be shared with a broker; they must have seen the same messages.
    """

    def __init__(self, rule: WindowRule, books: Books | None = None) -> None:
        self.rule = rule
        self.books = Books() if books is None else books
        self.number = 0
        self._counts: dict[str, _Count] = {}
        self._winners: dict[str, str] = {}
        self._messages = 0
        self._start = self._end = 0  # of the open window; by number: of its first and last message

    def over(self, message: Message) -> Window | None:
        """The open window, if this message shows that it is over. The message is not in it."""
        if not self._messages:
            return None
        by_number = self.rule.messages
        full = self._messages >= by_number if by_number is not None else message.at >= self._end
        return self._close() if full else None

    def add(self, message: Message) -> Window | None:
        """Count a message that the books have taken. Gives the window that it filled, by number."""
        at = message.at
        if self.rule.messages is not None:
            self._start = self._start if self._messages else at
            self._end = max(self._end, at)
        elif not self._messages:
            self._start, self._end = self.rule.span(max(at, self._end))  # never before what was given
        self._messages += 1
        if isinstance(message, Resolved):
            self._winners[message.market] = message.winner
        else:
            count = self._counts.get(message.token)
            if count is None:
                count = self._counts[message.token] = _Count(self.rule.reach)
            count.messages += 1
            if isinstance(message, Trade):
                count.trades += 1
                count.size += message.size
                count.notional += message.size * message.price
        return self._close() if self._messages == self.rule.messages else None

    def _close(self) -> Window:
        moment = self._end if self.rule.messages is None else self.number
        rows = tuple(
            self._row(self.books.by_token[token], count, moment)
            for token, count in sorted(self._counts.items())
        )
        window = Window(self.number, self._start, self._end, self._messages, rows)
        self.number += 1
        self._messages = 0
        return window

    def _row(self, book: OrderBook, count: _Count, moment: int) -> Row:
        count.prices.add(moment, book.mid)
        count.volumes.add(moment, count.size)
        winner = self._winners.get(book.market)
        momentum = count.prices.momentum()
        valid = book.valid
        spread = indicators.spread(book)
        row = Row(
            token=book.token,
            market=book.market,
            at=self._end,
            valid=valid,
            reason=spread.reason or momentum.reason,
            bid=book.best_bid if valid else None,
            ask=book.best_ask if valid else None,
            mid=book.mid,
            last=book.last,
            spread=spread.value,
            spread_bps=indicators.spread_bps(book).value,
            imbalance=indicators.imbalance(book, self.rule.levels).value,
            momentum=momentum.value,
            volatility=count.prices.volatility().value,
            volume=count.size,
            notional=count.notional,
            rolling_volume=count.volumes.total(),
            trades=count.trades,
            messages=count.messages,
            resolved=None if winner is None else winner == book.token,
        )
        count.clear()
        return row

    def snapshot(self) -> dict[str, Any]:
        """As values of JSON, without the books; also in the middle of a window."""
        return {
            "number": self.number,
            "messages": self._messages,
            "start": self._start,
            "end": self._end,
            "winners": dict(self._winners),
            "tokens": {
                token: {
                    "messages": count.messages,
                    "trades": count.trades,
                    "size": str(count.size),
                    "notional": str(count.notional),
                    "prices": count.prices.snapshot(),
                    "volumes": count.volumes.snapshot(),
                }
                for token, count in sorted(self._counts.items())
            },
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any], rule: WindowRule, books: Books) -> WindowCutter:
        cutter = cls(rule, books)
        cutter.number, cutter._messages = data["number"], data["messages"]
        cutter._start, cutter._end = data["start"], data["end"]
        cutter._winners = dict(data["winners"])
        for token, kept in data["tokens"].items():
            count = cutter._counts[token] = _Count(rule.reach)
            count.messages, count.trades = kept["messages"], kept["trades"]
            count.size, count.notional = Decimal(kept["size"]), Decimal(kept["notional"])
            count.prices = Lookback.restore(rule.reach, kept["prices"])
            count.volumes = Lookback.restore(rule.reach, kept["volumes"])
        return cutter
