"""Points in time and durations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from orchestrator.graphs.expressions import EvaluationError, compile_expression
from tests.graphs.expressions.asking import NOON, failure_of, value_of


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('timestamp("2026-01-31T12:00:00Z")', "2026-01-31T12:00:00Z"),
        ('timestamp("2026-01-31T12:00:00.5+02:00")', "2026-01-31T10:00:00.500000Z"),
        ('timestamp("2026-01-31T12:00:00.123456789Z")', "2026-01-31T12:00:00.123456Z"),
        ('timestamp("2026-01-31")', "2026-01-31T00:00:00Z"),
        ('timestamp("2026-01-31 08:00")', "2026-01-31T08:00:00Z"),
        ("timestamp(86400)", "1970-01-02T00:00:00Z"),
        ("timestamp(0.5)", "1970-01-01T00:00:00.500000Z"),
        ('int(timestamp("1970-01-02T00:00:00Z"))', 86400),
        ('int(timestamp("1969-12-31T23:59:59.5Z"))', -1),
        ('timestamp("2026-01-01T00:00:00Z") + duration("3600s")', "2026-01-01T01:00:00Z"),
        ('duration("1h") + timestamp("2026-01-01T00:00:00Z")', "2026-01-01T01:00:00Z"),
        ('timestamp("2026-01-01T00:00:00Z") - duration("1m")', "2025-12-31T23:59:00Z"),
        ('timestamp("2026-01-02") - timestamp("2026-01-01")', 86400),
        ('timestamp("2026-01-02") > timestamp("2026-01-01")', True),
        ('timestamp("2026-01-01T01:00:00+01:00") == timestamp("2026-01-01")', True),
        ('timestamp("2026-01-01") == "2026-01-01"', False),
        ('[timestamp("2026-01-02"), timestamp("2026-01-01")].min()', "2026-01-01T00:00:00Z"),
        ('string(timestamp("2026-01-01")) + "!"', "2026-01-01T00:00:00Z!"),
        ('type(timestamp("2026-01-01")) + type(duration("1s"))', "timestampduration"),
        ('{"at": [timestamp("2026-01-01"), duration("90s")]}', {"at": ["2026-01-01T00:00:00Z", 90]}),
        ('["2026-01-02", "2026-01-01"].map(x, timestamp(x)).sort_by(x, x)[0]', "2026-01-01T00:00:00Z"),
    ],
)
def test_timestamps(source: str, expected: Any) -> None:
    assert value_of(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('duration("90s")', 90),
        ('duration("1h30m")', 5400),
        ('duration("-1.5s")', -1.5),
        ('duration("250ms")', 0.25),
        ('duration("1us") + duration("1µs")', 0.000002),
        ('duration("1500ns")', 0.000002),
        ("duration(60)", 60),
        ('duration("1h") - duration("1m")', 3540),
        ('-duration("1m")', -60),
        ('duration("60s") == duration("1m") && duration("59s") < duration("1m")', True),
        ('string(duration("90m"))', "5400s"),
        ('duration("90m").getHours() + duration("90m").getMinutes()', 91),
        ('duration("-90m").getHours()', -1),
        ('duration("1m").getSeconds()', 60),
    ],
)
def test_durations(source: str, expected: Any) -> None:
    assert value_of(source) == expected


@pytest.mark.parametrize(
    ("getter", "in_utc", "in_tokyo"),
    [
        ("getFullYear", 2025, 2026),
        ("getMonth", 11, 0),
        ("getDate", 31, 1),
        ("getDayOfMonth", 30, 0),
        ("getDayOfWeek", 3, 4),
        ("getDayOfYear", 364, 0),
        ("getHours", 20, 5),
        ("getMinutes", 30, 30),
        ("getSeconds", 15, 15),
        ("getMilliseconds", 250, 250),
    ],
)
def test_the_parts_of_a_time_depend_on_the_zone(getter: str, in_utc: int, in_tokyo: int) -> None:
    at = 'timestamp("2025-12-31T20:30:15.25Z")'

    assert value_of(f"{at}.{getter}()") == in_utc
    assert value_of(f'{at}.{getter}("UTC")') == in_utc
    assert value_of(f'{at}.{getter}("Asia/Tokyo")') == in_tokyo
    assert value_of(f'{at}.{getter}("+09:00")') == in_tokyo


def test_zones_know_daylight_saving() -> None:
    source = 'timestamp(x).getHours("Europe/Paris")'

    assert value_of(source, x="2026-01-01T12:00:00Z") == 13
    assert value_of(source, x="2026-07-01T12:00:00Z") == 14


@pytest.mark.parametrize(
    "zone",
    ["Nowhere", "", "../../../etc/passwd", "/etc/passwd", "Europe", "+25:00", "x" * 1000, "a\0b", "\ud800"],
)
def test_an_unknown_zone_is_an_error(zone: str) -> None:
    assert "no such time zone" in failure_of("timestamp(0).getHours(z)", z=zone).message


def test_now_is_the_clock_of_the_run() -> None:
    assert value_of("now()") == "2026-11-21T12:00:00Z"
    assert value_of('timestamp(x) < now() - duration("24h")', x="2026-11-20T11:59:59Z") is True
    assert value_of("now() == now()") is True


def test_now_is_told_in_utc_wherever_the_clock_is() -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))

    assert compile_expression("now()").evaluate({}, now=tokyo) == "2026-11-21T12:00:00Z"


@pytest.mark.parametrize("now", [None, NOON.replace(tzinfo=None)])
def test_without_a_clock_now_is_an_error(now: datetime | None) -> None:
    with pytest.raises(EvaluationError, match="now"):
        compile_expression("now()").evaluate({}, now=now)


@pytest.mark.parametrize(
    "source",
    [
        *(
            'timestamp("soon")',
            'timestamp("2026-13-01")',
            "timestamp(true)",
            "timestamp(null)",
            "timestamp(1e18)",
        ),
        *('timestamp("0001-01-01T00:00:00+10:00")', 'timestamp("9999-12-31T23:59:59Z") + duration("1s")'),
        *(
            'duration("")',
            'duration("1")',
            'duration("1x")',
            'duration("h")',
            'duration("1 h")',
            "duration([])",
        ),
        *(
            'duration("99999999h")',
            "duration(1e15)",
            'duration("99999h99999999h")',
            'timestamp("1" + "0" + "")',
        ),
        *("now() + 1", "now() + now()", "now() * 2", 'duration("1s") * 2', "1 - now()", 'now() < "2026"'),
        *('"x".getHours()', "1.getMonth()", 'duration("1s").getMonth()', "now().getHours(1)", "now().x"),
        'timestamp("9999-12-31T23:00:00Z").getHours("+09:00")',
    ],
)
def test_what_is_no_time_is_an_error(source: str) -> None:
    assert failure_of(source).message


def test_comparing_a_time_with_text_suggests_how_to_read_it() -> None:
    assert "Use timestamp()" in failure_of('now() > "2020-01-01"').message
    assert "Use timestamp()" in failure_of('"2020-01-01".getMonth()').message


def test_a_datetime_of_the_host_is_not_a_timestamp() -> None:
    assert "not a JSON value" in failure_of("x", x=datetime(2026, 1, 1, tzinfo=UTC)).message
