"""When a bar opened, as files of candles write it: one way of writing for the whole file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

_NUMBER: Final = re.compile(r"\d{9,17}(\.\d+)?")
_SLASHED: Final = re.compile(
    r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_DOTTED: Final = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T,]+(\d{2}):?(\d{2}):?(\d{2})?)?")

Reader = Callable[[str], int]
"""Seconds since 1970. Raises ValueError."""


class Ambiguous(ValueError):
    """Days and months cannot be told apart: 03/04/2024."""


def reader_for(samples: Sequence[str], *, day_first: bool | None = None) -> Reader:
    """How these moments are written. Times without a zone are in UTC.

    Known are numbers of seconds, milli- and microseconds since 1970, ISO 8601, 2024.03.31 23:59, 20240331,
    31.03.2024 and 3/31/2024. Raises ValueError for what is none of these, and Ambiguous.
    """
    first = samples[0].strip() if samples else ""
    if _NUMBER.fullmatch(first):
        return _from_number
    if _SLASHED.fullmatch(first):
        return _slashed(samples, day_first)
    for pattern in (_DOTTED, _COMPACT):
        if pattern.fullmatch(first):
            return lambda text: _from_parts(pattern, text)
    _from_iso(first)
    return _from_iso


def _from_number(text: str) -> int:
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"“{text[:40]}” is no number of seconds since 1970.")
    value = float(text)
    for unit in (1e15, 1e12):  # micro-, then milliseconds: of any time in this century
        if value >= unit / 10:
            return int(value // (unit / 1e9))
    return int(value)


def _from_iso(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"“{text[:40]}” is no time that is known here.") from error
    return _seconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _from_parts(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"“{text[:40]}” is not written as the times before it.")
    year, month, day, *clock = (int(part or 0) for part in found.groups())
    return _moment(text, year, month, day, *clock)


def _slashed(samples: Sequence[str], day_first: bool | None) -> Reader:
    if day_first is None:
        day_first = _is_day_first(samples)

    def read(text: str) -> int:
        found = _SLASHED.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"“{text[:40]}” is not written as the times before it.")
        one, two, year, *clock = (int(part or 0) for part in found.groups())
        month, day = (two, one) if day_first else (one, two)
        return _moment(text, year, month, day, *clock)

    return read


def _is_day_first(samples: Sequence[str]) -> bool:
    """What only one of the two can be: there is no month 13. A dot between them is the German way."""
    matches = [found for text in samples if (found := _SLASHED.fullmatch(text.strip()))]
    if any(int(found[1]) > 12 for found in matches):
        return True
    if any(int(found[2]) > 12 for found in matches):
        return False
    if "." in samples[0].split()[0]:
        return True
    raise Ambiguous("Say whether the day or the month comes first: these dates could be both.")


def _moment(text: str, year: int, month: int, day: int, *clock: int) -> int:
    try:
        return _seconds(datetime(year, month, day, *clock, tzinfo=UTC))  # type: ignore[misc,arg-type]
    except ValueError as error:
        raise ValueError(f"“{text[:40]}” is no date that there is.") from error


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
