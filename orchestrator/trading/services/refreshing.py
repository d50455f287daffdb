"""Markets are read from Polymarket: those that somebody looks for, records or holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

from orchestrator.core.errors import DomainError, InvalidInput
from orchestrator.trading.domain.errors import MarketUnknown
from orchestrator.trading.domain.markets import Market as Found
from orchestrator.trading.domain.vocabulary import TapeStatus
from orchestrator.trading.models import Market, Position, Tape
from orchestrator.trading.polymarket.client import Polymarket, open_polymarket
from orchestrator.trading.polymarket.discovery import discover
from orchestrator.trading.services.markets import keep_markets

log = structlog.get_logger(__name__)
_Answer = TypeVar("_Answer")

MOST_FOUND: Final = 500
MOST_FOLLOWED: Final = 2_000
_LONGEST: Final = 300


def find_markets(*, words: str = "", category: str = "", most: int = 100) -> list[Market]:
    """Ask the exchange for open markets, by words, by the slug of a category, or those traded most today.

    Raises MarketUnknown for a category that does not exist, InvalidInput, and what the exchange's errors are.
    """
    if len(words) > _LONGEST or len(category) > _LONGEST:
        raise InvalidInput(f"At most {_LONGEST} characters.", fields={"search": ["Too long."]})

    async def ask(polymarket: Polymarket) -> list[Found]:
        found: list[Found] = []
        after = ""
        while len(found) < min(most, MOST_FOUND):
            page = await discover(polymarket.gamma, words=words, category=category, after=after)
            found += page.items
            after = page.next
            if not after:
                break
        return found[: min(most, MOST_FOUND)]

    return keep_markets(_ask(ask))


def fetch_market(name: str) -> Market:
    """One market, open or closed, by its condition id, its slug or a token.

    Raises MarketUnknown, InvalidInput, and what the exchange's errors are.
    """
    name = name.strip()
    if not 0 < len(name) <= _LONGEST:
        raise InvalidInput("Name a market.", fields={"market": ["A condition id, a slug or a token."]})

    async def ask(polymarket: Polymarket) -> Found:
        gamma = polymarket.gamma
        if name.startswith("0x"):
            return await gamma.market(name)
        if name.isdecimal():
            return await gamma.market_of_token(name)
        return await gamma.market_by_slug(name)

    kept = keep_markets([_ask(ask)])
    if not kept:
        raise MarketUnknown(f"Market {name[:100]} is not traded in an order book.")
    return kept[0]


def refresh_followed() -> int:
    """Read anew what is recorded or held and not resolved; answers with how many markets were read.

    What cannot be reached is tried again the next time.
    """
    tokens = followed_tokens()
    if not tokens:
        return 0

    async def ask(polymarket: Polymarket) -> list[Found]:
        found = await polymarket.gamma.markets_of_tokens(tokens)
        return list({market.condition_id: market for market in found.values()}.values())

    try:
        return len(keep_markets(_ask(ask)))
    except DomainError as error:
        log.warning("markets_not_refreshed", error=str(error))
        return 0


def followed_tokens() -> list[str]:
    """Tokens that are recorded or held; without those of generated or resolved markets."""
    recorded = Tape.objects.filter(status=TapeStatus.RECORDING.value).values_list("tokens", flat=True)
    held = Position.objects.filter(size__gt=0).values_list("token", flat=True).distinct()
    wanted = sorted({*held, *(token for tokens in recorded for token in tokens)})
    over: set[str] = set()
    for token in wanted[:MOST_FOLLOWED]:
        rows = Market.objects.filter(outcomes__contains=[{"token": token}])
        market = rows.only("is_generated", "winner").first()
        if market is not None and (market.is_generated or market.winner):
            over.add(token)
    return [token for token in wanted[:MOST_FOLLOWED] if token not in over]


def _ask(ask: Callable[[Polymarket], Coroutine[Any, Any, _Answer]]) -> _Answer:
    """In an event loop of its own: never inside a transaction, which would be held open meanwhile."""

    async def run() -> _Answer:
        async with open_polymarket() as polymarket:
            return await ask(polymarket)

    return asyncio.run(run())
