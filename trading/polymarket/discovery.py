"""How people find markets: by words, by category, by what is traded most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.core.errors import InvalidInput
from trading.domain.markets import Event, Market, Tag
from trading.domain.money import ZERO
from trading.polymarket.gamma import Gamma, MarketFilter, Page


@dataclass(frozen=True, slots=True)
class Category:
    """A tag with what is going on under it: open events and what was traded in their markets in a day."""

    tag: Tag
    events: int
    volume_24h: Decimal


async def discover(
    gamma: Gamma,
    *,
    words: str = "",
    category: str = "",
    wanted: MarketFilter | None = None,
    after: str = "",
    limit: int = 50,
) -> Page[Market]:
    """A page of markets; ``category`` is the slug of a tag, ``after`` the ``next`` of the page before.

    With words in the order of the search, else as ``wanted`` says, most traded first where it says nothing.
    Raises MarketUnknown for a category that does not exist, InvalidInput for an ``after`` of somebody else.
    """
    chosen = wanted or MarketFilter()
    if words.strip():
        return await _by_words(gamma, words.strip(), category, chosen, after, limit)
    tag_id = (await gamma.tag_by_slug(category)).tag_id if category else chosen.tag_id
    return await gamma.markets(chosen.ordered().within(tag_id), after=after, limit=limit)


async def categories(gamma: Gamma, *, most: int = 30) -> tuple[Category, ...]:
    """Those of the events that are traded most today, the busiest first.

    Gamma's own list of tags holds thousands, most of them about nothing that is open: it is for searching.
    """
    page = await gamma.events(MarketFilter(closed=False).ordered())
    return busiest(page.items)[:most]


def busiest(events: Iterable[Event]) -> tuple[Category, ...]:
    found: dict[Tag, list[Decimal]] = defaultdict(list)
    for event in events:
        volume = sum((market.volume_24h for market in event.markets), ZERO)
        for tag in set(event.tags):
            found[tag].append(volume)
    ranked = (Category(tag, len(volumes), sum(volumes, ZERO)) for tag, volumes in found.items())
    return tuple(sorted(ranked, key=lambda each: (-each.volume_24h, each.tag.label)))


async def _by_words(
    gamma: Gamma, words: str, category: str, wanted: MarketFilter, after: str, limit: int
) -> Page[Market]:
    """The search knows events: their markets are what is asked for, as far as they pass the filter."""
    if after and not (after.isascii() and after.isdecimal() and len(after) < 6):
        raise InvalidInput("This is not the next page of a search.", fields={"after": ["Unknown page."]})
    status = "active" if wanted.closed is False else None
    page = await gamma.search(words, page=int(after or 1), limit=limit, status=status)
    markets = {
        market.condition_id: market
        for event in page.items
        for market in event.markets
        if wanted.admits(market) and (not category or any(tag.slug == category for tag in market.tags))
    }
    return Page(tuple(markets.values()), page.next, page.faults)
