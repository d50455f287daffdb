"""What the stream's node says in the picture of a run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.core.clock import utc_now
from trading.models import StrategyRun, Tape
from trading.queries.strategies import Shown
from trading.web.pace import Pace

NOW = utc_now()


def badges(*, status: str = "running", tape: str = "recording", mode: str = "paper", **run: Any) -> list[Any]:
    """Of a run that follows its market at 1,240 messages a second and heard of it four seconds ago."""
    fields = {"message_rate": 1_240.0, "last_tick_at": NOW - timedelta(seconds=4), "mode": mode, **run}
    row = StrategyRun(tape=Tape(status=tape, last_at=NOW), **fields)
    return [each["text"] for each in Pace(row, Shown(row, status), NOW).badges]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ["1,240/s", "4.0 s"]),
        ({"last_tick_at": NOW - timedelta(seconds=40)}, ["40.0 s behind", "1,240/s", "40.0 s"]),
        ({"message_rate": None}, ["4.0 s"]),
        ({"mode": "backtest", "tape": "ready"}, ["1,240/s"]),
        ({"status": "completed"}, []),
    ],
)
def test_a_stream_tells_its_rate_its_age_and_that_it_falls_behind(
    given: dict[str, Any], told: list[str]
) -> None:
    assert badges(**given) == told


@pytest.mark.parametrize(
    ("run", "done"),
    [
        ({}, 0.2),
        ({"windows_wanted": 10, "window": 9}, 0.9),
        ({"windows_wanted": 1_000, "window": 9}, 0.2),
        ({"until_at": NOW - timedelta(seconds=50), "last_tick_at": NOW - timedelta(seconds=60)}, 0.8),
        ({"until_at": NOW - timedelta(seconds=70), "last_tick_at": NOW - timedelta(seconds=60)}, 1.0),
        ({"until_at": NOW - timedelta(seconds=200), "last_tick_at": NOW - timedelta(seconds=60)}, 1.0),
    ],
)
def test_a_run_is_done_with_its_tape_its_windows_or_its_time(run: dict[str, Any], done: float) -> None:
    tape = Tape(message_count=1_000, first_at=NOW - timedelta(seconds=100), last_at=NOW)
    row = StrategyRun(tape=tape, position=200, **run)
    assert Pace(row, Shown(row, "running"), NOW).done == pytest.approx(done)
