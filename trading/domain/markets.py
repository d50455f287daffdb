"""Markets, events and what people hold and did there, as an exchange tells it: plain values.

Prices are USDC a token, sizes tokens, moments aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.domain.errors import MarketClosed
from trading.domain.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Outcome:
    """``token`` is empty where the outcome is not traded in a book; ``price`` None where none is told."""

    name: str
    token: str
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Tag:
    tag_id: str
    label: str
    slug: str


@dataclass(frozen=True, slots=True)
class EventRef:
    """The event that a market belongs to."""

    event_id: str
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Fees:
    """What trading costs. ``rate`` and ``exponent`` give rate x (price x (1 - price)) ^ exponent a token."""

    enabled: bool
    maker_bps: Decimal
    taker_bps: Decimal
    kind: str
    rate: Decimal | None
    exponent: Decimal | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """``winner`` is the token that pays 1, or SPLIT; empty while that is not known."""

    status: str
    winner: str
    closed_at: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class Market:
    """``tick_size`` and ``minimum_size`` are None where the exchange does not tell them."""

    condition_id: str
    gamma_id: str
    slug: str
    question: str
    description: str
    category: str
    tags: tuple[Tag, ...]
    event: EventRef | None
    outcomes: tuple[Outcome, ...]
    tick_size: Decimal | None
    minimum_size: Decimal | None
    neg_risk: bool
    fees: Fees
    active: bool
    closed: bool
    archived: bool
    accepting_orders: bool
    start_at: datetime | None
    end_at: datetime | None
    volume: Decimal
    volume_24h: Decimal
    liquidity: Decimal
    best_bid: Decimal | None
    best_ask: Decimal | None
    last_price: Decimal | None
    resolution: Resolution

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(outcome.token for outcome in self.outcomes if outcome.token)

    @property
    def is_tradable(self) -> bool:
        return (
            self.active
            and not self.closed
            and not self.archived
            and self.accepting_orders
            and bool(self.tokens)
        )

    def require_tradable(self) -> None:
        """Raises MarketClosed with what is the matter."""
        if self.is_tradable:
            return
        if self.resolution.winner:
            why = "it is resolved"
        elif self.closed or self.archived:
            why = "it is closed"
        elif not self.tokens:
            why = "it is not traded in an order book"
        else:
            why = "it takes no orders at the moment"
        raise MarketClosed(f"“{self.question}” cannot be traded: {why}.", condition_id=self.condition_id)


@dataclass(frozen=True, slots=True)
class Event:
    """A question with one market, or with one for each of its possible answers."""

    event_id: str
    slug: str
    title: str
    description: str
    tags: tuple[Tag, ...]
    markets: tuple[Market, ...]
    active: bool
    closed: bool
    neg_risk: bool
    start_at: datetime | None
    end_at: datetime | None
    volume: Decimal
    liquidity: Decimal


@dataclass(frozen=True, slots=True)
class NewMarket:
    """A market that was opened just now, as a stream tells it: the rest is asked by ``condition_id``."""

    at: int
    condition_id: str
    question: str
    slug: str
    tokens: tuple[str, ...]
    outcomes: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PricePoint:
    """``at`` in milliseconds since 1970 UTC."""

    at: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class WalletPosition:
    """What a wallet holds of a token, by the exchange's own reckoning."""

    wallet: str
    token: str
    condition_id: str
    outcome: str
    title: str
    slug: str
    size: Decimal
    average_price: Decimal
    current_price: Decimal
    current_value: Decimal
    cash_pnl: Decimal
    realized_pnl: Decimal
    redeemable: bool
    neg_risk: bool
    end_at: datetime | None


@dataclass(frozen=True, slots=True)
class WalletTrade:
    """A trade on the chain; ``at`` in milliseconds since 1970 UTC, to the second."""

    at: int
    wallet: str
    token: str
    condition_id: str
    side: Side
    price: Decimal
    size: Decimal
    outcome: str
    title: str
    slug: str
    transaction: str
