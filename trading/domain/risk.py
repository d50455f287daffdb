"""Risk limits: what an order may add to a portfolio, as it stands when the order is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final

from trading.domain.money import ZERO, exact, tokens_down
from trading.domain.vocabulary import Side

_BPS: Final = Decimal(10_000)
_DAY_MS: Final = 86_400_000


class Limit(StrEnum):
    MAX_POSITION = "max_position"
    MAX_ORDER_NOTIONAL = "max_order_notional"
    MAX_OPEN_NOTIONAL = "max_open_notional"
    MAX_MARKET_EXPOSURE = "max_market_exposure"
    MAX_EXPOSURE = "max_exposure"
    MAX_DAILY_LOSS = "max_daily_loss"
    MAX_ORDERS = "max_orders"
    MIN_PRICE = "min_price"
    MAX_PRICE = "max_price"
    MAX_SLIPPAGE_BPS = "max_slippage_bps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """None: not limited. Sizes in tokens, the rest in USDC.

    ``max_open_notional`` counts what open purchases may still cost, this one included; exposure is the cost
    of positions with that of open purchases. ``max_orders`` is for each window. ``reduce`` makes an order
    smaller where that keeps a limit, down to ``minimum_size``, rather than refuse it.
    """

    max_position: Decimal | None = None
    max_order_notional: Decimal | None = None
    max_open_notional: Decimal | None = None
    max_market_exposure: Decimal | None = None
    max_exposure: Decimal | None = None
    max_daily_loss: Decimal | None = None
    max_orders: int | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    max_slippage_bps: Decimal | None = None
    reduce: bool = False

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None and value < 0:
                raise ValueError(f"{each.name} is {value}; a limit is zero or more.")

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Limits:
        """Out of what a node's configuration says. Raises ValueError with the name of the limit."""
        known = {each.name for each in fields(cls)}
        if unknown := set(data) - known:
            raise ValueError(f"There is no limit named {', '.join(sorted(unknown))}.")
        values: dict[str, Decimal | int] = {}
        for name, value in data.items():
            if name == "reduce" or value is None:
                continue
            try:
                number = exact(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
            values[name] = int(number) if name == Limit.MAX_ORDERS else number
        return cls(**values, reduce=bool(data.get("reduce", False)))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The portfolio as the limits see it. ``daily_profit`` is realised and unrealised since the day began."""

    position: Decimal = ZERO  # tokens held of this one
    offered: Decimal = ZERO  # tokens wanted of it by open purchases
    open_notional: Decimal = ZERO
    market: Decimal = ZERO
    total: Decimal = ZERO
    daily_profit: Decimal = ZERO
    orders_in_window: int = 0
    reference_price: Decimal | None = None  # what slippage is measured from: the mid


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    side: Side
    size: Decimal
    price: Decimal  # the limit, or the average price expected of a market order
    minimum_size: Decimal = ZERO


class Outcome(StrEnum):
    PASSED = "passed"
    REDUCED = "reduced"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that was not kept: its value, what the order would have made of it, and a sentence."""

    limit: Limit
    value: Decimal
    asked: Decimal
    sentence: str


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: Outcome
    size: Decimal  # what may be ordered; zero when refused
    breaches: tuple[Breach, ...] = field(default=())


def decide(ask: Ask, seen: Exposure, limits: Limits) -> Decision:
    """Check every limit, so that all that were breached are told, not only the first."""
    hard = _hard_breaches(ask, seen, limits)
    soft = _size_breaches(ask, seen, limits)
    if ask.side is Side.SELL:  # a sale adds to no position
        soft = [(breach, room) for breach, room in soft if breach.limit is Limit.MAX_ORDER_NOTIONAL]
    breaches = (*hard, *(breach for breach, _ in soft))
    if not breaches:
        return Decision(Outcome.PASSED, ask.size)
    room = min((fitting for _, fitting in soft), default=ask.size)
    if hard or not limits.reduce or room <= ZERO or room < ask.minimum_size:
        return Decision(Outcome.REFUSED, ZERO, breaches)
    return Decision(Outcome.REDUCED, room, breaches)


def _hard_breaches(ask: Ask, seen: Exposure, limits: Limits) -> list[Breach]:
    """Those that no smaller size would keep. A loss never stops a sale."""
    found = []
    loss = -seen.daily_profit
    if limits.min_price is not None and ask.price < limits.min_price:
        found.append(_breach(Limit.MIN_PRICE, limits.min_price, ask.price, "The price", "is below"))
    if limits.max_price is not None and ask.price > limits.max_price:
        found.append(_breach(Limit.MAX_PRICE, limits.max_price, ask.price, "The price"))
    if limits.max_slippage_bps is not None and seen.reference_price:
        worse = ask.price - seen.reference_price if ask.side is Side.BUY else seen.reference_price - ask.price
        slippage = (worse / seen.reference_price * _BPS).quantize(Decimal("0.01"))
        if slippage > limits.max_slippage_bps:
            found.append(
                _breach(Limit.MAX_SLIPPAGE_BPS, limits.max_slippage_bps, slippage, "Slippage in bps")
            )
    if limits.max_orders is not None and seen.orders_in_window >= limits.max_orders:
        value, asked = Decimal(limits.max_orders), Decimal(seen.orders_in_window + 1)
        found.append(_breach(Limit.MAX_ORDERS, value, asked, "The number of orders in this window"))
    if limits.max_daily_loss is not None and ask.side is Side.BUY and loss >= limits.max_daily_loss:
        found.append(
            _breach(Limit.MAX_DAILY_LOSS, limits.max_daily_loss, loss, "Today's loss", "has reached")
        )
    return found


def _size_breaches(ask: Ask, seen: Exposure, limits: Limits) -> list[tuple[Breach, Decimal]]:
    """With the size that would keep the limit."""
    notional = ask.size * ask.price
    by_notional = (
        (Limit.MAX_ORDER_NOTIONAL, limits.max_order_notional, ZERO, "The order's notional"),
        (
            Limit.MAX_OPEN_NOTIONAL,
            limits.max_open_notional,
            seen.open_notional,
            "The notional of open orders",
        ),
        (Limit.MAX_MARKET_EXPOSURE, limits.max_market_exposure, seen.market, "The exposure in this market"),
        (Limit.MAX_EXPOSURE, limits.max_exposure, seen.total, "The exposure in all markets"),
    )
    found = []
    for limit, value, now, what in by_notional:
        if value is not None and now + notional > value:
            room = max(ZERO, tokens_down((value - now) / ask.price))
            found.append((_breach(limit, value, now + notional, what), room))
    held = seen.position + seen.offered
    if limits.max_position is not None and held + ask.size > limits.max_position:
        room = max(ZERO, limits.max_position - held)
        breach = _breach(Limit.MAX_POSITION, limits.max_position, held + ask.size, "The position in tokens")
        found.append((breach, room))
    return found


def _breach(limit: Limit, value: Decimal, asked: Decimal, what: str, how: str = "is above") -> Breach:
    would = "would be" if how == "is above" else "is"
    sentence = f"{what} {would} {asked:f}, which {how} the limit of {value:f}."
    return Breach(limit, value, asked, sentence)


def day_of(at: int, utc_offset_minutes: int = 0) -> int:
    """The number of the day, since 1970, that a moment of market time falls on for someone at that offset."""
    return int((Decimal(at + utc_offset_minutes * 60_000) / _DAY_MS).to_integral_value(ROUND_FLOOR))
