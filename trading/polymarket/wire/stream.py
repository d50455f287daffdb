"""What comes over the market channel: a frame is PONG, an event or a list of events."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

from trading.domain.errors import BadWire
from trading.domain.markets import NewMarket
from trading.domain.messages import Book, PriceChange, Resolved, TickSize, Trade
from trading.polymarket.wire import clob
from trading.polymarket.wire.values import (
    Object,
    Unknown,
    amount,
    an_object,
    each,
    each_of,
    identifier,
    maybe,
    milliseconds,
    need,
    packed_list,
    parse,
    positive,
    price,
    side,
    text,
)

_MOST_EVENTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to our PING."""


@dataclass(frozen=True, slots=True)
class Best:
    """What stands on top of a token's book by the exchange's own reckoning; None: nothing on that side."""

    token: str
    bid: Decimal | None
    ask: Decimal | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What one event changed. ``best`` is as it stands after all of them, a token at most once."""

    at: int
    changes: tuple[PriceChange, ...]
    best: tuple[Best, ...]


@dataclass(frozen=True, slots=True)
class BestBidAsk:
    at: int
    market: str
    best: Best


@dataclass(frozen=True, slots=True)
class Print:
    """A trade with the name of the transaction that it was settled by, where the wire has it."""

    trade: Trade
    transaction: str


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that could not be read. ``tokens`` are those it names; empty: it may be about any.

    ``harmless``: nothing that is passed on can be missing.
    """

    tokens: frozenset[str]
    error: BadWire
    harmless: bool = False


WireEvent: TypeAlias = Book | Changes | BestBidAsk | Print | TickSize | Resolved | NewMarket | Pong | Fault

_FIELDS: Final = {
    "price_change": frozenset({"event_type", "market", "price_changes", "timestamp"}),
    "last_trade_price": frozenset(
        {"event_type", "market", "asset_id", "fee_rate_bps", "price", "side", "size", "timestamp"}
        | {"transaction_hash"}
    ),
    "tick_size_change": frozenset(
        {"event_type", "market", "asset_id", "old_tick_size", "new_tick_size", "timestamp", "side"}
    ),
    "best_bid_ask": frozenset(
        {"event_type", "market", "asset_id", "best_bid", "best_ask", "spread", "timestamp"}
    ),
}


def frame(data: str | bytes, unknown: Unknown) -> list[WireEvent]:
    """The events of a frame. Raises BadWire if it is no JSON; an event that is at fault spoils no other."""
    if data in ("PONG", b"PONG"):
        return [Pong()]
    value = parse(data)
    items = value if isinstance(value, list) else [value]
    if len(items) > _MOST_EVENTS:
        raise BadWire(f"{len(items):,} events in one frame.")
    found: list[WireEvent] = []
    for index, item in enumerate(items):
        try:
            if (event := _event(an_object(item), unknown)) is not None:
                found.append(event)
        except BadWire as fault:
            error = fault.under(f"[{index}]") if isinstance(value, list) else fault
            kind = item.get("event_type") if isinstance(item, dict) else None
            found.append(Fault(_named_tokens(item), error, kind in ("best_bid_ask", "new_market")))
    return found


def tokens_of(event: WireEvent) -> frozenset[str]:
    """Whose book an event bears on."""
    match event:
        case Changes():
            return frozenset(change.token for change in event.changes)
        case Print():
            return frozenset((event.trade.token,))
        case Book() | TickSize():
            return frozenset((event.token,))
        case BestBidAsk() | Resolved() | NewMarket() | Pong() | Fault():
            return frozenset()


def _event(record: Object, unknown: Unknown) -> WireEvent | None:
    """None for a kind that is not known: it is counted."""
    kind = need(record, "event_type", text)
    fields = _FIELDS.get(kind)
    if fields is not None and not record.keys() <= fields:
        unknown.fields(kind, record.keys() - fields)
    match kind:
        case "price_change":
            return _changes(record)
        case "last_trade_price":
            return _print(record)
        case "book":
            return clob.book(record, unknown)
        case "best_bid_ask":
            best = _best(record)
            return BestBidAsk(
                need(record, "timestamp", milliseconds), need(record, "market", identifier), best
            )
        case "tick_size_change":
            return _tick_size(record)
        case "market_resolved":
            return _resolved(record)
        case "new_market":
            return _new_market(record)
    unknown.count(f"event_type={kind}")
    return None


def _changes(record: Object) -> Changes:
    at = need(record, "timestamp", milliseconds)
    market = need(record, "market", identifier)
    best: dict[str, Best] = {}

    def one(value: Any) -> PriceChange:
        item = an_object(value)
        token = need(item, "asset_id", identifier)
        if "best_bid" in item and "best_ask" in item:
            best[token] = _best(item)
        else:
            best.pop(token, None)
        return PriceChange(
            at,
            token,
            market,
            need(item, "side", side),
            need(item, "price", price),
            need(item, "size", amount),
        )

    if not isinstance(record.get("price_changes"), list):
        raise BadWire("A list is expected.", path="price_changes")
    return Changes(at, each(record, "price_changes", one), tuple(best.values()))


def _best(record: Object) -> Best:
    """The wire says 0 for no bid and 1 for no ask, or leaves them empty."""
    bid, ask = maybe(record, "best_bid", price), maybe(record, "best_ask", price)
    return Best(
        need(record, "asset_id", identifier),
        bid if bid else None,
        ask if ask is not None and 0 < ask < 1 else None,
    )


def _print(record: Object) -> Print:
    trade = Trade(
        at=need(record, "timestamp", milliseconds),
        token=need(record, "asset_id", identifier),
        market=need(record, "market", identifier),
        side=need(record, "side", side),
        price=need(record, "price", price),
        size=need(record, "size", positive),
    )
    return Print(trade, maybe(record, "transaction_hash", identifier) or "")


def _tick_size(record: Object) -> TickSize:
    return TickSize(
        at=need(record, "timestamp", milliseconds),
        token=need(record, "asset_id", identifier),
        market=need(record, "market", identifier),
        tick=need(record, "new_tick_size", positive),
    )


def _resolved(record: Object) -> Resolved:
    return Resolved(
        at=need(record, "timestamp", milliseconds),
        market=need(record, "market", identifier),
        winner=need(record, "winning_asset_id", identifier),
    )


def _new_market(record: Object) -> NewMarket:
    return NewMarket(
        at=need(record, "timestamp", milliseconds),
        condition_id=need(record, "market", identifier),
        question=maybe(record, "question", text) or "",
        slug=maybe(record, "slug", text) or "",
        tokens=each_of(maybe(record, "assets_ids", packed_list) or [], identifier, "assets_ids"),
        outcomes=each_of(maybe(record, "outcomes", packed_list) or [], text, "outcomes"),
        tags=each_of(maybe(record, "tags", packed_list) or [], text, "tags"),
    )


def _named_tokens(record: Any) -> frozenset[str]:
    """The tokens that an event names, if it can be told for sure that it is about no others."""
    if not isinstance(record, dict):
        return frozenset()
    match record.get("event_type"):
        case "price_change":
            items = record.get("price_changes")
            named = [_token(item) for item in items] if isinstance(items, list) else [None]
        case "market_resolved":
            items = record.get("assets_ids")
            named = [*items] if isinstance(items, list) else [None]
        case _:
            named = [_token(record)]
    tokens = [token for token in named if isinstance(token, str)]
    return frozenset(tokens) if len(tokens) == len(named) else frozenset()


def _token(item: Any) -> Any:
    return item.get("asset_id") if isinstance(item, dict) else None
