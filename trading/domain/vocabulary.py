"""The words of trading: sides, kinds and statuses of orders, modes of a run, kinds of bookings."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def other(self) -> Side:
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    LIMIT = "limit"
    MARKET = "market"


class TimeInForce(StrEnum):
    """How long an order stands: until cancelled, until a moment, all at once or nothing, what there is."""

    GTC = "gtc"
    GTD = "gtd"
    FOK = "fok"
    FAK = "fak"


class OrderStatus(StrEnum):
    PENDING = "pending"  # named and stored; the broker has not answered
    OPEN = "open"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # sent, and no answer came: it is looked up, never sent again


FINAL_ORDERS: Final = frozenset(
    {OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED}
)


class Mode(StrEnum):
    BACKTEST = "backtest"
    PAPER = "paper"
    LIVE = "live"


class TapeOrigin(StrEnum):
    RECORDED = "recorded"
    IMPORTED = "imported"
    GENERATED = "generated"


class TapeStatus(StrEnum):
    RECORDING = "recording"
    READY = "ready"
    FAILED = "failed"


class EntryKind(StrEnum):
    """What a booking books."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    FILL = "fill"
    PAYOUT = "payout"


class Account(StrEnum):
    """The accounts of a portfolio; ``position`` is one a token. An entry's postings add up to zero."""

    CASH = "cash"
    POSITION = "position"  # what was paid for the tokens held
    FEES = "fees"
    PNL = "pnl"
    CAPITAL = "capital"
