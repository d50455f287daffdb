"""A stretch of time that charts are about: whole days (or hours) by the clock of the person who looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

CHOICES: Final = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days"}
DEFAULT: Final = "30d"
LONGEST_DAYS: Final = 400
_DAYS: Final = {"7d": 7, "30d": 30, "90d": 90}


class BadRange(ValueError):
    """The range cannot be used; ``field`` says which end of it is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From ``start`` up to, not including, ``end``. ``key`` is how an address names it."""

    key: str
    start: datetime
    end: datetime
    zone: tzinfo
    hourly: bool = False

    @property
    def before(self) -> TimeRange:
        """The stretch of the same length that ended where this one starts."""
        return TimeRange(self.key, self.start - (self.end - self.start), self.start, self.zone, self.hourly)

    @property
    def first_day(self) -> date:
        return self.start.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        return (self.end - timedelta(microseconds=1)).astimezone(self.zone).date()

    def beginnings(self) -> list[datetime]:
        """Of each hour or day in it, in UTC."""
        if self.hourly:
            count = round((self.end - self.start) / timedelta(hours=1))
            return [self.start + timedelta(hours=number) for number in range(count)]
        days = (self.last_day - self.first_day).days + 1
        return [_midnight(self.first_day + timedelta(days=number), self.zone) for number in range(days)]


def read_range(key: str, first: str, last: str, *, now: datetime, zone: tzinfo) -> TimeRange:
    """The range that an address asks for. Raises BadRange for days that are none."""
    if first or last or key == "custom":
        return _custom(_day(first, "from"), _day(last, "to"), zone)
    if key == "24h":
        end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        local = end.astimezone(zone).utcoffset() or timedelta()
        end -= local % timedelta(hours=1)  # where the zone's hours do not begin with those of UTC
        end += timedelta(hours=1) if end <= now else timedelta()
        return TimeRange(key, end - timedelta(hours=24), end, zone, hourly=True)
    if key not in _DAYS:
        key = DEFAULT
    today = now.astimezone(zone).date()
    begin = _midnight(today - timedelta(days=_DAYS[key] - 1), zone)
    return TimeRange(key, begin, _midnight(today + timedelta(days=1), zone), zone)


def _custom(first: date, last: date, zone: tzinfo) -> TimeRange:
    if last < first:
        raise BadRange("to", "The last day lies before the first.")
    if (last - first).days >= LONGEST_DAYS:
        raise BadRange("to", f"At most {LONGEST_DAYS} days.")
    return TimeRange("custom", _midnight(first, zone), _midnight(last + timedelta(days=1), zone), zone)


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRange(field, "A day, such as 2026-03-01.") from None
    if not 2000 <= day.year <= 2999:
        raise BadRange(field, "A day between the years 2000 and 2999.")
    return day


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
