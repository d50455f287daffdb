"""The Data API's positions and trades of wallets."""

from __future__ import annotations

from typing import Any

from trading.domain.markets import WalletPosition, WalletTrade
from trading.domain.money import ZERO
from trading.polymarket.wire.values import (
    Object,
    amount,
    an_object,
    flag,
    identifier,
    maybe,
    moment,
    need,
    number,
    price,
    seconds,
    side,
    text,
)


def position(value: Any) -> WalletPosition:
    record = an_object(value)
    return WalletPosition(
        wallet=need(record, "proxyWallet", identifier),
        token=need(record, "asset", identifier),
        condition_id=need(record, "conditionId", identifier),
        outcome=_text(record, "outcome"),
        title=_text(record, "title"),
        slug=_text(record, "slug"),
        size=need(record, "size", amount),
        average_price=need(record, "avgPrice", price),
        current_price=maybe(record, "curPrice", price) or ZERO,
        current_value=maybe(record, "currentValue", amount) or ZERO,
        cash_pnl=maybe(record, "cashPnl", number) or ZERO,
        realized_pnl=maybe(record, "realizedPnl", number) or ZERO,
        redeemable=maybe(record, "redeemable", flag) or False,
        neg_risk=maybe(record, "negativeRisk", flag) or False,
        end_at=maybe(record, "endDate", moment),
    )


def trade(value: Any) -> WalletTrade:
    record = an_object(value)
    return WalletTrade(
        at=need(record, "timestamp", seconds),
        wallet=need(record, "proxyWallet", identifier),
        token=need(record, "asset", identifier),
        condition_id=need(record, "conditionId", identifier),
        side=need(record, "side", side),
        price=need(record, "price", price),
        size=need(record, "size", amount),
        outcome=_text(record, "outcome"),
        title=_text(record, "title"),
        slug=_text(record, "slug"),
        transaction=maybe(record, "transactionHash", identifier) or "",
    )


def _text(record: Object, key: str) -> str:
    return maybe(record, key, text) or ""
