"""Points in time and durations: reading, arithmetic, and CEL's getters.

Times are kept in UTC to the microsecond. Text without an offset is read as UTC, so that a result never
depends on where the server stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from zoneinfo import ZoneInfo

from orchestrator.graphs.expressions.context import Context, Value
from orchestrator.graphs.expressions.errors import Fault
from orchestrator.graphs.expressions.values import (
    NUMBERS,
    Duration,
    Timestamp,
    describe,
    exact,
    seconds,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOSECONDS = {"h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 1000, "µs": 1000, "ns": 1}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(h|ms|us|µs|ns|m|s)")
_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})")
_LONGEST = timedelta(days=3_652_500)
_MAX_TEXT = 64
_ZONE_COST = 50  # operations; a name that is not known yet is looked up on disk


def read_timestamp(value: Value) -> Timestamp:
    """From ISO 8601 text or seconds since 1970."""
    if type(value) is Timestamp:
        return value
    try:
        if type(value) is str and len(value) <= _MAX_TEXT:
            moment = datetime.fromisoformat(value)
            return _utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        if type(value) in NUMBERS:
            return _utc(_EPOCH + timedelta(seconds=exact(value)))
    except OverflowError:
        raise _out_of_range() from None
    except ValueError:
        pass
    if type(value) is str:
        raise Fault('This string is not an ISO 8601 time, such as "2026-01-31T12:00:00Z".')
    raise Fault(f"timestamp() reads a string or a number of seconds, not {describe(value)}.")


def read_duration(value: Value) -> Duration:
    """From text such as ``1h30m`` or ``-1.5s``, or a number of seconds."""
    if type(value) is Duration:
        return value
    try:
        if type(value) is str and len(value) <= _MAX_TEXT:
            return _duration(timedelta(microseconds=_microseconds(value)))
        if type(value) in NUMBERS:
            return _duration(timedelta(seconds=exact(value)))
    except OverflowError:
        raise _out_of_range() from None
    except ValueError:
        pass
    if type(value) is str:
        raise Fault('This string is not a duration, such as "90s" or "1h30m".')
    raise Fault(f"duration() reads a string or a number of seconds, not {describe(value)}.")


def later(moment: Timestamp, duration: timedelta) -> Timestamp:
    try:
        return _utc(moment + duration)
    except OverflowError:
        raise _out_of_range() from None


def between(start: Timestamp, end: Timestamp) -> Duration:
    return _duration(end - start)


def sum_of(*durations: timedelta) -> Duration:
    return _duration(sum(durations, timedelta()))


def current_time(now: datetime | None) -> Timestamp:
    """The clock of the run. Raises Fault where the expression is evaluated without one."""
    if now is None:
        raise Fault("now() is not known here.")
    if now.tzinfo is None:
        raise Fault("now() was given without a time zone.")
    return _utc(now)


def unix_seconds(moment: Timestamp) -> int | float:
    return seconds(between(_utc(_EPOCH), moment))


def _out_of_range() -> Fault:
    return Fault("The time is outside the calendar, which runs from the year 1 to 9999.")


def _utc(moment: datetime) -> Timestamp:
    at = moment.astimezone(UTC)
    return Timestamp(at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, tzinfo=UTC)


def _duration(length: timedelta) -> Duration:
    if abs(length) > _LONGEST:
        raise Fault("The duration is longer than the calendar, 10,000 years.")
    return Duration(length.days, length.seconds, length.microseconds)


def _microseconds(text: str) -> int:
    unsigned = text[1:] if text[:1] in ("-", "+") else text
    parts = list(_PART.finditer(unsigned))
    if "".join(match[0] for match in parts) != unsigned or not parts:
        raise ValueError(text)
    nanoseconds = sum(Fraction(match[1]) * _NANOSECONDS[match[2]] for match in parts)
    return round((-nanoseconds if text.startswith("-") else nanoseconds) / 1000)


def _zone(name: Value, context: Context) -> tzinfo:
    if type(name) is not str:
        raise Fault(f"A time zone is given as a string, not as {describe(name)}.")
    if name == "UTC":
        return UTC
    context.spend(_ZONE_COST)
    offset = _OFFSET.fullmatch(name)
    try:
        if offset:
            minutes = int(offset[2]) * 60 + int(offset[3])
            return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
        if len(name) <= _MAX_TEXT:
            return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        pass
    raise Fault('There is no such time zone; write it like "Europe/Paris" or "+02:00".')


# Counted as CEL does: months, days of the month and of the year from 0 (getDate from 1), Sunday is 0.
_OF_TIMESTAMP: dict[str, Callable[[datetime], int]] = {
    "getFullYear": lambda at: at.year,
    "getMonth": lambda at: at.month - 1,
    "getDate": lambda at: at.day,
    "getDayOfMonth": lambda at: at.day - 1,
    "getDayOfWeek": lambda at: at.isoweekday() % 7,
    "getDayOfYear": lambda at: at.timetuple().tm_yday - 1,
    "getHours": lambda at: at.hour,
    "getMinutes": lambda at: at.minute,
    "getSeconds": lambda at: at.second,
    "getMilliseconds": lambda at: at.microsecond // 1000,
}
_OF_DURATION = {
    "getHours": timedelta(hours=1),
    "getMinutes": timedelta(minutes=1),
    "getSeconds": timedelta(seconds=1),
}

GETTERS = tuple(_OF_TIMESTAMP)


def get(name: str, context: Context, value: Value, zone: Value = "UTC") -> int:
    """One of the getters. Of a duration they give the whole, in that unit and cut to whole ones."""
    if type(value) is Timestamp:
        try:
            return _OF_TIMESTAMP[name](value.astimezone(_zone(zone, context)))
        except OverflowError:
            raise _out_of_range() from None
    if type(value) is Duration and name in _OF_DURATION:
        return int(value / _OF_DURATION[name])
    hint = " Use timestamp() to read a time." if type(value) is str else ""
    raise Fault(f"{name}() is asked of a timestamp, not of {describe(value)}.{hint}")
