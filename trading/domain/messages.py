"""What a market tells, in the domain's own words.

``at`` is the market's time in milliseconds since 1970 UTC, ``token`` the id of an outcome, ``market`` the id
of its condition. Prices are USDC a token, sizes tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from trading.domain.money import ONE, ZERO
from trading.domain.vocabulary import Side

SPLIT: Final = "split"
"""In a winner's place: neither of two outcomes won, and each pays half."""


class Level(NamedTuple):
    price: Decimal
    size: Decimal


@dataclass(frozen=True, slots=True)
class Book:
    """The whole book of a token, best price first on either side. It replaces what was known."""

    at: int
    token: str
    market: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """``size`` is what now stands at that price; zero: nothing any more."""

    at: int
    token: str
    market: str
    side: Side
    price: Decimal
    size: Decimal


@dataclass(frozen=True, slots=True)
class Trade:
    """``side`` is the taker's."""

    at: int
    token: str
    market: str
    side: Side
    price: Decimal
    size: Decimal


@dataclass(frozen=True, slots=True)
class TickSize:
    at: int
    token: str
    market: str
    tick: Decimal


@dataclass(frozen=True, slots=True)
class Resolved:
    """``winner`` is the token that pays 1, while the market's others pay nothing, or SPLIT."""

    at: int
    market: str
    winner: str


def paid_by(token: str, winner: str) -> Decimal:
    """What one token pays once its market is resolved, in USDC."""
    if winner == SPLIT:
        return ONE / 2
    return ONE if token == winner else ZERO


@dataclass(frozen=True, slots=True)
class Gap:
    """Something may be missing before here: what is known of the token's book is void until the next one."""

    at: int
    token: str
    market: str
    reason: str


Message: TypeAlias = Book | PriceChange | Trade | TickSize | Resolved | Gap
