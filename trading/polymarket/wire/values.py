"""Exact values out of JSON: text, decimals, moments, lists in strings, each fault with its path."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Never, TypeAlias, TypeVar

from trading.domain.errors import BadWire
from trading.domain.money import ONE, ZERO
from trading.domain.vocabulary import Side

Object: TypeAlias = dict[str, Any]
Parsed = TypeVar("Parsed")

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_ID: Final = re.compile(r"[0-9A-Za-z_:.-]{1,128}", re.ASCII)
_LONGEST_NUMBER: Final = 64
_LARGEST: Final = Decimal(10) ** 15
_FINEST: Final = -30
_LONGEST_TEXT: Final = 100_000
_YEAR_2200_MS: Final = 7_258_118_400_000
_MOST_KINDS: Final = 500


class Unknown:
    """How often what was met that this version does not know, by name; names beyond a bound are one."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, name: str) -> None:
        known = name in self.counts or len(self.counts) < _MOST_KINDS
        self.counts[name[:100] if known else "…"] += 1

    def fields(self, kind: str, names: Iterable[str]) -> None:
        for name in names:
            self.count(f"{kind}.{name}")


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)


def parse(data: str | bytes) -> Any:
    """JSON with every number as it was written: ``0.1`` is a tenth, not the float beside it."""
    try:
        return _DECODER.decode(data if isinstance(data, str) else data.decode())
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadWire(f"This is not JSON: {str(error)[:200]}.") from error


def an_object(value: Any) -> Object:
    if not isinstance(value, dict):
        raise BadWire(f"An object is expected, not {_kind(value)}.")
    return value


def a_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadWire(f"A list is expected, not {_kind(value)}.")
    return value


def each(record: Object, key: str, read: Callable[[Any], Parsed]) -> tuple[Parsed, ...]:
    """Every item of a list, none where there is no list."""
    value = record.get(key)
    if value is None:
        return ()
    try:
        items = a_list(value)
    except BadWire as fault:
        raise fault.under(key) from None
    return each_of(items, read, key)


def each_of(items: list[Any], read: Callable[[Any], Parsed], path: str = "") -> tuple[Parsed, ...]:
    found: list[Parsed] = []
    try:
        for item in items:
            found.append(read(item))
    except BadWire as fault:
        raise fault.under(f"{path}[{len(found)}]") from None
    return tuple(found)


def need(record: Object, key: str, read: Callable[[Any], Parsed]) -> Parsed:
    """What must be there."""
    try:
        return read(record[key])
    except KeyError:
        raise BadWire("It is missing.", path=key) from None
    except BadWire as fault:
        raise fault.under(key) from None


def maybe(record: Object, key: str, read: Callable[[Any], Parsed]) -> Parsed | None:
    """What may be absent, null or empty."""
    value = record.get(key)
    if value is None or value == "":
        return None
    try:
        return read(value)
    except BadWire as fault:
        raise fault.under(key) from None


def text(value: Any) -> str:
    """Text that a database can hold."""
    if not isinstance(value, str):
        raise BadWire(f"Text is expected, not {_kind(value)}.")
    if len(value) > _LONGEST_TEXT or "\x00" in value or not _encodes(value):
        raise BadWire("The text is too long or holds characters that cannot be stored.")
    return value


def identifier(value: Any) -> str:
    """A token, condition or record id: a short word, which some answers write as a number."""
    word = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(word, str) or not _ID.fullmatch(word):
        raise BadWire(f"An id is expected, not {_kind(value)}.")
    return word


def flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise BadWire(f"True or false is expected, not {_kind(value)}.")


def number(value: Any) -> Decimal:
    """A number below 10^15, as text or as a number; a float is taken by its shortest text."""
    if isinstance(value, str):
        return _number(value)
    if isinstance(value, float):
        return _number(repr(value))
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return _bounded(Decimal(value))
    raise BadWire(f"A number is expected, not {_kind(value)}.")


def amount(value: Any) -> Decimal:
    found = number(value)
    if found < ZERO:
        raise BadWire(f"{found} is below zero.")
    return found


def price(value: Any) -> Decimal:
    found = number(value)
    if not ZERO <= found <= ONE:
        raise BadWire(f"{found} is not a price between 0 and 1.")
    return found


def positive(value: Any) -> Decimal:
    found = number(value)
    if found <= ZERO:
        raise BadWire(f"{found} is not above zero.")
    return found


@lru_cache(maxsize=4096)
def _number(word: str) -> Decimal:
    if len(word) > _LONGEST_NUMBER or not _NUMBER.fullmatch(word):
        raise BadWire(f"{word[:40]!r} is not a number.")
    return _bounded(Decimal(word))


def _bounded(found: Decimal) -> Decimal:
    exponent = found.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _FINEST or not -_LARGEST < found < _LARGEST:
        raise BadWire("The number is too large or too fine.")
    return found


@lru_cache(maxsize=16)
def _side(word: str) -> Side:
    try:
        return Side(word.lower())
    except ValueError:
        raise BadWire(f"{word[:40]!r} is neither BUY nor SELL.") from None


def side(value: Any) -> Side:
    if not isinstance(value, str) or len(value) > len("SELL"):
        raise BadWire("BUY or SELL is expected.")
    return _side(value)


def milliseconds(value: Any) -> int:
    """A moment since 1970 UTC, told in milliseconds."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 15:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _YEAR_2200_MS:
        raise BadWire(f"A moment in milliseconds is expected, not {_kind(value)}.")
    return value


def seconds(value: Any) -> int:
    """A moment told in seconds, in milliseconds."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadWire(f"A moment in seconds is expected, not {_kind(value)}.")
    return milliseconds(value * 1000)


def moment(value: Any) -> datetime:
    """A date in any of the forms that are about: with T or a space, with Z, +00 or no zone, or a day."""
    if not isinstance(value, str) or not 8 <= len(value) <= 40:
        raise BadWire(f"A date is expected, not {_kind(value)}.")
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadWire(f"{value!r} is not a date.") from None


def packed_list(value: Any) -> list[Any]:
    """A list, or one that was written as JSON into a string."""
    return a_list(parse(value) if isinstance(value, str) else value)


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool() | int() | float() | Decimal():
            return str(value)[:40] if not isinstance(value, int) or abs(value) < 10**18 else "a huge number"
        case str():
            return repr(value[:40])
        case list():
            return "a list"
        case _:
            return "an object"
