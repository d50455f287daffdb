"""When a schedule comes round: cron expressions and intervals in a time zone, as plain values.

Cron follows Debian's rules where the clocks change: a fixed time that is skipped in spring comes right after
the gap, one that happens twice in autumn comes once, and hourly ones keep coming hourly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

FIELDS: Final = ("minute", "hour", "day of the month", "month", "day of the week")
_NAMED: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_BAD: Final = {
    "Bad minute": ("minute", "0 to 59"),
    "Bad hour": ("hour", "0 to 23"),
    "Bad day-of-month": ("day of the month", "1 to 31 that some month has, or L for the last"),
    "Bad month": ("month", "1 to 12 or JAN to DEC"),
    "Bad day-of-week": ("day of the week", "0 to 7 or SUN to SAT"),
}
LONGEST_EVERY: Final = 100_000
SHORTEST_SECONDS: Final = 10


class ScheduleError(ValueError):
    """The schedule cannot be used; ``field`` says which part of it is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class Unit(StrEnum):
    """Seconds to hours are time that passes; days and weeks are days of the calendar, at the same hour."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


_LENGTH: Final = {
    Unit.SECONDS: timedelta(seconds=1),
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.WEEKS: timedelta(weeks=1),
}


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields, read by the clock of ``zone``."""

    expression: str
    zone: ZoneInfo

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Its moments after ``moment``, in UTC, rising; ends where there are no more within fifty years."""
        for found in CronSim(_plain(self.expression), moment.astimezone(self.zone)):
            yield found.astimezone(UTC)

    def before(self, moment: datetime) -> Iterator[datetime]:
        """Its moments before ``moment``, falling."""
        for found in CronSim(_plain(self.expression), moment.astimezone(self.zone), reverse=True):
            yield found.astimezone(UTC)

    def describe(self) -> str:
        """In words, with the zone: ``Every weekday at 09:00, Europe/Paris``."""
        return f"{_in_words(_plain(self.expression))}, {self.zone.key}"


@dataclass(frozen=True, slots=True)
class Interval:
    """Every so many units from ``anchor`` on."""

    every: int
    unit: Unit
    anchor: datetime
    zone: ZoneInfo

    def after(self, moment: datetime) -> Iterator[datetime]:
        number = max(self._number(moment), 0)
        while self._moment(number) <= moment:
            number += 1
        while True:
            try:
                yield self._moment(number)
            except OverflowError:
                return
            number += 1

    def before(self, moment: datetime) -> Iterator[datetime]:
        number = self._number(moment) + 1
        while number >= 0:
            found = self._moment(number)
            if found < moment:
                yield found
            number -= 1

    def describe(self) -> str:
        if self.every == 1:
            return f"Every {self.unit.value.removesuffix('s')}{self._at()}"
        return f"Every {self.every} {self.unit.value}{self._at()}"

    def _at(self) -> str:
        if self.unit not in (Unit.DAYS, Unit.WEEKS):
            return ""
        return f" at {self.anchor.astimezone(self.zone):%H:%M}, {self.zone.key}"

    def _number(self, moment: datetime) -> int:
        """Roughly how many intervals fit between the anchor and the moment; never too many."""
        return (moment - self.anchor) // (_LENGTH[self.unit] * self.every) - 1

    def _moment(self, number: int) -> datetime:
        step = _LENGTH[self.unit] * self.every * number
        if self.unit not in (Unit.DAYS, Unit.WEEKS):
            return self.anchor + step
        local = self.anchor.astimezone(self.zone).replace(tzinfo=None) + step
        return local.replace(tzinfo=self.zone).astimezone(UTC)


Schedule = Cron | Interval


def read_cron(expression: str, time_zone: str) -> Cron:
    """Raises ScheduleError for the field ``cron`` or ``time_zone``."""
    zone = read_zone(time_zone)
    text = " ".join(expression.split())
    if not text:
        raise ScheduleError("cron", "Say when: five fields such as 0 9 * * 1-5.")
    fields = _plain(text).split(" ")
    if len(text) > 100 or len(fields) != len(FIELDS):
        raise ScheduleError(
            "cron", f"A cron expression has five fields: {', '.join(FIELDS)}. This has {len(fields)}."
        )
    try:
        first = next(CronSim(_plain(text), datetime(2024, 1, 1, tzinfo=UTC)), None)
    except CronSimError as error:
        raise ScheduleError("cron", _complaint(str(error), fields)) from error
    if first is None:
        raise ScheduleError("cron", "This never comes round: no year has such a day.")
    return Cron(text, zone)


def read_interval(every: int, unit: str, anchor: datetime, time_zone: str) -> Interval:
    """Raises ScheduleError for the field ``every``, ``unit`` or ``time_zone``."""
    zone = read_zone(time_zone)
    if unit not in list(Unit):
        raise ScheduleError("unit", f"One of {', '.join(Unit)}.")
    if not 1 <= every <= LONGEST_EVERY:
        raise ScheduleError("every", f"A whole number from 1 to {LONGEST_EVERY:,}.")
    interval = Interval(every, Unit(unit), anchor.astimezone(UTC), zone)
    if _LENGTH[interval.unit] * every < timedelta(seconds=SHORTEST_SECONDS):
        raise ScheduleError("every", f"At least {SHORTEST_SECONDS} seconds.")
    return interval


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def read_zone(name: str) -> ZoneInfo:
    """Raises ScheduleError for a name that the time zone database does not know."""
    if name not in _zones():
        raise ScheduleError(
            "time_zone", f'There is no time zone "{name[:64]}". Use a name such as Europe/Paris.'
        )
    return ZoneInfo(name)


def _plain(expression: str) -> str:
    return _NAMED.get(expression.lower(), expression)


def _complaint(said: str, fields: list[str]) -> str:
    name, takes = _BAD.get(said, ("", ""))
    if not name:
        return "This is not a cron expression."
    given = fields[FIELDS.index(name)]
    return f'"{given}" cannot be the {name}: {takes}; also *, lists, ranges and steps.'


_EACH: Final = re.compile(r"^Every (\d+)(?:st|nd|rd|th) (minute|hour) of every (?:hour|day)$")
_DAYS: Final = re.compile(r"^At ((?:\d\d:\d\d(?:, | and )?)+) (every day|on .+)$")
_WEEKDAYS: Final = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_LIST_OF_DAYS: Final = re.compile(rf"^{_WEEKDAYS}(?:(?:, | and |, and ){_WEEKDAYS})*$")


def _in_words(expression: str) -> str:
    """As one would say it; cron's own order of words where there is no shorter way."""
    told = str(CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC)).explain())
    if found := _EACH.fullmatch(told):
        return f"Every {found[1]} {found[2]}s"
    found = _DAYS.fullmatch(told)
    if found is None:
        return told
    times, days = found.groups()
    if days == "every day":
        return f"Every day at {times}"
    days = days.removeprefix("on ")
    if days == "Monday through Friday":
        return f"Every weekday at {times}"
    return f"Every {days} at {times}" if _LIST_OF_DAYS.fullmatch(days) else told
