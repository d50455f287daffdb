"""All that can be read from Polymarket, in one place, by the addresses of the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from django.conf import settings

from trading.domain.markets import NewMarket
from trading.polymarket.clob import Clob
from trading.polymarket.data import Data
from trading.polymarket.gamma import Gamma
from trading.polymarket.http import HttpOptions, Service, make_client
from trading.polymarket.options import StreamOptions
from trading.polymarket.stream import MarketStream


@dataclass(frozen=True, slots=True)
class Polymarket:
    gamma: Gamma
    clob: Clob
    data: Data


@asynccontextmanager
async def open_polymarket(options: HttpOptions | None = None) -> AsyncIterator[Polymarket]:
    """For the running event loop."""
    chosen = options or HttpOptions()
    urls = settings.POLYMARKET_URLS
    async with make_client(chosen) as client:

        def service(name: str) -> Service:
            return Service(name, urls[name], client, chosen)

        yield Polymarket(Gamma(service("gamma")), Clob(service("clob")), Data(service("data")))


def market_stream(
    tokens: Iterable[str],
    *,
    options: StreamOptions | None = None,
    on_new_market: Callable[[NewMarket], None] | None = None,
) -> MarketStream:
    """Not yet open: use it with ``async with``."""
    url = settings.POLYMARKET_URLS["stream"]
    return MarketStream(url, tokens, options=options, on_new_market=on_new_market)
