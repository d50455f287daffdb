"""Orders: what is asked for, why it may be refused, and what then happens to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from trading.domain.fees import FREE, FeeSchedule
from trading.domain.ledger import Entry, Posting
from trading.domain.money import ONE, ZERO, is_on_tick, usdc
from trading.domain.vocabulary import Account, EntryKind, OrderType, Side, TimeInForce


class Reason(StrEnum):
    """Why an order, or its cancel, is refused, or was cancelled."""

    UNKNOWN_MARKET = "unknown_market"
    MARKET_CLOSED = "market_closed"
    MARKET_RESOLVED = "market_resolved"
    VOID_BOOK = "void_book"
    NO_LIQUIDITY = "no_liquidity"
    NOT_FILLABLE = "not_fillable"
    BAD_PRICE = "bad_price"
    OFF_TICK = "off_tick"
    BAD_SIZE = "bad_size"
    BELOW_MINIMUM = "below_minimum"
    BAD_TERMS = "bad_terms"
    INSUFFICIENT_CASH = "insufficient_cash"
    INSUFFICIENT_TOKENS = "insufficient_tokens"
    UNKNOWN_ORDER = "unknown_order"
    ORDER_FINAL = "order_final"
    ASKED_FOR = "asked_for"
    REMAINDER = "remainder"


class Refused(ValueError):
    """An order that is not taken; nothing was booked."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


@dataclass(frozen=True, slots=True)
class Instrument:
    """What may be traded: a token, and the rules of its market."""

    token: str
    market: str
    tick: Decimal = Decimal("0.01")
    minimum_size: Decimal = Decimal(5)
    fees: FeeSchedule = FREE
    closed: bool = False

    def snapshot(self) -> dict[str, Any]:
        return {
            "token": self.token,
            "market": self.market,
            "tick": str(self.tick),
            "minimum_size": str(self.minimum_size),
            "fees": self.fees.snapshot(),
            "closed": self.closed,
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any]) -> Instrument:
        tick, minimum = Decimal(data["tick"]), Decimal(data["minimum_size"])
        fees = FeeSchedule.restore(data["fees"])
        return cls(data["token"], data["market"], tick, minimum, fees, data["closed"])


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What is asked for, under a name of the asker's.

    ``size`` is in tokens; a market buy may give ``amount`` instead, the USDC to spend on tokens, fees not
    included. ``price`` is the limit, or the worst price that a market order takes. ``expires_at`` (for GTD)
    is market time in milliseconds.
    """

    client_order_id: str
    token: str
    side: Side
    type: OrderType = OrderType.LIMIT
    size: Decimal | None = None
    amount: Decimal | None = None
    price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: int | None = None

    def snapshot(self) -> dict[str, Any]:
        return {
            "client_order_id": self.client_order_id,
            "token": self.token,
            "side": self.side.value,
            "type": self.type.value,
            "size": _text(self.size),
            "amount": _text(self.amount),
            "price": _text(self.price),
            "time_in_force": self.time_in_force.value,
            "expires_at": self.expires_at,
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any]) -> OrderRequest:
        return cls(
            client_order_id=data["client_order_id"],
            token=data["token"],
            side=Side(data["side"]),
            type=OrderType(data["type"]),
            size=_number(data["size"]),
            amount=_number(data["amount"]),
            price=_number(data["price"]),
            time_in_force=TimeInForce(data["time_in_force"]),
            expires_at=data["expires_at"],
        )


class EventKind(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CANCEL_REFUSED = "cancel_refused"
    PAID_OUT = "paid_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. Fills and pay-outs carry the entry that books them; ``size`` is what was
    filled, what was left when an order ended, or the tokens paid out."""

    kind: EventKind
    at: int
    order: str = ""
    token: str = ""
    market: str = ""
    side: Side | None = None
    price: Decimal | None = None
    size: Decimal = ZERO
    notional: Decimal = ZERO
    fee: Decimal = ZERO
    maker: bool = False
    reason: Reason | None = None
    sentence: str = ""
    entry: Entry | None = None

    def snapshot(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "at": self.at,
            "order": self.order,
            "token": self.token,
            "market": self.market,
            "side": self.side.value if self.side else None,
            "price": _text(self.price),
            "size": str(self.size),
            "notional": str(self.notional),
            "fee": str(self.fee),
            "maker": self.maker,
            "reason": self.reason.value if self.reason else None,
            "sentence": self.sentence,
            "entry": _entry_snapshot(self.entry) if self.entry else None,
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any]) -> Event:
        return cls(
            kind=EventKind(data["kind"]),
            at=data["at"],
            order=data["order"],
            token=data["token"],
            market=data["market"],
            side=Side(data["side"]) if data["side"] else None,
            price=_number(data["price"]),
            size=Decimal(data["size"]),
            notional=Decimal(data["notional"]),
            fee=Decimal(data["fee"]),
            maker=data["maker"],
            reason=Reason(data["reason"]) if data["reason"] else None,
            sentence=data["sentence"],
            entry=_entry(data["entry"]) if data["entry"] else None,
        )


