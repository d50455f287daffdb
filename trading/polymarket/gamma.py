"""Gamma, where markets are found: by page, by id, by text, by category."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

from trading.domain.errors import BadWire, MarketUnknown
from trading.domain.markets import Event, Market, Tag
from trading.polymarket.http import Query, Service, segment
from trading.polymarket.wire import gamma as wire
from trading.polymarket.wire.values import a_list, an_object, flag, maybe, need, text

Item = TypeVar("Item")

MARKETS_A_PAGE: Final = 100
"""The most that the service gives."""
_TAGS_A_PAGE: Final = 100
_MOST_IDS: Final = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """``faults`` are entries that could not be read, left out of the items; ``next`` is empty at the end."""

    items: tuple[Item, ...]
    next: str
    faults: tuple[BadWire, ...]


@dataclass(frozen=True, slots=True)
class MarketFilter:
    """None: either way. ``order`` is a field of Gamma's, such as ``volume24hr`` or ``endDate``."""

    active: bool | None = None
    closed: bool | None = False
    archived: bool | None = None
    tag_id: str | None = None
    order: str | None = None
    ascending: bool = False
    volume_min: Decimal | None = None
    liquidity_min: Decimal | None = None
    ends_after: datetime | None = None
    ends_before: datetime | None = None

    def ordered(self) -> MarketFilter:
        """By what was traded in a day, most first, unless an order is set."""
        return self if self.order else replace(self, order="volume24hr", ascending=False)

    def within(self, tag_id: str | None) -> MarketFilter:
        return replace(self, tag_id=tag_id)

    def admits(self, market: Market) -> bool:
        """Whether a market that was found otherwise passes, too; its tag and the order are not looked at."""
        flags = ((self.active, market.active), (self.closed, market.closed), (self.archived, market.archived))
        if any(wanted is not None and wanted != has for wanted, has in flags):
            return False
        ends = market.end_at
        return (
            (self.volume_min is None or market.volume >= self.volume_min)
            and (self.liquidity_min is None or market.liquidity >= self.liquidity_min)
            and (self.ends_after is None or (ends is not None and ends >= self.ends_after))
            and (self.ends_before is None or (ends is not None and ends <= self.ends_before))
        )

    def query(self) -> dict[str, str | bool | None]:
        return {
            "active": self.active,
            "closed": self.closed,
            "archived": self.archived,
            "tag_id": self.tag_id,
            "related_tags": True if self.tag_id else None,
            "order": self.order,
            "ascending": self.ascending if self.order else None,
            "volume_num_min": None if self.volume_min is None else str(self.volume_min),
            "liquidity_num_min": None if self.liquidity_min is None else str(self.liquidity_min),
            "end_date_min": None if self.ends_after is None else self.ends_after.isoformat(),
            "end_date_max": None if self.ends_before is None else self.ends_before.isoformat(),
        }


