"""Live orders as plain values: what is signed, what the exchange tells of them, and what follows from that.

A trade of the exchange is provisional until it stands on the chain: MATCHED, MINED and RETRYING may still
come to nothing, CONFIRMED and FAILED are the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

from trading.domain.money import ONE, ZERO, is_on_tick, usdc_up
from trading.domain.orders import Instrument, OrderRequest, Reason, Refused
from trading.domain.vocabulary import OrderStatus, Side

_SIZE_STEP: Final = Decimal("0.01")
_UNITS: Final = Decimal(10**6)
"""USDC and tokens are whole numbers of millionths on the wire."""


class LiveReason(StrEnum):
    """Why a live order was not sent, or ended; beside the reasons that a broker on paper has."""

    LIVE_OFF = "live_off"
    NOT_APPROVED = "not_approved"
    VERSION_NOT_APPROVED = "version_not_approved"
    OVER_CAP = "over_cap"
    KILL_SWITCH = "kill_switch"
    NO_ACCOUNT = "no_account"
    NO_SIGNING = "no_signing"
    GENERATED = "generated_market"
    PAPER_IN_LIVE = "paper_in_live"
    REFUSED = "exchange_refused"
    AWAY = "exchange_away"
    NOT_SENT = "not_sent"
    NOT_ARRIVED = "not_arrived"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    TRADE_FAILED = "trade_failed"


class Settlement(StrEnum):
    MATCHED = "MATCHED"
    MINED = "MINED"
    RETRYING = "RETRYING"
    CONFIRMED = "CONFIRMED"
    FAILED = "FAILED"

    @property
    def is_final(self) -> bool:
        return self in (Settlement.CONFIRMED, Settlement.FAILED)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is signed, amounts in millionths: the maker gives ``maker_amount`` and gets ``taker_amount``.

    ``expires_at`` is in seconds since 1970, zero for never.
    """

    token: str
    side: Side
    maker_amount: int
    taker_amount: int
    order_type: str
    expires_at: int
    is_negative_risk: bool


@dataclass(frozen=True, slots=True)
class ToldOrder:
    """An order as the exchange has it; ``status`` in its own words, in capitals."""

    exchange_id: str
    status: str
    matched: Decimal


@dataclass(frozen=True, slots=True)
class ToldTrade:
    """The part that one order had in a trade. ``at`` in milliseconds."""

    trade_id: str
    exchange_id: str
    settlement: Settlement
    price: Decimal
    size: Decimal
    is_maker: bool
    at: int


@dataclass(frozen=True, slots=True)
class Known:
    """An order as our rows have it, after all that was told was booked. ``asked_seconds`` ago it was sent."""

    status: OrderStatus
    size: Decimal | None
    filled: Decimal
    failed: Decimal
    all_final: bool
    asked_seconds: float


@dataclass(frozen=True, slots=True)
class Verdict:
    status: OrderStatus
    reason: str = ""
    sentence: str = ""
    is_over: bool = False
    """Nothing more is to be expected of it, nor of its trades."""


ARRIVES_WITHIN_SECONDS: Final = 120.0
"""After that, an order that the exchange does not know was never taken: its connection is long closed."""
_LIVE: Final = frozenset({"LIVE", "DELAYED", "UNMATCHED", "PENDING"})
_ENDS: Final[Mapping[str, tuple[OrderStatus, LiveReason, str]]] = {
    "CANCELED": (OrderStatus.CANCELLED, LiveReason.CANCELLED, "It was cancelled at the exchange."),
    "CANCELLED": (OrderStatus.CANCELLED, LiveReason.CANCELLED, "It was cancelled at the exchange."),
    "EXPIRED": (OrderStatus.EXPIRED, LiveReason.EXPIRED, "It expired at the exchange."),
    "INVALID": (OrderStatus.REJECTED, LiveReason.REFUSED, "The exchange found it invalid."),
}


