"""A strategy goes on for as long as its market does, and what is stored of it does not grow meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.executions.verification import verify_execution
from orchestrator.workflows.models import Workflow
from tests.factories import fresh, make_user, node
from tests.trading.strategies.making import BUY, RISEN, backtest, make_strategy, make_tape
from trading.models import StrategyRun

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]
STREAM = node("stream", "polymarket-stream", {"window": 1, "lookback": 2})


def test_a_strategy_reads_more_windows_than_a_loop_may_have_steps(drain: Drain) -> None:
    ann = make_user("ann")
    strategy, tape = make_strategy(ann, [STREAM, RISEN, BUY]), make_tape(ann)
    Workflow.objects.filter(pk=strategy.pk).update(settings={"max_steps": 5})
    runs = [backtest(ann, strategy, tape, windows=windows) for windows in (25, 100)]
    drain()
    assert [fresh(run.execution_id).status for run in runs] == ["completed", "completed"]
    assert [fresh(run.execution_id).metrics["nodes"] for run in runs] == [76, 301]
    short, long = (_stored(run) for run in runs)
    assert long < short * 1.3, "what is stored grows with the windows"
    assert verify_execution(runs[1].execution_id) == []


def _stored(run: StrategyRun) -> int:
    """Characters of all that is written anew with each window, but for the curve, which is thinned."""
    run.refresh_from_db()
    assert run.replay
    replay = {**run.replay, "broker": None}
    return sum(len(str(each)) for each in (fresh(run.execution_id).state, run.reader, replay))
