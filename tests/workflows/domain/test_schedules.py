"""Schedules as plain values: cron and intervals in time zones, where the clocks change, and in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.workflows.domain.schedules import (
    Cron,
    Interval,
    Schedule,
    ScheduleError,
    Unit,
    read_cron,
    read_interval,
)

ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
CRONS = [
    "*/7 * * * *",
    "30 * * * *",
    "30 2 * * *",
    "0 9 * * 1-5",
    "15 1,2,3 * * *",
    "0 0 L * *",
    "0 0 29 2 *",
]
MOMENTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    if draw(st.booleans()):
        return Cron(draw(st.sampled_from(CRONS)), zone)
    unit = draw(st.sampled_from(Unit))
    return Interval(draw(st.integers(10, 400)), unit, draw(MOMENTS).replace(microsecond=0), zone)


def first(schedule: Schedule, moment: datetime, count: int = 6) -> list[datetime]:
    return list(islice(schedule.after(moment), count))


def local(schedule: Cron, start: datetime, count: int) -> list[str]:
    return [f"{each.astimezone(schedule.zone):%d %H:%M %Z}" for each in first(schedule, start, count)]


@given(schedules(), MOMENTS)
def test_moments_come_after_the_one_asked_for_and_rise(schedule: Schedule, moment: datetime) -> None:
    found = first(schedule, moment)
    assert all(later > earlier for earlier, later in pairwise([moment, *found]))
    assert all(each.tzinfo is UTC for each in found)


@given(schedules(), MOMENTS)
def test_asking_again_from_a_moment_gives_those_that_follow_it(schedule: Schedule, moment: datetime) -> None:
    found = first(schedule, moment)
    assert first(schedule, found[0], 5) == found[1:]
    assert first(schedule, found[0] - timedelta(microseconds=1), 1) == found[:1]


@given(st.sampled_from(ZONES[:4]), st.sampled_from(CRONS[:6]), MOMENTS)
def test_looking_back_finds_the_moments_that_looking_ahead_passes(
    zone: str, cron: str, moment: datetime
) -> None:
    schedule = Cron(cron, ZoneInfo(zone))
    found = first(schedule, moment, 5)
    assert list(islice(schedule.before(found[-1]), 4)) == found[-2::-1]


@given(st.integers(1, 400), st.sampled_from([Unit.DAYS, Unit.WEEKS]), MOMENTS, MOMENTS)
def test_days_keep_their_hour_when_the_clocks_change(
    every: int, unit: Unit, anchor: datetime, moment: datetime
) -> None:
    zone = ZoneInfo("Europe/Paris")
    begun = anchor.replace(hour=7, minute=30, second=0, microsecond=0)
    schedule = Interval(every, unit, begun, zone)
    assert {f"{each.astimezone(zone):%H:%M}" for each in first(schedule, moment)} == {
        f"{begun.astimezone(zone):%H:%M}"
    }


def test_a_time_that_spring_skips_comes_right_after_the_gap() -> None:
    schedule = read_cron("30 2 * * *", "Europe/Paris")
    assert local(schedule, datetime(2026, 3, 28, 0, tzinfo=UTC), 3) == [
        "28 02:30 CET",
        "29 03:00 CEST",
        "30 02:30 CEST",
    ]


def test_a_time_that_autumn_repeats_comes_once_and_hourly_ones_keep_coming() -> None:
    start = datetime(2026, 10, 24, 23, 5, tzinfo=UTC)
    daily, hourly = read_cron("30 2 * * *", "Europe/Paris"), read_cron("30 * * * *", "Europe/Paris")
    assert local(daily, start, 2) == ["25 02:30 CEST", "26 02:30 CET"]
    assert local(hourly, start, 4) == ["25 01:30 CEST", "25 02:30 CEST", "25 02:30 CET", "25 03:30 CET"]


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 9 * * 1-5", "Every weekday at 09:00, Europe/Paris"),
        ("*/10 * * * *", "Every 10 minutes, Europe/Paris"),
        ("0 9,17 * * *", "Every day at 09:00 and 17:00, Europe/Paris"),
        ("0 9 * * MON,WED", "Every Monday and Wednesday at 09:00, Europe/Paris"),
        ("@daily", "Every day at 00:00, Europe/Paris"),
        ("0 0 L * *", "At 00:00 on the last day of every month, Europe/Paris"),
    ],
)
def test_a_cron_expression_in_words(cron: str, words: str) -> None:
    assert read_cron(cron, "Europe/Paris").describe() == words


@pytest.mark.parametrize(
    ("cron", "complaint"),
    [
        ("61 * * * *", "minute"),
        ("0 25 * * *", "hour"),
        ("0 0 32 * *", "day of the month"),
        ("0 0 * 13 *", "month"),
        ("0 0 * * 9", "day of the week"),
        ("* * * *", "five fields"),
        ("* * * * * *", "five fields"),
        ("", "Say when"),
        ("0 0 30 2 *", "day of the month"),
        ("<b> * * * *", "minute"),
        ("@reboot", "five fields"),
        ("* " * 300, "five fields"),
    ],
)
def test_what_is_wrong_with_a_cron_expression_is_said(cron: str, complaint: str) -> None:
    with pytest.raises(ScheduleError, match=complaint) as caught:
        read_cron(cron, "Europe/Paris")
    assert caught.value.field == "cron"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "europe/paris", "\0"])
def test_an_unknown_time_zone_is_said(zone: str) -> None:
    with pytest.raises(ScheduleError, match="no time zone") as caught:
        read_cron("@daily", zone)
    assert caught.value.field == "time_zone"


@given(st.text(max_size=40))
def test_any_text_is_a_schedule_or_has_something_wrong_with_it(text: str) -> None:
    try:
        schedule = read_cron(text, "Europe/Paris")
    except ScheduleError:
        return
    assert schedule.describe()
    assert len(first(schedule, datetime(2026, 1, 1, tzinfo=UTC), 2)) == 2


@pytest.mark.parametrize(("every", "unit"), [(5, "seconds"), (0, "hours"), (-1, "days"), (10**6, "days")])
def test_an_interval_has_bounds(every: int, unit: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        read_interval(every, unit, datetime(2026, 1, 1, tzinfo=UTC), "UTC")
    assert caught.value.field == "every"


def test_an_interval_in_words() -> None:
    anchor = datetime(2026, 1, 1, 8, 15, tzinfo=UTC)
    assert read_interval(1, "days", anchor, "Europe/Paris").describe() == "Every day at 09:15, Europe/Paris"
    assert read_interval(90, "minutes", anchor, "Europe/Paris").describe() == "Every 90 minutes"
