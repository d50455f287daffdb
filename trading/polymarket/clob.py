"""The order book by request: books, prices, tick sizes, price history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal

from trading.domain.errors import BadWire
from trading.domain.markets import PricePoint
from trading.domain.messages import Book
from trading.domain.vocabulary import Side
from trading.polymarket.http import Query, Service
from trading.polymarket.wire import clob as wire
from trading.polymarket.wire.values import a_list, each_of

Interval = Literal["1m", "1h", "6h", "1d", "1w", "max"]

_BOOKS_A_CALL: Final = 100


class Clob:
    """Raises MarketUnknown for a token without a book."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def book(self, token: str) -> Book:
        book = wire.book(await self._service.get("/book", {"token_id": token}), self._service.unknown)
        if book.token != token:
            raise BadWire("The book of another token came.", path="asset_id")
        return book

    async def books(self, tokens: Iterable[str]) -> dict[str, Book]:
        """By token; a token without a book is missing."""
        wanted = list(dict.fromkeys(tokens))
        found: dict[str, Book] = {}
        read = partial(wire.book, unknown=self._service.unknown)
        for start in range(0, len(wanted), _BOOKS_A_CALL):
            body = [{"token_id": token} for token in wanted[start : start + _BOOKS_A_CALL]]
            answer = a_list(await self._service.ask("/books", body))
            found |= {book.token: book for book in each_of(answer, read)}
        return {token: found[token] for token in wanted if token in found}

    async def price(self, token: str, side: Side) -> Decimal:
        """What an order of that side would meet first."""
        return wire.price_told(await self._get("/price", token, side=side.value.upper()))

    async def midpoint(self, token: str) -> Decimal:
        return wire.midpoint(await self._get("/midpoint", token))

    async def spread(self, token: str) -> Decimal:
        return wire.spread(await self._get("/spread", token))

    async def tick_size(self, token: str) -> Decimal:
        return wire.tick_size(await self._get("/tick-size", token))

    async def price_history(
        self,
        token: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        interval: Interval | None = None,
        fidelity_minutes: int | None = None,
    ) -> tuple[PricePoint, ...]:
        """Between two moments, or over an interval that ends now."""
        query: Query = {
            "market": token,
            "startTs": None if start is None else int(start.timestamp()),
            "endTs": None if end is None else int(end.timestamp()),
            "interval": interval,
            "fidelity": fidelity_minutes,
        }
        return wire.price_history(await self._service.get("/prices-history", query))

    async def _get(self, path: str, token: str, **more: str) -> Any:
        return await self._service.get(path, {"token_id": token, **more})
