"""Messages as lines of tapes: JSON objects whose decimals are text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from trading.domain.messages import (
    Book,
    Gap,
    Level,
    Message,
    PriceChange,
    Resolved,
    TickSize,
    Trade,
)
from trading.domain.money import ONE, ZERO, exact
from trading.domain.vocabulary import Side

MOST_LEVELS: Final = 10_000
LONGEST_ID: Final = 100
_MOST: Final = 10**15
_DECIMALS: Final = 30
"""As many as the wire may tell: whatever was recorded can be read again."""
_SIDES: Final = {side.value: side for side in Side}
_LATEST: Final = 32_503_680_000_000  # the year 3000
_REMEMBERED: Final = 65_536
"""Texts of numbers that are read once: a market's prices and most of its sizes come again and again."""


def encode(message: Message) -> dict[str, Any]:
    """The line of a message. Decimals are text."""
    match message:
        case Book(at, token, market, bids, asks):
            sides = {
                name: [[str(price), str(size)] for price, size in levels]
                for name, levels in (("bids", bids), ("asks", asks))
            }
            return {"kind": "book", "at": at, "token": token, "market": market, **sides}
        case PriceChange() | Trade():
            return {
                "kind": "change" if isinstance(message, PriceChange) else "trade",
                "at": message.at,
                "token": message.token,
                "market": message.market,
                "side": message.side.value,
                "price": str(message.price),
                "size": str(message.size),
            }
        case TickSize(at, token, market, tick):
            return {"kind": "tick", "at": at, "token": token, "market": market, "tick": str(tick)}
        case Resolved(at, market, winner):
            return {"kind": "resolved", "at": at, "market": market, "winner": winner}
        case Gap(at, token, market, reason):
            return {"kind": "gap", "at": at, "token": token, "market": market, "reason": reason}


def decode(line: dict[str, Any]) -> Message:
    """The message of a line. Raises ValueError, in words, for anything else."""
    kind = line.get("kind")
    read = _KINDS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise ValueError(f"“{kind}” is no kind of message")
    at = line.get("at")
    if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at <= _LATEST:
        raise ValueError(f"“at” is no time in milliseconds: {at!r}")
    return read(line, at)


def _id(line: dict[str, Any], name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise ValueError(f"“{name}” has to be text of at most {LONGEST_ID} characters")
    return value


def _levels(line: dict[str, Any], name: str) -> tuple[Level, ...]:
    levels = line.get(name)
    if not isinstance(levels, list) or len(levels) > MOST_LEVELS:
        raise ValueError(f"“{name}” has to be a list of at most {MOST_LEVELS:,} levels")
    found = []
    for level in levels:
        if not isinstance(level, list) or len(level) != 2:
            raise ValueError(f"“{name}” has a level that is no pair of price and size")
        found.append(Level(_price(level[0]), _size(level[1])))
    return tuple(found)


def _price(value: object) -> Decimal:
    price = _number_of_text(value) if type(value) is str else _number(value)
    if price > ONE:
        raise ValueError(f"{value} is no price between 0 and 1")
    return price


def _size(value: object) -> Decimal:
    return _number_of_text(value) if type(value) is str else _number(value)


@lru_cache(maxsize=_REMEMBERED)
def _number_of_text(value: str) -> Decimal:
    return _number(value)


def _number(value: object) -> Decimal:
    number = exact(value)
    if not ZERO <= number <= _MOST:
        raise ValueError(f"{value} is negative, or too great to be traded")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_DECIMALS:
        raise ValueError(f"{value} has more than {_DECIMALS} decimals")
    return number


def _side(line: dict[str, Any]) -> Side:
    value = line.get("side")
    side = _SIDES.get(value) if isinstance(value, str) else None
    if side is None:
        raise ValueError(f"“{value}” is no side")
    return side


def _book(line: dict[str, Any], at: int) -> Message:
    return Book(at, _id(line, "token"), _id(line, "market"), _levels(line, "bids"), _levels(line, "asks"))


def _moved(line: dict[str, Any], at: int) -> tuple[int, str, str, Side, Decimal, Decimal]:
    token, market = _id(line, "token"), _id(line, "market")
    return at, token, market, _side(line), _price(line.get("price")), _size(line.get("size"))


def _tick(line: dict[str, Any], at: int) -> Message:
    return TickSize(at, _id(line, "token"), _id(line, "market"), _price(line.get("tick")))


def _gap(line: dict[str, Any], at: int) -> Message:
    return Gap(at, _id(line, "token"), _id(line, "market"), str(line.get("reason", ""))[:200])


_KINDS: Final[dict[str, Callable[[dict[str, Any], int], Message]]] = {
    "book": _book,
    "change": lambda line, at: PriceChange(*_moved(line, at)),
    "trade": lambda line, at: Trade(*_moved(line, at)),
    "tick": _tick,
    "resolved": lambda line, at: Resolved(at, _id(line, "market"), _id(line, "winner")),
    "gap": _gap,
}
