"""Records of our own in the shapes of Polymarket's wire."""

from __future__ import annotations

import json
from typing import Any

YES = "7132104567925221259462638553270691275033272857194253228963137931245558399256"
NO = "5211431950124591551605510604688420996992612748282795467444384642781381322242"
CONDITION = "0xdd22472e552920b8438158ea7238bfadfa4f736aa4cee91a6b86c39ead110917"
NOON = 1_774_008_000_000
"""2026-03-20T12:00:00Z."""

Levels = list[tuple[str, str]]
BIDS: Levels = [("0.48", "100"), ("0.50", "200.0"), ("0.49", "350.5")]
ASKS: Levels = [("0.53", "90"), ("0.51", "150"), ("0.52", "250")]


def book(
    token: str = YES,
    *,
    at: int = NOON,
    bids: Levels = BIDS,
    asks: Levels = ASKS,
    market: str = CONDITION,
) -> dict[str, Any]:
    return {
        "event_type": "book",
        "market": market,
        "asset_id": token,
        "bids": [{"price": price, "size": size} for price, size in bids],
        "asks": [{"price": price, "size": size} for price, size in asks],
        "timestamp": str(at),
        "hash": "0x5f3c",
    }


def change(
    *changes: tuple[str, str, str],
    token: str = YES,
    at: int = NOON + 1,
    best: tuple[str, str] | None = None,
    market: str = CONDITION,
) -> dict[str, Any]:
    """``changes``: side, price and size each."""
    told = {} if best is None else {"best_bid": best[0], "best_ask": best[1]}
    return {
        "event_type": "price_change",
        "market": market,
        "price_changes": [
            {"asset_id": token, "side": side, "price": price, "size": size, "hash": "56621a12", **told}
            for side, price, size in changes
        ],
        "timestamp": str(at),
    }


def trade(
    token: str = YES,
    *,
    at: int = NOON + 2,
    price: str = "0.51",
    size: str = "25",
    transaction: str = "0xeeef",
) -> dict[str, Any]:
    return {
        "event_type": "last_trade_price",
        "market": CONDITION,
        "asset_id": token,
        "price": price,
        "side": "BUY",
        "size": size,
        "fee_rate_bps": "0",
        "timestamp": str(at),
        "transaction_hash": transaction,
    }


def tick_size(token: str = YES, *, at: int = NOON + 3, new: str = "0.001") -> dict[str, Any]:
    return {
        "event_type": "tick_size_change",
        "market": CONDITION,
        "asset_id": token,
        "old_tick_size": "0.01",
        "new_tick_size": new,
        "timestamp": str(at),
    }


def best_bid_ask(
    token: str = YES, *, at: int = NOON + 4, bid: str = "0.50", ask: str = "0.51"
) -> dict[str, Any]:
    return {
        "event_type": "best_bid_ask",
        "market": CONDITION,
        "asset_id": token,
        "best_bid": bid,
        "best_ask": ask,
        "spread": "0.01",
        "timestamp": str(at),
    }


def market_resolved(*, at: int = NOON + 5, winner: str = YES) -> dict[str, Any]:
    return {
        "event_type": "market_resolved",
        "id": "1031769",
        "market": CONDITION,
        "assets_ids": [YES, NO],
        "winning_asset_id": winner,
        "winning_outcome": "Yes",
        "tags": ["stocks"],
        "timestamp": str(at),
    }


def new_market(*, at: int = NOON + 6) -> dict[str, Any]:
    return {
        "event_type": "new_market",
        "id": "1031769",
        "question": "Will it rain in Bern on Sunday?",
        "market": "0x311d0c4b6671ab54af4970c06fcf58662516f5168997bdda209ec3db5aa6b0c1",
        "slug": "rain-in-bern",
        "description": "…",
        "assets_ids": [NO, YES],
        "outcomes": ["Yes", "No"],
        "tags": ["weather"],
        "timestamp": str(at),
    }


