"""Strategies over whole tapes, through the engine."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from orchestrator.trading.models import Fill, Order, StrategyRun
from orchestrator.trading.services.verifying import verify_portfolio
from tests.factories import chain, edge, fresh, make_user
from tests.trading.strategies.making import BUY, RISEN, SELL, STREAM, backtest, make_strategy, make_tape

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


def test_a_backtest_trades_and_its_books_balance(drain: Drain) -> None:
    ann = make_user("ann")
    nodes = [STREAM, SELL, RISEN, BUY]
    edges = [edge("stream", "sell"), *chain("stream", "risen", "buy")]
    run = backtest(ann, make_strategy(ann, nodes, edges), make_tape(ann))
    drain()

    execution = fresh(run.execution_id)
    assert execution.error is None
    assert execution.status == "completed"
    run = StrategyRun.objects.get(pk=run.pk)
    assert run.position == run.tape.message_count
    assert run.window > 5
    assert Fill.objects.filter(order__side="buy").exists()
    assert Fill.objects.filter(order__side="sell").exists()
    assert not Order.objects.exclude(status__in=["filled", "cancelled", "rejected"]).exists()
    assert run.statistics["fills"] == Fill.objects.count()
    assert len(run.curve) >= run.window
    assert Decimal(run.statistics["now"]["equity"]) == Decimal(run.curve[-1][1])
    assert verify_portfolio(run.portfolio) == []
