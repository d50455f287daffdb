"""Workers that die by SIGKILL, at named points and at random moments."""

from __future__ import annotations

import random
import time

import psutil
import pytest

from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.points import POINTS
from tests.chaos.scenario import Hatchery, check_everything, hatchery, start_runs, unfinished, wait_until_done

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


def wait_for_death(process: psutil.Process, seconds: float) -> bool:
    """Whether the process ended by itself within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:  # it ended between the two questions
            return True
        time.sleep(0.005)
    return False


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("times", [1, 4])
def test_a_worker_killed_at_a_named_point_loses_nothing(
    chaos_env: dict[str, str], point: str, times: int
) -> None:
    runs = start_runs(5)
    with hatchery(chaos_env) as workers:
        victim = workers.hatch(f"{point}:{times}")
        assert wait_for_death(victim, 20), f"{point} was not reached {times} times"
        workers.hatch()
        wait_until_done(60)
    check_everything(runs)


def test_workers_killed_at_random_moments_lose_nothing(chaos_env: dict[str, str], kills: int) -> None:
    dice = random.Random(2026)
    runs: list[Execution] = []
    with hatchery(chaos_env) as workers:
        killed = 0
        while killed < kills:
            if unfinished() < 10:
                runs += start_runs(10)
            killed += _kill_one(workers, dice)
        workers.hatch()
        workers.hatch()
        wait_until_done(120)
    check_everything(runs)
    print(f"{killed} workers killed, {len(runs)} runs checked")  # noqa: T201 - for the report of make chaos


def _kill_one(workers: Hatchery, dice: random.Random) -> int:
    """Let one or two workers work for a moment, then kill them at once."""
    victims = [workers.hatch() for _ in range(dice.choice([1, 1, 2]))]
    time.sleep(dice.uniform(0.05, 0.6))
    for victim in victims:
        victim.kill()
    for victim in victims:
        wait_for_death(victim, 5)
    return len(victims)
