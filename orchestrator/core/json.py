"""JSON as the product reads and writes it: one encoder, one decoder, one set of limits.

Everything that is stored or sent goes through here, so that a value means the same in memory, in
PostgreSQL's ``jsonb`` and on the wire.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeAlias

import orjson

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = "dict[str, Json]"

_NUL = b"\\u0000"


Written = orjson.Fragment
"""JSON text that ``dumps`` takes over as it is."""


class NotJson(ValueError):
    """The value cannot be stored as JSON; the message says why in a sentence."""


def loads(data: str | bytes) -> Any:
    """Parse JSON text. Raises NotJson with the position of the first fault."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotJson(f"This is not JSON: {error}.") from error


def dumps(value: object) -> bytes:
    """Encode as UTF-8 JSON. Dataclasses, datetimes (RFC 3339) and UUIDs are understood."""
    try:
        return orjson.dumps(value, option=orjson.OPT_UTC_Z)
    except (TypeError, ValueError) as error:
        raise NotJson(f"The value cannot be written as JSON: {error}.") from error


def pretty(value: object) -> str:
    """Indented text for people to read and edit."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z, default=str).decode()


def normalize(value: object, *, limit: int | None = None) -> Any:
    """The value as it will read back from storage: tuples become lists, datetimes strings.

    ``limit`` is the largest size in bytes. Raises NotJson for what JSON or ``jsonb`` cannot hold:
    foreign objects, integers beyond 64 bits, lone surrogates and the NUL character.
    """
    data = dumps(value)
    if limit is not None and len(data) > limit:
        raise NotJson(f"The value is {len(data):,} bytes as JSON; the limit is {limit:,}.")
    if _NUL in data and _holds_nul(orjson.loads(data)):
        raise NotJson("The value holds a NUL character (U+0000), which cannot be stored.")
    return orjson.loads(data)


def canonical(value: object) -> bytes:
    """The same bytes for equal values: keys sorted, no white space."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def checksum(value: object) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def depth_of(value: Json, *, limit: int) -> int:
    """How deep lists and objects nest, counted no further than ``limit + 1``."""
    level, layer = 0, [value]
    while layer and level <= limit:
        layer = [
            child
            for item in layer
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        level += 1
    return level


def _holds_nul(value: Json) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, list):
        return any(_holds_nul(item) for item in value)
    if isinstance(value, dict):
        return any("\x00" in key or _holds_nul(item) for key, item in value.items())
    return False