def judge(order: Known, told: ToldOrder | None) -> Verdict:
    """Where an order stands, by what the exchange tells of it; ``told`` None: it knows no such order."""
    if order.size is not None and order.filled >= order.size:
        return Verdict(OrderStatus.FILLED, is_over=order.all_final)
    if told is None:
        return _vanished(order)
    if told.status in _LIVE:
        open_as = OrderStatus.PARTIALLY_FILLED if order.filled else OrderStatus.OPEN
        return Verdict(open_as)
    if order.filled + order.failed < told.matched:  # its trades are not told yet: it is not over for us
        return Verdict(OrderStatus.PARTIALLY_FILLED if order.filled else OrderStatus.OPEN)
    if told.status == "MATCHED":
        return _matched(order)
    name = "CANCELED" if told.status.startswith("CANCEL") else told.status
    if name not in _ENDS:  # a word of a later day: it is kept as it was, and asked again
        return Verdict(OrderStatus.PARTIALLY_FILLED if order.filled else order.status)
    status, reason, sentence = _ENDS[name]
    return Verdict(status, reason.value, sentence, is_over=order.all_final)


def _matched(order: Known) -> Verdict:
    """All that will be: what failed on the chain is not tried again."""
    if order.failed:
        sentence = f"{order.failed} tokens were matched, and their settlement failed on the chain."
        return Verdict(OrderStatus.CANCELLED, LiveReason.TRADE_FAILED.value, sentence, order.all_final)
    if not order.filled:
        return Verdict(OrderStatus.OPEN)
    return Verdict(OrderStatus.FILLED, is_over=order.all_final)


def _vanished(order: Known) -> Verdict:
    """The exchange no longer lists it, or never did. It is looked for further: it may turn up."""
    if order.asked_seconds < ARRIVES_WITHIN_SECONDS:
        unsure = order.status in (OrderStatus.PENDING, OrderStatus.UNKNOWN)
        status = OrderStatus.UNKNOWN if unsure else order.status
        if order.filled:
            status = OrderStatus.PARTIALLY_FILLED
        return Verdict(status)
    if order.filled or order.failed:
        sentence = "The exchange no longer lists it, and what was filled of it is booked."
        return Verdict(OrderStatus.CANCELLED, LiveReason.CANCELLED.value, sentence)
    if order.status in (OrderStatus.PENDING, OrderStatus.UNKNOWN, OrderStatus.REJECTED):
        sentence = "No answer came to it, and the exchange knows no such order: it did not arrive."
        return Verdict(OrderStatus.REJECTED, LiveReason.NOT_ARRIVED.value, sentence)
    sentence = "The exchange no longer lists it, and nothing of it was filled."
    return Verdict(OrderStatus.CANCELLED, LiveReason.CANCELLED.value, sentence)


def check_live_terms(order: OrderRequest, instrument: Instrument) -> None:
    """What the real exchange asks beyond a market's own rules. Raises Refused."""
    if order.price is None:
        raise Refused(Reason.BAD_PRICE, "A live order names a price, a market order the worst that it takes.")
    if not is_on_tick(order.price, instrument.tick):
        raise Refused(
            Reason.OFF_TICK, f"A price of {order.price} is not a multiple of the tick of {instrument.tick}."
        )
    quantity = order.size if order.size is not None else order.amount
    if quantity is None or quantity % _SIZE_STEP:
        raise Refused(Reason.BAD_SIZE, f"The exchange takes two decimals; {quantity} has more.")


def terms_of(order: OrderRequest, *, tick: Decimal, is_negative_risk: bool) -> Terms:
    """An order whose terms were checked, as whole millionths; a market's tick says how fine they may be."""
    assert order.price is not None
    if order.size is not None:
        tokens, money = order.size, order.size * order.price
    else:
        assert order.amount is not None
        decimals = -int(tick.normalize().as_tuple().exponent) + 2
        money = order.amount
        tokens = (money / order.price).quantize(ONE.scaleb(-decimals), ROUND_DOWN)
    give, get = (money, tokens) if order.side is Side.BUY else (tokens, money)
    return Terms(
        token=order.token,
        side=order.side,
        maker_amount=int(give * _UNITS),
        taker_amount=int(get * _UNITS),
        order_type=order.time_in_force.value.upper(),
        expires_at=0 if order.expires_at is None else order.expires_at // 1_000,
        is_negative_risk=is_negative_risk,
    )


def may_cost(order: OrderRequest, instrument: Instrument) -> Decimal:
    """The most USDC that a purchase can take, with fees; nothing for a sale."""
    if order.side is Side.SELL or order.price is None:
        return ZERO
    fee = instrument.fees.per_token(order.price, taker=True)
    if order.size is not None:
        return usdc_up(order.size * (order.price + fee))
    assert order.amount is not None
    return usdc_up(order.amount + order.amount / order.price * fee)
