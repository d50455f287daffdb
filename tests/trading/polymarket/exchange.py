"""Polymarket on this machine: Gamma, order book, Data API and market channel over one set of records.

``exchange.faults`` are answered first, one a request, whatever was asked; then come the real shapes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pytest_django import Settings

from tests.stand_in import Answer, Received, stand_in
from tests.trading.polymarket.payloads import book
from tests.trading.polymarket.stand_in import MarketChannel, Script, market_channel

Record = dict[str, Any]
_UNKNOWN = Answer(404, b'{"error": "No orderbook exists for the requested token id"}')


def says(value: Any) -> Answer:
    return Answer(body=json.dumps(value).encode())


@dataclass
class Exchange:
    """``markets`` are Gamma's records; a token has the book that ``books`` has for it, or a usual one."""

    markets: list[Record] = field(default_factory=list)
    books: dict[str, Record] = field(default_factory=dict)
    positions: list[Record] = field(default_factory=list)
    trades: list[Record] = field(default_factory=list)
    history: list[Record] = field(default_factory=list)
    faults: list[Answer] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    channel: MarketChannel | None = None

    def behave(self, request: Received) -> Answer:
        self.received.append(request)
        if self.faults:
            return self.faults.pop(0)
        parts = urlsplit(request.path)
        query = parse_qs(parts.query)
        first, _, rest = parts.path.strip("/").partition("/")
        if first in ("markets", "events", "tags", "public-search"):
            return self._gamma(first, rest, query)
        match first:
            case "books":
                tokens = [each["token_id"] for each in json.loads(request.body)]
                return says([found for token in tokens if (found := self._book(token)) is not None])
            case "prices-history":
                return says({"history": self.history})
            case "positions" | "trades":
                return says(_slice(self.positions if first == "positions" else self.trades, query))
        return self._figure(first, query)

    def _gamma(self, first: str, rest: str, query: dict[str, list[str]]) -> Answer:
        if first == "public-search":
            return self._search(query)
        if rest == "keyset":
            found = self._found(query)
            return self._keyset(first, found if first == "markets" else self._events(found), query)
        records = {"markets": self.markets, "events": self._events(self.markets), "tags": self._tags()}[first]
        if not rest:
            return says(_slice(records, query))
        slug = unquote(rest.removeprefix("slug/"))
        named = [each for each in records if each["slug"] == slug]
        return says(named[0]) if named else Answer(404, b'{"error": "not found"}')

    @property
    def tokens(self) -> list[str]:
        return [token for each in self.markets for token in json.loads(each["clobTokenIds"])]

    def _book(self, token: str) -> Record | None:
        return self.books.get(token) or (book(token) if token in self.tokens else None)

    def _figure(self, path: str, query: dict[str, list[str]]) -> Answer:
        found = self._book(query.get("token_id", [""])[0])
        if found is None:
            return _UNKNOWN
        bid = max(float(level["price"]) for level in found["bids"])
        ask = min(float(level["price"]) for level in found["asks"])
        figures: dict[str, Any] = {
            "book": found,
            "price": {"price": str(bid if query.get("side") == ["SELL"] else ask)},
            "midpoint": {"mid": f"{(bid + ask) / 2:.4f}"},
            "spread": {"spread": f"{ask - bid:.4f}"},
            "tick-size": {"minimum_tick_size": 0.01},
        }
        return says(figures[path]) if path in figures else _UNKNOWN

    def _found(self, query: dict[str, list[str]]) -> list[Record]:
        def passes(each: Record) -> bool:
            wanted = {
                "condition_ids": [each["conditionId"]],
                "clob_token_ids": json.loads(each["clobTokenIds"]),
            }
            wanted["tag_id"] = [tag["id"] for tag in each.get("tags", [])]
            closed = query.get("closed", ["false"]) == ["true"]
            return each["closed"] is closed and all(
                set(has) & set(query[key]) for key, has in wanted.items() if key in query
            )

        return [each for each in self.markets if passes(each)]

    def _events(self, markets: list[Record]) -> list[Record]:
        found: dict[str, Record] = {}
        for each in markets:
            for event in each.get("events", []):
                around = {"active": True, "closed": False, "tags": each.get("tags", []), "markets": []}
                found.setdefault(event["id"], {**event, **around})["markets"].append(each)
        return list(found.values())

    def _tags(self) -> list[Record]:
        return list({tag["id"]: tag for each in self.markets for tag in each.get("tags", [])}.values())

    def _search(self, query: dict[str, list[str]]) -> Answer:
        words, page, limit = query["q"][0].casefold(), int(query["page"][0]), int(query["limit_per_type"][0])
        events = self._events([each for each in self.markets if words in each["question"].casefold()])
        some = events[(page - 1) * limit : page * limit]
        return says({"events": some, "pagination": {"hasMore": len(events) > page * limit}})

    def _keyset(self, key: str, records: list[Record], query: dict[str, list[str]]) -> Answer:
        start, limit = int(query.get("after_cursor", ["0"])[0]), int(query.get("limit", ["20"])[0])
        more = {"next_cursor": str(start + limit)} if len(records) > start + limit else {}
        return says({key: records[start : start + limit], **more})


def _slice(records: list[Record], query: dict[str, list[str]]) -> list[Record]:
    start, limit = int(query.get("offset", ["0"])[0]), int(query.get("limit", ["100"])[0])
    return records[start : start + limit]


@contextmanager
def exchange(settings: Settings, *scripts: Script, markets: list[Record]) -> Iterator[Exchange]:
    """Everything that asks Polymarket asks this one; ``scripts`` are what its market channel does."""
    made = Exchange(markets)
    with stand_in(made.behave) as server, market_channel(*scripts, books=made.books) as channel:
        made.channel = channel
        settings.POLYMARKET_URLS = {
            **dict.fromkeys(("gamma", "clob", "data"), server.url),
            "stream": channel.url,
        }
        yield made
