"""The trading side of Polymarket's order book on this machine, errors included, in the shapes of its API.

``faults`` are taken one for each POST of an order; the order itself may have been accepted all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_django import Settings

from tests.stand_in import Answer, Received, stand_in

Record = dict[str, Any]
NOW = "1795305600"


def says(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode())


def refuses(status: int, sentence: str) -> Answer:
    return says({"error": sentence}, status)


@dataclass
class Fault:
    """``accepts``: the order is in the book, whatever is answered."""

    answer: Answer
    accepts: bool = False


def dropped(*, accepts: bool) -> Fault:
    """The connection breaks in the middle of the answer."""
    return Fault(Answer(200, b"{", promised=500), accepts=accepts)


@dataclass
class Counterparty:
    """``fills`` is how much of a new order is matched at once, by default nothing."""

    faults: list[Fault] = field(default_factory=list)
    orders: dict[str, Record] = field(default_factory=dict)
    trades: list[Record] = field(default_factory=list)
    positions: list[Record] = field(default_factory=list)
    balance: int = 1_000_000_000
    posts: list[Record] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    cancel_faults: list[Answer] = field(default_factory=list)
    fills: Decimal = Decimal(0)
    on_post: Callable[[], None] = lambda: None

    def behave(self, request: Received) -> Answer:
        self.received.append(request)
        parts = urlsplit(request.path)
        if parts.path == "/positions":
            return says(self.positions)
        if not request.headers.get("poly_signature"):
            return refuses(401, "Unauthorized/Invalid api key")
        if parts.path == "/order":
            return self._post(request) if request.method == "POST" else self._cancel(request)
        if parts.path.startswith("/data/order/"):
            found = self.orders.get(parts.path.removeprefix("/data/order/"))
            return says(found) if found else refuses(404, "order not found")
        if parts.path == "/data/trades":
            return self._trades(parse_qs(parts.query))
        if parts.path == "/balance-allowance":
            return says({"balance": str(self.balance), "allowances": {}})
        return refuses(404, "not found")

    def _post(self, request: Received) -> Answer:
        body = json.loads(request.body)
        self.posts.append(body)
        self.on_post()
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not fault.accepts:
            return fault.answer
        exchange_id = self.accept(body, request)
        if fault is not None:
            return fault.answer
        return says(
            {
                "success": True,
                "errorMsg": "",
                "orderID": exchange_id,
                "status": "live",
                "takingAmount": "",
                "makingAmount": "",
            }
        )

    def accept(self, body: Record, request: Received) -> str:
        signed = body["order"]
        exchange_id = id_of(request)
        give, get = Decimal(signed["makerAmount"]) / 10**6, Decimal(signed["takerAmount"]) / 10**6
        size, money = (get, give) if signed["side"] == "BUY" else (give, get)
        self.orders[exchange_id] = {
            "id": exchange_id,
            "status": "LIVE",
            "market": f"0x{signed['tokenId']}",
            "original_size": str(size),
            "size_matched": "0",
            "price": str(money / size),
            "side": signed["side"],
            "asset_id": signed["tokenId"],
            "order_type": body["orderType"],
            "associate_trades": [],
            "owner": body["owner"],
            "maker_address": signed["maker"],
            "created_at": int(NOW),
        }
        if self.fills:
            self.match(exchange_id, self.fills)
        return exchange_id

    def match(
        self, exchange_id: str, size: Decimal | int, status: str = "MATCHED", *, maker: bool = False
    ) -> str:
        """A trade of that much of an order; the trade's id."""
        order, trade_id = self.orders[exchange_id], f"trade-{len(self.trades) + 1}"
        done = Decimal(order["size_matched"]) + Decimal(size)
        order["size_matched"] = str(done)
        order["associate_trades"].append(trade_id)
        if done >= Decimal(order["original_size"]):
            order["status"] = "MATCHED"
        other = {
            "asset_id": order["asset_id"],
            "matched_amount": str(size),
            "order_id": exchange_id if maker else "0xother",
            "price": order["price"],
            "owner": order["owner"],
        }
        self.trades.append(
            {
                "id": trade_id,
                "taker_order_id": "0xother" if maker else exchange_id,
                "market": order["market"],
                "asset_id": order["asset_id"],
                "side": order["side"],
                "size": str(size),
                "fee_rate_bps": "0",
                "price": order["price"],
                "status": status,
                "match_time": NOW,
                "trader_side": "MAKER" if maker else "TAKER",
                "maker_orders": [other],
            }
        )
        return trade_id

    def settle(self, status: str, trade_id: str | None = None) -> None:
        """What became of trades on the chain."""
        for trade in self.trades:
            if trade_id in (None, trade["id"]):
                trade["status"] = status

    def _cancel(self, request: Received) -> Answer:
        if self.cancel_faults:
            return self.cancel_faults.pop(0)
        exchange_id = json.loads(request.body)["orderID"]
        order = self.orders.get(exchange_id)
        if order is None or order["status"] != "LIVE":
            return says({"canceled": [], "not_canceled": {exchange_id: "order can't be found"}})
        order["status"] = "CANCELED"
        return says({"canceled": [exchange_id], "not_canceled": {}})

    def _trades(self, query: dict[str, list[str]]) -> Answer:
        """A page of two at most, so that paging is used."""
        mine = [each for each in self.trades if each["market"] == query["market"][0]]
        start = 0 if query["next_cursor"] == ["MA=="] else int(query["next_cursor"][0])
        more = str(start + 2) if len(mine) > start + 2 else "LTE="
        return says({"data": mine[start : start + 2], "next_cursor": more, "count": len(mine), "limit": 2})


def id_of(request: Received) -> str:
    """The id of an order that was signed by the stand-in of the library, which is of its body."""
    return f"0x{sha256(request.body).hexdigest()}"


@contextmanager
def trading_at(settings: Settings) -> Iterator[Counterparty]:
    """All that trades does so here."""
    made = Counterparty()
    with stand_in(made.behave) as server:
        settings.POLYMARKET_URLS = {**settings.POLYMARKET_URLS, "clob": server.url, "data": server.url}
        yield made
