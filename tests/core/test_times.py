"""Times come out of PostgreSQL as they went in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC),
        datetime(2026, 11, 21, 9, 30, 0, 120000, tzinfo=UTC),
        datetime(2026, 11, 21, tzinfo=UTC),
        datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_a_time_is_read_back_to_the_microsecond_and_in_utc(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        read = cursor.fetchone()[0]
    assert read == moment
    assert read.tzinfo is UTC


def test_a_time_that_python_cannot_hold_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '10000-01-01 00:00Z'::timestamptz")
        with pytest.raises(DataError, match="too large"):
            cursor.fetchone()
