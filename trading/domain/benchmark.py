"""A measure of the core: a generated stream through books, windows and broker on one core."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from trading.domain.ledger import Portfolio, deposit
from trading.domain.messages import Book, Level, Message, PriceChange, Trade
from trading.domain.orders import Event, EventKind, Instrument, OrderRequest
from trading.domain.replay import Replay
from trading.domain.vocabulary import OrderType, Side, TimeInForce
from trading.domain.windows import Window, WindowRule

_BEGIN_MS = 1_700_000_000_000


@dataclass(frozen=True, slots=True)
class Measure:
    messages: int
    seconds: float
    windows: int
    orders: int
    fills: int

    @property
    def microseconds(self) -> float:
        """For each message."""
        return self.seconds / self.messages * 1e6 if self.messages else 0.0


def generate(count: int, *, tokens: int = 10, seed: int = 1) -> Iterator[Message]:
    """A stream of uncrossed books around prices that wander: mostly changes, some trades, a few books.

    Of one market a token, a message every 5 ms of market time.
    """
    chance = random.Random(seed)  # noqa: S311  (a market to measure with, not a secret)
    middles = [50] * tokens
    prices = [Decimal(cents).scaleb(-2) for cents in range(100)]
    sizes = [Decimal(size) for size in range(5, 505)]
    for number in range(count):
        at, index = _BEGIN_MS + number * 5, number % tokens
        token = f"{index + 1}"
        market = f"0x{token}"
        kind = 1.0 if number < tokens else chance.random()
        middle = middles[index]
        if kind > 0.99:
            middles[index] = middle = min(85, max(15, middle + chance.choice((-1, 0, 1))))
            bids = tuple(Level(prices[middle - 1 - i], chance.choice(sizes)) for i in range(12))
            asks = tuple(Level(prices[middle + 1 + i], chance.choice(sizes)) for i in range(12))
            yield Book(at, token, market, bids, asks)
        elif kind > 0.92:
            side = chance.choice((Side.BUY, Side.SELL))
            price = prices[middle + 1 if side is Side.BUY else middle - 1]
            yield Trade(at, token, market, side, price, chance.choice(sizes))
        else:
            away = 1 + int(chance.expovariate(0.4)) % 12
            side = chance.choice((Side.BUY, Side.SELL))
            price = prices[middle - away if side is Side.BUY else middle + away]
            gone = away > 1 and chance.random() < 0.1
            yield PriceChange(at, token, market, side, price, Decimal(0) if gone else chance.choice(sizes))


def measure(stream: list[Message], clock: Callable[[], float], *, window_seconds: int = 5) -> Measure:
    """Read the stream window by window and trade on what moved, with orders that take and orders that rest.

    ``clock`` gives seconds; it is the caller's, as nothing here reads one.
    """
    tokens = sorted({message.token for message in stream if isinstance(message, Book)})
    instruments = [Instrument(token, f"0x{token}") for token in tokens]
    portfolio = Portfolio().book(deposit(Decimal(1_000_000), 0))
    replay = Replay(WindowRule(milliseconds=window_seconds * 1000), portfolio, instruments)
    windows = orders = fills = position = 0
    begun = clock()
    while (progress := replay.read(stream, position)).window is not None:
        position += progress.taken
        events = progress.events + _trade(replay, progress.window)
        windows += 1
        orders += sum(1 for event in events if event.kind is EventKind.ACCEPTED)
        fills += sum(1 for event in events if event.kind is EventKind.FILLED)
    return Measure(len(stream), clock() - begun, windows, orders, fills)


def _trade(replay: Replay, window: Window) -> list[Event]:
    """Buy what rose and offer what is held, a tick above."""
    events: list[Event] = []
    broker = replay.broker
    broker.drop_final()
    for row in window.rows:
        if row.momentum is None or row.ask is None:
            continue
        name, held = f"{window.number}-{row.token}", broker.sellable(row.token)
        if held >= 5 and row.ask < Decimal("0.98"):
            price = row.ask + Decimal("0.01")
            order = OrderRequest(
                client_order_id=name,
                token=row.token,
                side=Side.SELL,
                size=held,
                price=price,
                time_in_force=TimeInForce.GTD,
                expires_at=window.end + 60_000,
            )
        elif row.momentum > Decimal("0.01"):
            order = OrderRequest(
                client_order_id=name,
                token=row.token,
                side=Side.BUY,
                type=OrderType.MARKET,
                amount=Decimal(25),
                time_in_force=TimeInForce.FAK,
            )
        else:
            continue
        events += broker.place(order, window.end)
    return events
