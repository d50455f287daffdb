"""Trading at Polymarket for one wallet: an order is posted once, whatever comes of it; questions may repeat.

https://docs.polymarket.com/api-reference/trade/post-a-new-order and its neighbours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import httpx

from orchestrator.core.outgoing import USER_AGENT
from trading.domain.errors import BadWire, ExchangeAway, ExchangeRefused
from trading.domain.live import Terms, ToldOrder, ToldTrade
from trading.polymarket.http import segment
from trading.polymarket.signers import SignedOrder, Signer
from trading.polymarket.wire import trading as wire
from trading.polymarket.wire.clob import told_fault
from trading.polymarket.wire.values import amount, an_object, need, parse

_MOST_BYTES: Final = 4 * 1024 * 1024
_MOST_PAGES: Final = 40
_FIRST, _LAST = "MA==", "LTE="
"""Cursors: of the first page, and of none after the last."""
_TOO_EARLY: Final = 425
_PAUSED: Final = "trading is currently"
"""How the exchange begins to say that it takes no orders: this one was not taken."""
_DUPLICATE: Final = "duplicate"


class Declined(Exception):
    """The exchange did not take the order, for certain."""

    def __init__(self, sentence: str, *, away: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.away = sentence, away


class Unanswered(Exception):
    """Nobody knows whether the exchange took the order: it has to be looked up."""


@dataclass(frozen=True, slots=True)
class Taken:
    exchange_id: str
    status: str


class Trading:
    """``client`` for one thread. Nothing of what is signed is logged or stands in an address."""

    def __init__(self, signer: Signer, base_url: str, client: httpx.Client) -> None:
        self._signer, self._base_url, self._client = signer, base_url.rstrip("/"), client

    def sign(self, terms: Terms) -> SignedOrder:
        return self._signer.sign(terms)

    def post(self, order: SignedOrder) -> Taken:
        """Raises Declined, Unanswered. Called once for an order, ever."""
        headers = self._headers("POST", "/order", order.body)
        try:
            answer = self._client.post(f"{self._base_url}/order", content=order.body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Declined(f"Polymarket could not be reached: {_kind(error)}.", away=True) from error
        except httpx.HTTPError as error:
            raise Unanswered(f"Polymarket did not answer: {_kind(error)}.") from error
        if answer.status_code != httpx.codes.OK:
            raise _not_taken(answer)
        try:
            exchange_id, status, fault = wire.accepted(parse(answer.content))
        except BadWire as error:
            raise Unanswered(f"Polymarket's answer cannot be read: {error}") from error
        if fault:
            raise Declined(f"Polymarket refuses the order: “{fault[:300]}”.")
        return Taken(exchange_id or order.exchange_id, status)

    def order(self, exchange_id: str) -> ToldOrder | None:
        """None: the exchange lists no such order. Raises ExchangeAway, ExchangeRefused, BadWire."""
        answer = self._ask("GET", f"/data/order/{segment(exchange_id)}", missing=True)
        if not answer or (isinstance(answer, dict) and not answer.get("id")):
            return None
        return wire.order(answer)

    def trades(self, market: str, *, after: int) -> tuple[ToldTrade, ...]:
        """The wallet's in one market since a moment in seconds, each as the parts of its orders."""
        found: list[ToldTrade] = []
        cursor = _FIRST
        for _ in range(_MOST_PAGES):
            query = {"market": market, "after": str(after), "next_cursor": cursor}
            items, cursor = wire.page(self._ask("GET", "/data/trades", query=query))
            for each in items:
                found += wire.trades(each)
            if not cursor or cursor == _LAST:
                break
        return tuple(found)

    def cancel(self, exchange_id: str) -> str:
        """Why it was not cancelled, which may be that it is over; empty: it was."""
        body = json.dumps({"orderID": exchange_id}, separators=(",", ":"))
        return wire.cancelled(self._ask("DELETE", "/order", body=body), exchange_id)

    def balance(self, signature_type: int) -> Decimal:
        """USDC that the wallet holds."""
        query = {"asset_type": "COLLATERAL", "signature_type": str(signature_type)}
        answer = an_object(self._ask("GET", "/balance-allowance", query=query))
        return need(answer, "balance", amount) / 10**6

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: str = "",
        missing: bool = False,
    ) -> Any:
        try:
            answer = self._client.request(
                method,
                self._base_url + path,
                params=query,
                content=body or None,
                headers=self._headers(method, path, body),
            )
        except httpx.HTTPError as error:
            raise ExchangeAway(f"Polymarket did not answer: {_kind(error)}.") from error
        if missing and answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code != httpx.codes.OK:
            raise _fault(answer)
        if len(answer.content) > _MOST_BYTES:
            raise BadWire(f"The answer is larger than {_MOST_BYTES:,} bytes.")
        return parse(answer.content)

    def _headers(self, method: str, path: str, body: str) -> dict[str, str]:
        return {**self._signer.headers(method, path, body), "content-type": "application/json"}


@contextmanager
def open_trading(signer: Signer, base_url: str, *, timeout_seconds: float) -> Iterator[Trading]:
    """The address is the server's own setting: no guard is needed. Nothing is repeated by itself."""
    with httpx.Client(
        timeout=timeout_seconds,
        headers={"user-agent": USER_AGENT, "accept": "application/json"},
        trust_env=False,
        transport=httpx.HTTPTransport(retries=0),
    ) as client:
        yield Trading(signer, base_url, client)


def _not_taken(answer: httpx.Response) -> Declined | Unanswered:
    """An answer that is no acceptance: refused for certain, or unknown."""
    said, status = _said(answer), answer.status_code
    if _DUPLICATE in said.lower():
        return Unanswered("Polymarket says that it has this order already.")
    why = f" It says: “{said}”." if said else ""
    if status >= httpx.codes.INTERNAL_SERVER_ERROR and not said.lower().startswith(_PAUSED):
        return Unanswered(f"Polymarket has a problem of its own (HTTP {status}).{why}")
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Declined(f"Polymarket does not accept this account's keys (HTTP {status}).{why}")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Declined(f"Polymarket wants fewer orders (HTTP {status}).{why}", away=True)
    away = status == _TOO_EARLY or status >= httpx.codes.INTERNAL_SERVER_ERROR
    return Declined(f"Polymarket refuses the order (HTTP {status}).{why}", away=away)


def _fault(answer: httpx.Response) -> Exception:
    said, status = _said(answer), answer.status_code
    why = f" It says: “{said}”." if said else ""
    waits = (httpx.codes.TOO_MANY_REQUESTS, _TOO_EARLY)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in waits:
        return ExchangeAway(f"Polymarket has a problem of its own (HTTP {status}).{why}")
    return ExchangeRefused(f"Polymarket refuses the question (HTTP {status}).{why}")


def _said(answer: httpx.Response) -> str:
    try:
        return told_fault(parse(answer.content))
    except BadWire:
        return ""


def _kind(error: Exception) -> str:
    return type(error).__name__
