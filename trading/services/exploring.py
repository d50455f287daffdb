"""Looking for markets at the exchange: what it has, and which is known here. Nothing is kept by looking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.utils.text import slugify

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed
from trading.domain.addresses import Kind, Typed, read_typed
from trading.domain.errors import ExchangeAway, MarketUnknown
from trading.domain.markets import Market as Found
from trading.models import Market
from trading.polymarket.client import Polymarket, open_polymarket
from trading.polymarket.discovery import discover
from trading.polymarket.gamma import MarketFilter, Page
from trading.polymarket.http import HttpOptions
from trading.services.refreshing import fetch_market

PAGE: Final = 25
LONGEST: Final = 300
_PATIENCE: Final = HttpOptions(attempts=2, timeout_seconds=4.0, answer_seconds=6.0, longest_pause=1.0)
"""Somebody waits in front of a page."""
_SECONDS: Final = 12.0
_ORDERS: Final = {"-volume": "volumeNum", "ends_at": "endDate", "-id": "startDate"}
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. ``typed`` are words or what names a market, ``days`` how soon it ends at latest.

    ``state`` is open or closed, or empty for either where ``typed`` has words, and open where it has none.
    """

    typed: str = ""
    category: str = ""
    state: str = ""
    days: int | None = None
    min_volume: Decimal | None = None
    ordering: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """``known`` has the rows of those that are kept here, by condition id; ``faulty`` counts what could not
    be read. ``next`` is empty at the end."""

    markets: tuple[Found, ...]
    known: dict[str, Market]
    next: str = ""
    faulty: int = 0
    is_exact: bool = False


def find_markets(wanted: Wanted) -> Findings:
    """Ask the exchange; an unknown name finds nothing. Raises InvalidInput, and the exchange's errors."""
    if max(len(wanted.typed), len(wanted.category), len(wanted.after)) > LONGEST:
        raise InvalidInput(f"At most {LONGEST} characters.", fields={"search": [f"At most {LONGEST}."]})
    typed = read_typed(wanted.typed)
    if typed.kind is Kind.NOWHERE:
        message = "This address of Polymarket leads to no market: paste one of an event or a market."
        raise InvalidInput(message, fields={"search": [message]})

    async def ask(polymarket: Polymarket) -> Page[Found]:
        if typed.is_exact:
            return Page(await _named(polymarket, typed), "", ())
        filters = _filter(wanted, has_words=typed.kind is Kind.WORDS)
        return await discover(
            polymarket.gamma,
            words=typed.value,
            category=slugify(wanted.category),
            wanted=filters,
            after=wanted.after,
            limit=PAGE,
        )

    page = _ask(ask)
    tradable = tuple(each for each in page.items if each.tokens)
    rows = Market.objects.filter(condition_id__in=[each.condition_id for each in tradable])
    known = {each.condition_id: each for each in rows}
    return Findings(tradable, known, page.next, len(page.faults), typed.is_exact)


def add_market(user: User, name: str) -> Market:
    """Keep a market of the exchange here, or bring it up to date, by its condition id, slug or a token.

    Raises NotAllowed, MarketUnknown, InvalidInput, and what the exchange's errors are.
    """
    if not user.may_build:
        raise NotAllowed("Your role lets you look at markets, not add them.")
    typed = read_typed(name)
    if typed.kind in (Kind.EVENT, Kind.NOWHERE):
        message = "Name one market: its condition id, its slug or a token."
        raise InvalidInput(message, fields={"market": [message]})
    return fetch_market(typed.value, options=_PATIENCE)


async def _named(polymarket: Polymarket, typed: Typed) -> tuple[Found, ...]:
    gamma = polymarket.gamma
    try:
        match typed.kind:
            case Kind.CONDITION:
                return (await gamma.market(typed.value),)
            case Kind.TOKEN:
                return (await gamma.market_of_token(typed.value),)
            case Kind.EVENT:
                return (await gamma.event_by_slug(typed.value)).markets
        try:
            return (await gamma.market_by_slug(typed.value),)
        except MarketUnknown:  # of an event with one market the second part is often not the market's slug
            return (await gamma.event_by_slug(typed.event)).markets if typed.event else ()
    except MarketUnknown:
        return ()


def _filter(wanted: Wanted, *, has_words: bool) -> MarketFilter:
    closed = {"open": False, "closed": True}.get(wanted.state, None if has_words else False)
    now = utc_now()
    return MarketFilter(
        closed=closed,
        order=_ORDERS.get(wanted.ordering),
        ascending=wanted.ordering == "ends_at",
        volume_min=wanted.min_volume,
        ends_after=now if wanted.days or (wanted.ordering == "ends_at" and closed is False) else None,
        ends_before=now + timedelta(days=wanted.days) if wanted.days else None,
    )


def _ask(ask: Callable[[Polymarket], Coroutine[Any, Any, _Answer]]) -> _Answer:
    """In an event loop of its own, within the time that somebody waits."""

    async def run() -> _Answer:
        async with asyncio.timeout(_SECONDS), open_polymarket(_PATIENCE) as polymarket:
            return await ask(polymarket)

    try:
        return asyncio.run(run())
    except TimeoutError as error:
        raise ExchangeAway(f"Polymarket did not answer within {_SECONDS:g} seconds.") from error
