"""Ranges of days by the reader's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.analytics.domain.ranges import CHOICES, BadRange, read_range

ZONES = st.sampled_from(["UTC", "Europe/Paris", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"])
MOMENTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(st.sampled_from(list(CHOICES)), ZONES, MOMENTS)
def test_a_range_holds_now_and_is_made_of_whole_days_or_hours(key: str, name: str, now: datetime) -> None:
    zone = ZoneInfo(name)
    period = read_range(key, "", "", now=now, zone=zone)
    assert period.start < now < period.end or period.start <= now < period.end
    begins = period.beginnings()
    assert begins[0] == period.start
    assert begins[-1] < period.end
    for earlier, later in pairwise(begins):
        assert later > earlier
        local = later.astimezone(zone)
        same_clock = local.utcoffset() == period.end.astimezone(zone).utcoffset()
        assert local.minute == 0 or not same_clock, "Lord Howe changes its clock by half an hour"
        assert period.hourly or local.hour == 0
    assert period.before.end == period.start
    quarters = [(begin - datetime(2000, 1, 1, tzinfo=UTC)) % timedelta(minutes=15) for begin in begins]
    assert not any(quarters), "sums by quarters of an hour make up every day"


def test_days_of_a_year_with_its_changes_of_the_clock_are_all_there() -> None:
    period = read_range(
        "custom",
        "2026-01-01",
        "2026-12-31",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        zone=ZoneInfo("Europe/Paris"),
    )
    assert len(period.beginnings()) == 365


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("x", "2026-01-01", "from"),
        ("2026-01-01", "", "to"),
        ("2026-02-30", "2026-03-01", "from"),
        ("2026-03-02", "2026-03-01", "to"),
        ("2020-01-01", "2026-01-01", "to"),
        ("0001-01-01", "0001-01-02", "from"),
        ("2026-01-01", "9999-12-31", "to"),
    ],
)
def test_what_is_no_range_is_said_by_field(first: str, last: str, field: str) -> None:
    with pytest.raises(BadRange) as caught:
        read_range("custom", first, last, now=datetime(2026, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC"))
    assert caught.value.field == field
