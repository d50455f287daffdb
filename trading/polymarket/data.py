"""The Data API: what wallets hold and traded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Final, TypeVar

from trading.domain.markets import WalletPosition, WalletTrade
from trading.polymarket.http import Query, Service
from trading.polymarket.wire import data as wire
from trading.polymarket.wire.values import a_list, each_of

Item = TypeVar("Item")

_A_PAGE: Final = 500
_LAST_OFFSET: Final = 10_000
"""The service gives nothing beyond."""


class Data:
    def __init__(self, service: Service) -> None:
        self._service = service

    async def positions(self, wallet: str, *, condition_id: str | None = None) -> tuple[WalletPosition, ...]:
        """All of a wallet, each token once."""
        query: Query = {"user": wallet, "market": condition_id, "sizeThreshold": 0}
        found = {each.token: each async for each in self._every("/positions", query, wire.position)}
        return tuple(found.values())

    async def trades(
        self, *, wallet: str | None = None, condition_id: str | None = None, most: int = 10_000
    ) -> tuple[WalletTrade, ...]:
        """Newest first. Paging moves while people trade: what comes twice is given once."""
        query: Query = {"user": wallet, "market": condition_id}
        found: dict[WalletTrade, None] = {}
        async for trade in self._every("/trades", query, wire.trade):
            found[trade] = None
            if len(found) == most:
                break
        return tuple(found)

    async def _every(self, path: str, query: Query, read: Callable[[Any], Item]) -> AsyncIterator[Item]:
        for offset in range(0, _LAST_OFFSET, _A_PAGE):
            answer = a_list(await self._service.get(path, {**query, "limit": _A_PAGE, "offset": offset}))
            for item in each_of(answer, read):
                yield item
            if len(answer) < _A_PAGE:
                return
