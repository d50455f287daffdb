"""A stretch of time that charts are about: whole days (or hours) by the clock of the person who looks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final

CHOICES: Final = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days"}
DEFAULT: Final = "30d"
LONGEST_DAYS: Final = 400
QUARTER: Final = timedelta(minutes=15)
_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_DAYS: Final = {"7d": 7, "30d": 30, "90d": 90}


class BadRange(ValueError):
    """The range cannot be used; ``field`` says which end of it is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole days of one cut, or quarters of an hour where ``cut`` is None."""

    start: datetime
    end: datetime
    cut: int | None

    @property
    def days(self) -> tuple[date, date]:
        """The first day, and the one after the last, as UTC has them at the cut."""
        assert self.cut is not None, "quarters are of no day"
        return day_of(self.start, self.cut), day_of(self.end, self.cut)


def cut_of(moment: datetime) -> int:
    """Quarters of an hour since midnight UTC."""
    return moment.hour * 4 + moment.minute // 15


def day_of(moment: datetime, cut: int) -> date:
    """The UTC day at whose cut the 24 hours begin that this moment lies in."""
    return (moment - cut * QUARTER).date()


def begin_of(day: date, cut: int) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC) + cut * QUARTER


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def cuts_in(zone: tzinfo, *, now: datetime) -> set[int]:
    """Where the days of a zone begin, now and in any range that can be asked for."""
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=ago) for ago in range(-_WEEK, LONGEST_DAYS, _WEEK))
    return {cut_of(_midnight(day, zone)) for day in days}


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
    def weeks(self) -> tuple[date, date]:
        """The Mondays from and until which whole weeks lie within its UTC days; the same one for none."""
        first = monday_of(self.start.date() + timedelta(days=_WEEK - 1))
        return first, max(first, monday_of(self.end.date() + timedelta(days=1)))

    @property
    def first_day(self) -> date:
        return self.start.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        return (self.end - timedelta(microseconds=1)).astimezone(self.zone).date()

    def pieces(self, cuts: Collection[int]) -> list[Piece]:
        """The range in its order: days whose sums there are, for these cuts, and what else it is made of.

        Neighbours of one kind are one piece: a range has more than one where a clock is changed in it.
        """
        pieces: list[Piece] = []
        between = [begin for begin in self.beginnings() if self.start < begin < self.end]
        for begin, end in pairwise([self.start, *between, self.end]):
            cut = None if self.hourly or end - begin != _DAY else cut_of(begin)
            cut = cut if cut in cuts else None
            if pieces and pieces[-1].cut == cut:
                begin = pieces.pop().start
            pieces.append(Piece(begin, end, cut))
        return pieces

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
