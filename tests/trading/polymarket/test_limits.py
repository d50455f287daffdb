"""The bucket that calls are taken from."""

from __future__ import annotations

from trading.polymarket.limits import Bucket


def test_a_burst_is_free_and_what_comes_beyond_waits_its_turn() -> None:
    now = 100.0
    bucket = Bucket(2.0, burst=3, clock=lambda: now)
    assert [bucket.reserve() for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    now = 102.5
    assert bucket.reserve() == 0.0


def test_a_bucket_fills_no_further_than_its_burst() -> None:
    now = 100.0
    bucket = Bucket(2.0, burst=1, clock=lambda: now)
    now = 1_000.0
    assert [bucket.reserve(), bucket.reserve()] == [0.0, 0.5]
