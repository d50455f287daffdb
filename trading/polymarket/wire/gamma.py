"""Gamma's markets, events and tags."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeVar

from trading.domain.errors import BadWire
from trading.domain.markets import Event, EventRef, Fees, Market, Outcome, Resolution, Tag
from trading.domain.messages import SPLIT
from trading.domain.money import ONE, ZERO
from trading.polymarket.wire import known
from trading.polymarket.wire.values import (
    Object,
    Unknown,
    amount,
    an_object,
    each,
    flag,
    identifier,
    maybe,
    moment,
    need,
    number,
    packed_list,
    positive,
    price,
    text,
)

Parsed = TypeVar("Parsed")

UMA_STATUSES: Final = frozenset({"", "proposed", "disputed", "resolved", "settled", "initialized", "posed"})
_SAID_FINAL: Final = frozenset({"resolved", "settled"})
_FINAL: Final = _SAID_FINAL | {""}
FEE_KINDS: Final = frozenset({"", "crypto_fees"})


def market(
    value: Any, unknown: Unknown, *, event: EventRef | None = None, tags: tuple[Tag, ...] = ()
) -> Market:
    """``event`` and ``tags`` are those of the event around it, for a market that does not tell its own."""
    record = an_object(value)
    unknown.fields("market", record.keys() - known.MARKET)
    outcomes = _outcomes(record)
    own = each(record, "events", event_ref)
    closed = _flag(record, "closed")
    return Market(
        condition_id=need(record, "conditionId", identifier),
        gamma_id=need(record, "id", identifier),
        slug=_text(record, "slug"),
        question=need(record, "question", text),
        description=_text(record, "description"),
        category=_text(record, "category"),
        tags=each(record, "tags", tag) or tags,
        event=own[0] if own else event,
        outcomes=outcomes,
        tick_size=maybe(record, "orderPriceMinTickSize", positive),
        minimum_size=maybe(record, "orderMinSize", amount),
        neg_risk=_flag(record, "negRisk"),
        fees=_fees(record, unknown),
        active=_flag(record, "active"),
        closed=closed,
        archived=_flag(record, "archived"),
        accepting_orders=_flag(record, "acceptingOrders"),
        start_at=maybe(record, "startDate", moment),
        end_at=maybe(record, "endDate", moment) or maybe(record, "endDateIso", moment),
        volume=_first(record, ("volumeNum", "volume"), amount) or ZERO,
        volume_24h=maybe(record, "volume24hr", amount) or ZERO,
        liquidity=_first(record, ("liquidityNum", "liquidity"), amount) or ZERO,
        best_bid=maybe(record, "bestBid", price),
        best_ask=maybe(record, "bestAsk", price),
        last_price=maybe(record, "lastTradePrice", price),
        resolution=_resolution(record, outcomes, unknown, closed=closed),
    )


def event(value: Any, unknown: Unknown) -> Event:
    record = an_object(value)
    unknown.fields("event", record.keys() - known.EVENT)
    around = event_ref(record)
    tags = each(record, "tags", tag)
    return Event(
        event_id=around.event_id,
        slug=around.slug,
        title=around.title,
        description=_text(record, "description"),
        tags=tags,
        markets=each(record, "markets", partial(market, unknown=unknown, event=around, tags=tags)),
        active=_flag(record, "active"),
        closed=_flag(record, "closed"),
        neg_risk=_flag(record, "negRisk"),
        start_at=maybe(record, "startDate", moment),
        end_at=maybe(record, "endDate", moment),
        volume=maybe(record, "volume", amount) or ZERO,
        liquidity=maybe(record, "liquidity", amount) or ZERO,
    )


def event_ref(value: Any) -> EventRef:
    record = an_object(value)
    return EventRef(need(record, "id", identifier), _text(record, "slug"), _text(record, "title"))


def tag(value: Any) -> Tag:
    record = an_object(value)
    return Tag(need(record, "id", identifier), need(record, "label", text), _text(record, "slug"))


def _outcomes(record: Object) -> tuple[Outcome, ...]:
    names = _packed(record, "outcomes", text)
    tokens = _packed(record, "clobTokenIds", identifier)
    prices = _packed(record, "outcomePrices", price)
    if not names:
        raise BadWire("A market has at least one outcome.", path="outcomes")
    for key, found in (("clobTokenIds", tokens), ("outcomePrices", prices)):
        if found and len(found) != len(names):
            raise BadWire(f"There are {len(found)} for {len(names)} outcomes.", path=key)
    if len(set(tokens)) != len(tokens):
        raise BadWire("Two outcomes have one token.", path="clobTokenIds")
    given: list[Decimal | None] = [*prices] if prices else [None] * len(names)
    return tuple(
        Outcome(name, token, told)
        for name, token, told in zip(names, tokens or [""] * len(names), given, strict=True)
    )


def _packed(record: Object, key: str, read: Callable[[Any], Parsed]) -> tuple[Parsed, ...]:
    items = maybe(record, key, packed_list)
    return each({key: items}, key, read)


def _fees(record: Object, unknown: Unknown) -> Fees:
    kind = _text(record, "feeType")
    if kind not in FEE_KINDS:
        unknown.count(f"feeType={kind}")
    schedule = maybe(record, "feeSchedule", an_object) or {}
    try:
        rate, exponent = maybe(schedule, "rate", amount), maybe(schedule, "exponent", amount)
    except BadWire as fault:
        raise fault.under("feeSchedule") from None
    return Fees(
        enabled=_flag(record, "feesEnabled"),
        maker_bps=maybe(record, "makerBaseFee", number) or ZERO,
        taker_bps=maybe(record, "takerBaseFee", number) or ZERO,
        kind=kind,
        rate=rate,
        exponent=exponent,
    )


def _resolution(
    record: Object, outcomes: tuple[Outcome, ...], unknown: Unknown, *, closed: bool
) -> Resolution:
    """A closed market's prices are what it paid: the winner is the one at 1, if all others are at 0.

    Two outcomes at a half each share it; the price of an undecided market may be the same, so that this has
    to be said to be final.
    """
    status = _text(record, "umaResolutionStatus")
    if status not in UMA_STATUSES:
        unknown.count(f"umaResolutionStatus={status}")
    paid = [outcome.token for outcome in outcomes if outcome.price == ONE]
    decided = (
        closed
        and status in _FINAL
        and len(paid) == 1
        and all(outcome.price in (ZERO, ONE) for outcome in outcomes)
    )
    halved = closed and status in _SAID_FINAL and [each.price for each in outcomes] == [ONE / 2, ONE / 2]
    return Resolution(
        status=status,
        winner=paid[0] if decided else SPLIT if halved else "",
        closed_at=maybe(record, "closedTime", moment),
        source=_text(record, "resolutionSource"),
    )


def _text(record: Object, key: str) -> str:
    return maybe(record, key, text) or ""


def _flag(record: Object, key: str) -> bool:
    return maybe(record, key, flag) or False


def _first(record: Object, keys: tuple[str, ...], read: Callable[[Any], Decimal]) -> Decimal | None:
    """The same figure under several names, the exact one first."""
    for key in keys:
        if (found := maybe(record, key, read)) is not None:
            return found
    return None