def check_terms(order: OrderRequest, instrument: Instrument, at: int) -> None:
    """Whether an order could ever be taken in this market, whatever its book. Raises Refused."""
    _check_time(order, at)
    _check_price(order, instrument)
    if (order.size is None) == (order.amount is None):
        raise Refused(Reason.BAD_SIZE, "An order has either a size in tokens or an amount in USDC.")
    if order.amount is not None and (order.type is not OrderType.MARKET or order.side is not Side.BUY):
        raise Refused(Reason.BAD_SIZE, "Only a market order to buy goes by an amount; give a size in tokens.")
    quantity = order.size if order.size is not None else order.amount
    if quantity is None or quantity <= ZERO or quantity != usdc(quantity):
        raise Refused(Reason.BAD_SIZE, f"{quantity} is not a quantity above zero with six decimals at most.")
    if order.size is not None and order.size < instrument.minimum_size:
        raise Refused(
            Reason.BELOW_MINIMUM,
            f"A size of {order.size} is below this market's minimum of {instrument.minimum_size} tokens.",
        )


def _check_time(order: OrderRequest, at: int) -> None:
    at_once = order.time_in_force in (TimeInForce.FOK, TimeInForce.FAK)
    if order.type is OrderType.MARKET and not at_once:
        raise Refused(Reason.BAD_TERMS, "A market order is filled at once: its time in force is FOK or FAK.")
    if order.time_in_force is TimeInForce.GTD:
        if order.expires_at is None:
            raise Refused(Reason.BAD_TERMS, "A GTD order needs the moment at which it expires.")
        if order.expires_at <= at:
            ends, now = _clock(order.expires_at), _clock(at)
            raise Refused(
                Reason.BAD_TERMS, f"The order would expire at {ends}, and in the market it is {now}."
            )
    elif order.expires_at is not None:
        raise Refused(Reason.BAD_TERMS, "Only a GTD order has a moment at which it expires.")


def _clock(at: int) -> str:
    """A market's time for people; far beyond what calendars know, its milliseconds."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
    except OverflowError:
        return str(at)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _check_price(order: OrderRequest, instrument: Instrument) -> None:
    if order.price is None:
        if order.type is OrderType.LIMIT:
            raise Refused(Reason.BAD_PRICE, "A limit order needs a price.")
        return
    if not ZERO < order.price < ONE:
        raise Refused(Reason.BAD_PRICE, f"A price of {order.price} is not between 0 and 1.")
    if order.type is OrderType.LIMIT and not is_on_tick(order.price, instrument.tick):
        raise Refused(
            Reason.OFF_TICK, f"A price of {order.price} is not a multiple of the tick of {instrument.tick}."
        )


def _entry_snapshot(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "at": entry.at,
        "reference": entry.reference,
        "postings": [[p.account.value, str(p.amount), p.token, str(p.size)] for p in entry.postings],
    }


def _entry(data: Mapping[str, Any]) -> Entry:
    postings = tuple(
        Posting(Account(account), Decimal(amount), token, Decimal(size))
        for account, amount, token, size in data["postings"]
    )
    return Entry(EntryKind(data["kind"]), data["at"], postings, data["reference"])


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
