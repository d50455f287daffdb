"""What an answer of ESI means: its data, how long it holds, and what it says when it is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from json import JSONDecoder
from typing import Any, Final, Never

import httpx

from orchestrator.core.clock import utc_now
from trading.eve.cache import Kept
from trading.eve.errors import (
    BadEsi,
    EsiAway,
    EsiForbidden,
    EsiLimited,
    EsiRefused,
    EsiUnknown,
    TokenRevoked,
)

MAINTENANCE: Final = (11, 0, 30)
"""From 11:00 UTC the cluster restarts every day; for half an hour errors are what one expects."""
_LIMITED: Final = frozenset({420, 429})


def limited(rest: float) -> EsiLimited:
    return EsiLimited(
        f"ESI asks for a rest of {max(1, round(rest)):,} s. The step can be tried again after it.",
        retry_after_seconds=rest,
    )


def fault(status: int, body: bytes, rest: float) -> Exception:
    said = _said(body)
    why = f" It says: “{said}”." if said else ""
    if status in _LIMITED:
        return limited(rest)
    if status == httpx.codes.UNAUTHORIZED:
        return TokenRevoked(f"EVE no longer accepts the character's consent. Connect it again.{why}")
    if status == httpx.codes.FORBIDDEN:
        return EsiForbidden(f"The character may not see this in its corporation.{why}")
    if status == httpx.codes.NOT_FOUND:
        return EsiUnknown(f"EVE knows nothing by that number.{why}")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return EsiAway(f"ESI has a problem of its own (HTTP {status}).{why}{about_now()}")
    return EsiRefused(f"ESI refuses the question (HTTP {status}).{why}")


def _said(body: bytes) -> str:
    try:
        told = parse(body)
    except BadEsi:
        return ""
    return str(told.get("error", ""))[:200] if isinstance(told, dict) else ""


def about_now() -> str:
    hour, minute, minutes = MAINTENANCE
    now = utc_now()
    begin = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if begin <= now < begin + timedelta(minutes=minutes):
        return " EVE restarts every day at 11:00 UTC; it should be back within half an hour."
    return ""


def answer(response: httpx.Response, body: bytes) -> Kept:
    asked = response.headers.get("x-pages", "1")
    pages = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    modified = (
        _moment(response.headers.get("last-modified")) or _moment(response.headers.get("date")) or utc_now()
    )
    return Kept(body, response.headers.get("etag", ""), modified, until(response), max(1, pages))


def renewed(kept: Kept, response: httpx.Response) -> Kept:
    """After a 304: the same, and found out again when ESI says so. Without a word of that it is as old as it
    was."""
    modified = _moment(response.headers.get("last-modified")) or kept.modified_at
    return Kept(kept.body, kept.etag, max(modified, kept.modified_at), until(response), kept.pages)


def until(response: httpx.Response) -> datetime:
    return _moment(response.headers.get("expires")) or utc_now()


def _moment(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = JSONDecoder(parse_float=Decimal, parse_constant=_refuse)


def parse(body: bytes) -> Any:
    """JSON with every amount as it was written."""
    try:
        return _DECODER.decode(body.decode())
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadEsi(f"ESI's answer is not JSON: {str(error)[:200]}.") from error


def rows_of(body: bytes) -> list[Any]:
    """Raises BadEsi for what is no list."""
    data = parse(body)
    if not isinstance(data, list):
        raise BadEsi("A page of ESI's answer is not a list.")
    return data
