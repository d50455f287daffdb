"""Broker and database going away under real Celery workers and beat."""

from __future__ import annotations

import time

import pytest

from tests.chaos.site import Site, site

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


def check(installation: Site) -> None:
    installation.call("-m", "tests.chaos.outside", "check")
    installation.call("manage.py", "verify_executions")


def test_emptying_redis_again_and_again_costs_no_run() -> None:
    with site() as installation:
        installation.start_worker()
        installation.start_beat()
        installation.call("-m", "tests.chaos.outside", "start", "10")
        for _ in range(20):
            installation.flush_redis()
            time.sleep(0.1)
        check(installation)


def test_crashing_postgresql_again_and_again_costs_no_run() -> None:
    with site() as installation:
        installation.start_worker()
        installation.start_beat()
        installation.call("-m", "tests.chaos.outside", "start", "10")
        for _ in range(3):
            time.sleep(0.7)
            installation.crash_postgres()
        check(installation)


def test_hints_that_all_arrive_twice_at_two_workers_change_nothing() -> None:
    with site() as installation:
        installation.env["CHAOS_TWICE"] = "1"
        installation.start_worker()
        installation.start_worker()
        installation.start_beat()
        installation.call("-m", "tests.chaos.outside", "start", "20")
        check(installation)


def test_runs_started_while_redis_is_away_are_found_without_it() -> None:
    with site() as installation:
        installation.start_worker()
        installation.call("-m", "tests.chaos.outside", "start", "1")
        installation.redis.stop()
        installation.call("-m", "tests.chaos.outside", "start", "5")
        check(installation)
