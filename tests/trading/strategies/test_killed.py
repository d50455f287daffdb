"""Workers that die between any two commits of a strategy: no fill is lost, and no order sent twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow
from tests.executions.dying import Died, dying_at, engine, finish_elsewhere, passing
from tests.factories import chain, edge, fresh, make_user, node
from tests.trading.strategies.making import BUY, RISEN, SELL, backtest, make_strategy, make_tape
from trading.models import Fill, Order, StrategyRun, Tape
from trading.nodes import orders
from trading.services import booking, sessions, streaming
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db(transaction=True)
WINDOWS = 3
STREAM = node("stream", "polymarket-stream", {"window": 5, "lookback": 1})


def scene() -> tuple[User, Workflow, Tape]:
    ann = make_user("ann")
    rest = {"type": "limit", "size": "10", "price": {"=": "item.bid"}}
    nodes = [STREAM, SELL, RISEN, BUY, node("rest", "paper-order", rest)]
    edges = [edge("stream", "sell"), *chain("stream", "risen", "buy"), edge("risen", "rest")]
    return ann, make_strategy(ann, nodes, edges), make_tape(ann, 3_000)


def outcome(run: StrategyRun) -> dict[str, Any]:
    """All that a run did, without what names it."""
    run.refresh_from_db()
    assert fresh(run.execution_id).status == "completed", fresh(run.execution_id).error
    assert verify_portfolio(run.portfolio) == []

    def short(name: str) -> str:
        return name.partition("/")[2]

    told = Order.objects.filter(run=run).order_by("client_order_id")
    fills = Fill.objects.filter(order__run=run).order_by("reference")
    return {
        "orders": [(short(each.client_order_id), each.status, each.filled_amount) for each in told],
        "fills": [(short(each.reference), each.price, each.size, each.fee) for each in fills],
        "curve": run.curve,
        "windows": run.window,
        "cash": run.portfolio.cash,
    }


def undisturbed(ann: User, workflow: Workflow, tape: Tape) -> tuple[dict[str, Any], dict[str, int]]:
    """What a run does that nobody kills, and how often it passes each point."""
    passed: dict[str, int] = {}

    def hook(name: str) -> None:
        passed[name] = passed.get(name, 0) + 1

    run = backtest(ann, workflow, tape, windows=WINDOWS)
    with passing(hook), engine() as worker:
        worker.run_until_idle()
    return outcome(run), passed


def killed_at(point: str, times: int, ann: User, workflow: Workflow, tape: Tape) -> StrategyRun:
    run = backtest(ann, workflow, tape, windows=WINDOWS)
    with suppress(Died), engine() as worker, dying_at(point, times):
        worker.run_until_idle()
    sessions.forget_all()
    finish_elsewhere()
    return run


def killed_once(
    ann: User, workflow: Workflow, tape: Tape, is_booked: Callable[[StrategyRun], bool]
) -> StrategyRun:
    """A worker dies when a step has booked what it did, and before a commit could record the step."""
    run = backtest(ann, workflow, tape, windows=WINDOWS)
    killed = []

    def hook(name: str) -> None:
        if name == "before_commit" and is_booked(StrategyRun.objects.get(pk=run.pk)):
            killed.append(name)
            raise Died(name)

    with suppress(Died), engine() as worker, passing(hook):
        worker.run_until_idle()
    assert killed
    sessions.forget_all()
    finish_elsewhere()
    return run


@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
def test_a_worker_that_dies_at_any_commit_changes_nothing_of_what_is_traded(point: str) -> None:
    ann, workflow, tape = scene()
    expected, passed = undisturbed(ann, workflow, tape)
    assert len(expected["fills"]) >= 3
    for times in range(1, passed[point] + 1):
        assert outcome(killed_at(point, times, ann, workflow, tape)) == expected, times


def test_without_the_window_that_was_served_a_window_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what a step that is done again must not do."""
    ann, workflow, tape = scene()
    expected, _ = undisturbed(ann, workflow, tape)
    monkeypatch.setattr(streaming, "is_served", lambda run, asked: False)
    monkeypatch.setattr(streaming, "check_is_next", lambda run, asked: None)
    run = killed_once(ann, workflow, tape, lambda run: run.window == WINDOWS)
    assert outcome(run)["fills"] != expected["fills"], "what the last window would have led to"


def test_without_names_of_their_own_orders_are_placed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a step that is done again would order again."""
    ann, workflow, tape = scene()
    expected, _ = undisturbed(ann, workflow, tape)
    monkeypatch.setattr(orders, "name_of", lambda key, index: f"{uuid4()}/{key}/{index}"[:200])
    run = killed_once(ann, workflow, tape, lambda run: run.orders.exists())
    assert len(outcome(run)["orders"]) > len(expected["orders"])


def test_a_database_that_goes_away_while_it_books_leaves_nothing_half_booked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, _, tape = scene()
    again = {"max_attempts": 3, "backoff_seconds": 0.01}
    nodes = [
        {**each, "data": {**each["data"], "retry": again}} if each["id"] != "risen" else each
        for each in (STREAM, SELL, RISEN, BUY)
    ]
    workflow = make_strategy(ann, nodes, [edge("stream", "sell"), *chain("stream", "risen", "buy")])
    expected, _ = undisturbed(ann, workflow, tape)
    calls, real = [0], booking.keep_sums

    def falling(*args: Any, **options: Any) -> None:
        calls[0] += 1
        real(*args, **options)
        if calls[0] % 2:
            raise OperationalError("the connection is lost")

    monkeypatch.setattr(booking, "keep_sums", falling)
    run = backtest(ann, workflow, tape, windows=WINDOWS)
    until = time.monotonic() + 30
    with engine() as worker:
        while fresh(run.execution_id).finished_at is None and time.monotonic() < until:
            worker.run_until_idle()  # retries wait in real time
            time.sleep(0.02)
    assert calls[0] > 2 * WINDOWS
    assert outcome(run) == expected
