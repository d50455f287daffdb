"""The order book's private answers: orders, trades, cancels and balances of one wallet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from trading.domain.errors import BadWire
from trading.domain.live import Settlement, ToldOrder, ToldTrade
from trading.domain.money import ZERO
from trading.polymarket.wire.values import (
    Object,
    a_list,
    amount,
    an_object,
    identifier,
    maybe,
    milliseconds,
    moment,
    need,
    price,
    seconds,
    text,
)

_LONGEST_STATUS = 40


def order(value: Any) -> ToldOrder:
    record = an_object(value)
    return ToldOrder(
        exchange_id=need(record, "id", identifier),
        status=need(record, "status", _status),
        matched=maybe(record, "size_matched", amount) or ZERO,
    )


def trades(value: Any) -> tuple[ToldTrade, ...]:
    """A trade, as the part that each order had in it: the taker's, and each maker's."""
    record = an_object(value)
    trade_id = need(record, "id", identifier)
    settlement, at = need(record, "status", _settlement), _at(record)
    taker = ToldTrade(
        trade_id=trade_id,
        exchange_id=need(record, "taker_order_id", identifier),
        settlement=settlement,
        price=need(record, "price", price),
        size=need(record, "size", amount),
        is_maker=False,
        at=at,
    )
    makers = (an_object(each) for each in a_list(record.get("maker_orders") or []))
    return (
        taker,
        *(
            ToldTrade(
                trade_id=trade_id,
                exchange_id=need(each, "order_id", identifier),
                settlement=settlement,
                price=need(each, "price", price),
                size=need(each, "matched_amount", amount),
                is_maker=True,
                at=at,
            )
            for each in makers
        ),
    )


def page(value: Any) -> tuple[list[Any], str]:
    """The items of a page, and the cursor of the next."""
    record = an_object(value)
    return a_list(record.get("data") or []), maybe(record, "next_cursor", text) or ""


def accepted(value: Any) -> tuple[str, str, str]:
    """Of an order that was posted: its id, its status, and what is wrong with it, if anything."""
    record = an_object(value)
    fault = maybe(record, "errorMsg", text) or ""
    if record.get("success") is False and not fault:
        fault = "no reason given"
    return maybe(record, "orderID", identifier) or "", maybe(record, "status", text) or "", fault


def cancelled(value: Any, exchange_id: str) -> str:
    """Why an order was not cancelled; empty: it was."""
    record = an_object(value)
    if exchange_id in (record.get("canceled") or ()):
        return ""
    why = an_object(record.get("not_canceled") or {}).get(exchange_id)
    return str(why)[:300] if why else "the exchange does not say why"


def _status(value: Any) -> str:
    word = text(value).upper()
    if not word or len(word) > _LONGEST_STATUS:
        raise BadWire("A status is expected.")
    return word.removeprefix("ORDER_STATUS_")


def _settlement(value: Any) -> Settlement:
    word = _status(value).removeprefix("TRADE_STATUS_")
    try:
        return Settlement(word)
    except ValueError:  # a word of a later day: not known to be final
        return Settlement.MATCHED


def _at(record: Object) -> int:
    """Moments come as dates, in seconds and in milliseconds."""
    value = record.get("match_time") or record.get("matchtime") or record.get("timestamp")
    if isinstance(value, str) and not value.isdecimal():
        return _in_ms(moment(value))
    if value is not None and len(str(value)) > len("9999999999"):
        return milliseconds(value)
    return seconds(value)


def _in_ms(value: datetime) -> int:
    return round(value.timestamp() * 1_000)
