"""However a run ends, its open orders on paper end with it, and what they kept is free again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.accounts.models import User
from orchestrator.celery import app
from orchestrator.executions.services.steering import cancel_execution
from orchestrator.workflows.models import Workflow
from tests.executions.dying import engine
from tests.factories import fresh, make_user, make_workflow, node, start, step
from tests.trading.strategies.making import STREAM, make_strategy, make_tape
from trading import tasks
from trading.domain.vocabulary import Mode
from trading.models import Order, Portfolio, StrategyRun
from trading.services import ending, sessions, settling
from trading.services.portfolios import create_portfolio
from trading.services.strategies import start_strategy
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]
REST = node("rest", "paper-order", {"type": "limit", "size": "10", "price": "0.01"})
NAP = node("nap", "timer", {"seconds": 3600})
FAIL = node("fail", "end", {"status": "failed"})


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is sent when a run has ended."""
    sent: list[Any] = []
    monkeypatch.setattr(app, "send_task", lambda name, args=(), **_: sent.append((name, list(args))))
    return sent


def under_way(drain: Drain, last: Any = NAP, **settings: Any) -> tuple[User, StrategyRun, Portfolio]:
    """A run on paper with orders that rest, and what it does then."""
    ann = make_user("ann")
    strategy = make_strategy(ann, [STREAM, REST, last])
    Workflow.objects.filter(pk=strategy.pk).update(settings=settings)
    portfolio = create_portfolio(ann, name="Trial")
    run, _ = start_strategy(
        ann, strategy.pk, mode=Mode.PAPER, tape_id=make_tape(ann).pk, portfolio_id=portfolio.pk
    )
    drain()
    return ann, run, portfolio


def cancelled(drain: Drain) -> tuple[StrategyRun, Portfolio]:
    ann, run, portfolio = under_way(drain)
    portfolio.refresh_from_db()
    assert portfolio.reserved > 0
    cancel_execution(ann, run.execution_id)
    drain()
    return run, portfolio


def failed(drain: Drain) -> tuple[StrategyRun, Portfolio]:
    return under_way(drain, FAIL)[1:]


def timed_out(drain: Drain) -> tuple[StrategyRun, Portfolio]:
    _, run, portfolio = under_way(drain, timeout_seconds=1)
    with engine() as worker:
        while fresh(run.execution_id).finished_at is None:
            worker.turn()
    return run, portfolio


def stopped_as_runaway(drain: Drain) -> tuple[StrategyRun, Portfolio]:
    return under_way(drain, step("again", {"n": 1}), max_steps=2)[1:]


@pytest.mark.parametrize(
    ("end", "status"),
    [(cancelled, "cancelled"), (failed, "failed"), (timed_out, "timed_out"), (stopped_as_runaway, "failed")],
)
def test_however_a_run_ends_its_orders_end_and_its_money_is_free(
    drain: Drain, heard: list[Any], end: Callable[[Drain], tuple[StrategyRun, Portfolio]], status: str
) -> None:
    run, portfolio = end(drain)
    assert fresh(run.execution_id).status == status
    portfolio.refresh_from_db()
    assert portfolio.reserved > 0
    asked = ("trading.settle_run", [str(run.execution_id)])
    assert heard.count(asked) == 1
    tasks.settle_run(*asked[1])
    portfolio.refresh_from_db()
    assert portfolio.reserved == 0
    assert {(each.status, each.reason) for each in Order.objects.all()} == {("cancelled", settling.OVER)}
    assert verify_portfolio(portfolio) == []


def test_the_sweep_releases_what_nobody_heard_of(drain: Drain, heard: list[Any]) -> None:
    """Who ended the run was killed between the commit and the message."""
    _, portfolio = cancelled(drain)
    sessions.forget_all()
    assert ending.settle_left() == 1
    portfolio.refresh_from_db()
    assert portfolio.reserved == 0
    assert ending.settle_left() == 0


def test_orders_of_a_run_under_way_stay(drain: Drain) -> None:
    _, run, portfolio = under_way(drain)
    tasks.settle()
    tasks.settle_run(str(run.execution_id))
    portfolio.refresh_from_db()
    assert portfolio.reserved > 0
    assert set(Order.objects.values_list("status", flat=True)) == {"open"}


def test_a_workflow_without_a_stream_is_nobody_s_business(drain: Drain, heard: list[Any]) -> None:
    run = start(make_workflow(make_user("ann"), nodes=[step("one", {})]))
    drain()
    assert fresh(run).status == "completed"
    assert not [each for each in heard if each[0] == "trading.settle_run"]
