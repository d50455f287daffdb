"""A market channel on this machine in the exchange's own shapes, for a process of its own.

``python -m trading.bench.exchange RATE TOKENS`` prints its address, then sends that many
messages a second to who subscribes, each in a frame of its own and with the time at which it is sent.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any, Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from orchestrator.core import json
from trading.domain.benchmark import generate
from trading.domain.book import Books, OrderBook
from trading.domain.messages import Book, Level, Message, PriceChange, Trade
from trading.domain.vocabulary import Side

_ENDLESS: Final = 10**9
_TOGETHER: Final = 20
"""Messages between two looks at the clock."""
_WIRE_SIDES: Final = {Side.BUY: "BUY", Side.SELL: "SELL"}


def names_of(count: int) -> dict[str, str]:
    """By token its market, as the exchange has them: long ones."""
    return {_token(number): _market(number) for number in range(count)}


def _token(number: int) -> str:
    return f"{number + 1}{'7' * 70}"


def _market(number: int) -> str:
    return f"0x{number + 1:064x}"


class Market:
    """What the exchange knows: its books, and what happens next."""

    def __init__(self, tokens: int) -> None:
        self._stream = generate(_ENDLESS, tokens=tokens)
        self._books = Books()
        for _ in range(tokens):  # the first message of each token is its book
            self._books.apply(next(self._stream))

    def books(self, tokens: list[str], now: int) -> list[dict[str, Any]]:
        by_name = {_token(int(name) - 1): book for name, book in self._books.by_token.items()}
        return [_whole(by_name[token], now) for token in tokens if token in by_name]

    def happen(self, now: int) -> dict[str, Any]:
        """What happens next, as of now."""
        message = next(self._stream)
        book = self._books.apply(message)
        assert book is not None
        return _event(message, book, now)


def _whole(book: OrderBook, now: int) -> dict[str, Any]:
    number = int(book.token) - 1
    sides = {"bids": Side.BUY, "asks": Side.SELL}
    return {
        "event_type": "book",
        "asset_id": _token(number),
        "market": _market(number),
        "timestamp": str(now),
        "hash": "0x0",
        **{name: [_level(each) for each in book.levels(side)] for name, side in sides.items()},
    }


def _level(level: Level) -> dict[str, str]:
    return {"price": str(level.price), "size": str(level.size)}


def _event(message: Message, book: OrderBook, now: int) -> dict[str, Any]:
    number = int(book.token) - 1
    token = {"asset_id": _token(number)}
    around = {"market": _market(number), "timestamp": str(now)}
    match message:
        case Book():
            return _whole(book, now)
        case Trade():
            return {
                "event_type": "last_trade_price",
                "fee_rate_bps": "0",
                **token,
                **around,
                **_what(message),
            }
        case PriceChange():
            best = {"best_bid": str(book.best_bid or 0), "best_ask": str(book.best_ask or 1)}
            change = {**token, **_what(message), "hash": "0x0", **best}
            return {"event_type": "price_change", "price_changes": [change], **around}
    raise AssertionError(message)


def _what(message: PriceChange | Trade) -> dict[str, str]:
    return {"side": _WIRE_SIDES[message.side], "price": str(message.price), "size": str(message.size)}


def _now() -> int:
    return time.time_ns() // 1_000_000


async def _talk(socket: ServerConnection, market: Market, rate: int) -> None:
    """Books to who subscribes; then what happens, without end. PING is answered."""
    sending: asyncio.Task[None] | None = None
    try:
        async for data in socket:
            if data == "PING":
                await socket.send("PONG")
                continue
            asked = json.loads(data)
            if asked.get("operation") != "unsubscribe":
                await socket.send(json.dumps(market.books(asked["assets_ids"], _now())).decode())
                sending = sending or asyncio.create_task(_send(socket, market, rate))
    except ConnectionClosed:
        pass
    finally:
        if sending is not None:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


async def _send(socket: ServerConnection, market: Market, rate: int) -> None:
    """As many as are due by the clock: what was late is made up for."""
    began, sent = time.monotonic(), 0
    while True:
        for _ in range(_TOGETHER):
            await socket.send(json.dumps(market.happen(_now())).decode())
        sent += _TOGETHER
        await asyncio.sleep(max(0.0, began + sent / rate - time.monotonic()))


async def _serve(rate: int, tokens: int) -> None:
    market = Market(tokens)

    async def talk(socket: ServerConnection) -> None:
        await _talk(socket, market, rate)

    async with serve(talk, "127.0.0.1", 0, ping_interval=None, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        sys.stdout.write(f"ws://127.0.0.1:{port}/ws/market\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