def gamma_market(number: int = 1, **other: Any) -> dict[str, Any]:
    """``other`` overrides fields; a value of None takes one away."""
    record = {
        "id": str(559_000 + number),
        "question": f"Will team {number} win the cup?",
        "conditionId": f"0x{number:064x}",
        "slug": f"will-team-{number}-win-the-cup",
        "resolutionSource": "",
        "endDate": "2026-11-07T00:00:00Z",
        "startDate": "2025-07-11T18:36:02.893Z",
        "liquidity": "400500.66675",
        "description": "It counts what the league says.",
        "outcomes": '["Yes", "No"]',
        "outcomePrices": '["0.505", "0.495"]',
        "clobTokenIds": json.dumps([f"{number}000000000000000001", f"{number}000000000000000002"]),
        "volume": "12232699.615479222",
        "volumeNum": 12232699.615479222,
        "volume24hr": 129642.785175,
        "active": True,
        "closed": False,
        "archived": False,
        "enableOrderBook": True,
        "acceptingOrders": True,
        "orderPriceMinTickSize": 0.001,
        "orderMinSize": 5,
        "negRisk": False,
        "makerBaseFee": 0,
        "takerBaseFee": 1000,
        "feesEnabled": True,
        "feeType": None,
        "feeSchedule": {"exponent": 1, "rate": 0.072, "takerOnly": True, "rebateRate": 0.2},
        "bestBid": 0.5,
        "bestAsk": 0.51,
        "lastTradePrice": 0.505,
        "umaResolutionStatuses": "[]",
        "events": [{"id": "30829", "slug": "the-cup", "title": "Who wins the cup?"}],
        "tags": [{"id": "1", "label": "Sports", "slug": "sports"}],
    }
    return {key: value for key, value in (record | other).items() if value is not None}


def resolved_market(number: int = 9) -> dict[str, Any]:
    return gamma_market(
        number,
        closed=True,
        acceptingOrders=False,
        outcomePrices='["0", "1"]',
        closedTime="2026-03-19 23:20:15+00",
        umaResolutionStatus="resolved",
        bestBid=None,
    )


def gamma_event(*markets: dict[str, Any], number: int = 30829) -> dict[str, Any]:
    return {
        "id": str(number),
        "slug": "the-cup",
        "title": "Who wins the cup?",
        "description": "",
        "active": True,
        "closed": False,
        "negRisk": True,
        "startDate": "2025-07-11T18:41:17.82745Z",
        "endDate": "2026-11-07",
        "liquidity": 43042905.16152,
        "volume": 799823812.487094,
        "tags": [{"id": "1", "label": "Sports", "slug": "sports", "forceShow": False}],
        "markets": list(markets),
    }


def position(number: int = 1, **other: Any) -> dict[str, Any]:
    record = {
        "proxyWallet": "0x56687bf447db6ffa42ffe2204a05edaa20f55839",
        "asset": f"{number}000000000000000001",
        "conditionId": f"0x{number:064x}",
        "size": 150.5,
        "avgPrice": 0.55,
        "initialValue": 82.775,
        "currentValue": 90.3,
        "cashPnl": 7.525,
        "percentPnl": 9.09,
        "realizedPnl": -0.1,
        "curPrice": 0.6,
        "redeemable": False,
        "title": "Will it rain?",
        "slug": "rain",
        "outcome": "Yes",
        "endDate": "2026-12-31",
        "negativeRisk": False,
    }
    return record | other


def wallet_trade(number: int = 1, **other: Any) -> dict[str, Any]:
    record = {
        "proxyWallet": "0x1111111111111111111111111111111111111111",
        "asset": f"{number}000000000000000001",
        "conditionId": f"0x{number:064x}",
        "side": "SELL",
        "price": 0.53,
        "size": 50.0,
        "timestamp": 1_774_008_000 + number,
        "transactionHash": f"0x{number:064x}",
        "title": "Will it rain?",
        "slug": "rain",
    }
    return record | other
