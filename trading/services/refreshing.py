"""Markets are read from Polymarket: those that somebody adds, records or holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

from orchestrator.core.errors import DomainError, InvalidInput
from trading.domain.errors import MarketUnknown
from trading.domain.markets import Market as Found
from trading.domain.vocabulary import TapeStatus
from trading.models import Market, Position, Tape
from trading.polymarket.client import Polymarket, open_polymarket
from trading.polymarket.http import HttpOptions
from trading.services.markets import keep_markets

log = structlog.get_logger(__name__)
_Answer = TypeVar("_Answer")

MOST_FOLLOWED: Final = 2_000
_LONGEST: Final = 300


def fetch_market(name: str, *, options: HttpOptions | None = None) -> Market:
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

    kept = keep_markets([_ask(ask, options)])
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


def _ask(
    ask: Callable[[Polymarket], Coroutine[Any, Any, _Answer]], options: HttpOptions | None = None
) -> _Answer:
    """In an event loop of its own: never inside a transaction, which would be held open meanwhile."""

    async def run() -> _Answer:
        async with open_polymarket(options) as polymarket:
            return await ask(polymarket)

    return asyncio.run(run())