class Gamma:
    def __init__(self, service: Service) -> None:
        self._service = service

    async def markets(
        self, wanted: MarketFilter | None = None, *, after: str = "", limit: int = MARKETS_A_PAGE
    ) -> Page[Market]:
        """One page; ``after`` is the ``next`` of the one before."""
        query: Query = {
            **(wanted or MarketFilter()).query(),
            "limit": min(limit, MARKETS_A_PAGE),
            "after_cursor": after or None,
            "include_tag": True,
        }
        return _page(await self._service.get("/markets/keyset", query), "markets", self._market)

    async def events(
        self, wanted: MarketFilter | None = None, *, after: str = "", limit: int = MARKETS_A_PAGE
    ) -> Page[Event]:
        query: Query = {
            **(wanted or MarketFilter()).query(),
            "limit": min(limit, MARKETS_A_PAGE),
            "after_cursor": after or None,
        }
        return _page(await self._service.get("/events/keyset", query), "events", self._event)

    async def every_market(
        self, wanted: MarketFilter | None = None, *, most: int = 10_000
    ) -> AsyncIterator[Market]:
        """Page by page up to ``most``, each market once. Raises BadWire if the cursor goes in a circle."""
        after, given = "", 0
        cursors: set[str] = set()
        seen: set[str] = set()
        while True:
            page = await self.markets(wanted, after=after)
            for market in page.items:
                if market.condition_id not in seen:
                    seen.add(market.condition_id)
                    yield market
                    given += 1
                    if given == most:
                        return
            if not page.next:
                return
            if page.next in cursors:
                raise BadWire("The cursor goes in a circle.", path="next_cursor")
            cursors.add(page.next)
            after = page.next

    async def market(self, condition_id: str) -> Market:
        """Open or closed. Raises MarketUnknown."""
        return await self._one("condition_ids", condition_id)

    async def market_of_token(self, token: str) -> Market:
        """The market whose outcome a token is. Raises MarketUnknown."""
        return await self._one("clob_token_ids", token)

    async def markets_of_tokens(self, tokens: list[str]) -> dict[str, Market]:
        """By token; a token that nobody knows is missing."""
        found: dict[str, Market] = {}
        for closed in (False, True):
            left = [token for token in tokens if token not in found]
            for start in range(0, len(left), _MOST_IDS):
                some = left[start : start + _MOST_IDS]
                for market in (await self._by_ids("clob_token_ids", some, closed=closed)).items:
                    found |= dict.fromkeys(market.tokens, market)
        return {token: found[token] for token in tokens if token in found}

    async def market_by_slug(self, slug: str) -> Market:
        return self._market(await self._service.get(f"/markets/slug/{segment(slug)}"))

    async def event_by_slug(self, slug: str) -> Event:
        return self._event(await self._service.get(f"/events/slug/{segment(slug)}"))

    async def tags(self, *, most: int = 2_000) -> tuple[Tag, ...]:
        """All categories, by label."""
        found: dict[str, Tag] = {}
        for offset in range(0, most, _TAGS_A_PAGE):
            answer = a_list(await self._service.get("/tags", {"limit": _TAGS_A_PAGE, "offset": offset}))
            page = _page({"tags": answer}, "tags", wire.tag)
            found |= {tag.tag_id: tag for tag in page.items}
            if len(answer) < _TAGS_A_PAGE:
                break
        return tuple(sorted(found.values(), key=lambda tag: (tag.label.casefold(), tag.tag_id)))

    async def tag_by_slug(self, slug: str) -> Tag:
        return wire.tag(await self._service.get(f"/tags/slug/{segment(slug)}"))

    async def search(
        self, words: str, *, page: int = 1, limit: int = 20, status: str | None = "active"
    ) -> Page[Event]:
        """Events with their markets by free text; ``next`` is the number of the next page."""
        query: Query = {"q": words, "limit_per_type": limit, "page": page, "events_status": status}
        answer = an_object(await self._service.get("/public-search", query))
        found = _page(answer, "events", self._event)
        paging = maybe(answer, "pagination", an_object) or {}
        return replace(found, next=str(page + 1) if maybe(paging, "hasMore", flag) else "")

    async def _one(self, key: str, value: str) -> Market:
        for closed in (False, True):  # unasked, the service tells of open ones only
            page = await self._by_ids(key, [value], closed=closed)
            for market in page.items:
                if value == market.condition_id or value in market.tokens:
                    return market
            if page.faults:
                raise page.faults[0]
        raise MarketUnknown(f"Polymarket has no market {value[:100]}.")

    async def _by_ids(self, key: str, values: list[str], *, closed: bool) -> Page[Market]:
        query: Query = {key: values, "closed": closed, "limit": len(values), "include_tag": True}
        return _page(await self._service.get("/markets/keyset", query), "markets", self._market)

    def _market(self, value: Any) -> Market:
        return wire.market(value, self._service.unknown)

    def _event(self, value: Any) -> Event:
        return wire.event(value, self._service.unknown)


def _page(answer: Any, key: str, read: Callable[[Any], Item]) -> Page[Item]:
    """What can be read, and a fault for each entry that cannot: one bad market does not hide a hundred."""
    record = an_object(answer)
    items: list[Item] = []
    faults: list[BadWire] = []
    for index, value in enumerate(need(record, key, a_list) if record.get(key) is not None else []):
        try:
            items.append(read(value))
        except BadWire as fault:
            faults.append(fault.under(f"{key}[{index}]"))
    return Page(tuple(items), maybe(record, "next_cursor", text) or "", tuple(faults))
