"""Strategies over whole tapes, through the engine."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from orchestrator.core.errors import WrongState
from orchestrator.core.rls import acting_as, bound
from orchestrator.executions.services.steering import cancel_execution
from tests.factories import chain, edge, fresh, make_user, make_workflow, node
from tests.trading.strategies.making import BUY, RISEN, SELL, STREAM, backtest, make_strategy, make_tape
from trading.domain.tapes import write_tape
from trading.domain.vocabulary import Mode
from trading.models import Fill, Order, Portfolio, StrategyRun
from trading.queries.runs import figures_of
from trading.queries.tapes import header_of, read_messages
from trading.services import sessions, streaming
from trading.services.portfolios import create_portfolio
from trading.services.strategies import start_strategy
from trading.services.tapes import import_tape
from trading.services.verifying import verify_portfolio

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


def trades_of(run: StrategyRun) -> list[tuple[Any, ...]]:
    fills = Fill.objects.filter(order__run=run).select_related("order").order_by("filled_at", "reference")
    names = [(each.order.client_order_id.partition("/")[2], each) for each in fills]
    return [(name, each.filled_at, each.order.side, each.price, each.size, each.fee) for name, each in names]


def all_in(run: StrategyRun) -> list[tuple[Any, ...]]:
    orders = Order.objects.filter(run=run).order_by("placed_at", "pk")
    return [(each.client_order_id.partition("/")[2], each.placed_at, each.side) for each in orders]


@pytest.mark.parametrize("kept", [1_500, 3_500])
def test_a_prefix_of_the_tape_gives_a_prefix_of_the_trades(drain: Drain, kept: int) -> None:
    ann = make_user("ann")
    whole = make_tape(ann)
    messages = list(read_messages(whole.pk))[:kept]
    part = import_tape(ann, BytesIO(b"".join(write_tape(header_of(whole), messages))), name="Part")
    nodes = [
        STREAM,
        SELL,
        RISEN,
        {**BUY, "data": {"config": {"type": "limit", "size": "10", "price": {"=": "item.bid"}}}},
    ]
    workflow = make_strategy(ann, nodes, [edge("stream", "sell"), *chain("stream", "risen", "buy")])
    runs = [backtest(ann, workflow, whole), backtest(ann, workflow, part)]
    drain()

    long, short = (trades_of(run) for run in runs)
    assert short
    assert long[: len(short)] == short
    assert len(long) > len(short)
    long_orders, short_orders = (all_in(run) for run in runs)
    assert long_orders[: len(short_orders)] == short_orders


def test_a_backtest_gives_the_same_each_time_and_keeps_out_of_the_way_of_others(drain: Drain) -> None:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann)
    first, second = (backtest(ann, workflow, tape) for _ in range(2))
    drain()
    first.refresh_from_db()
    second.refresh_from_db()
    assert trades_of(first) == trades_of(second)
    assert first.portfolio_id != second.portfolio_id
    assert (first.curve, first.statistics) == (second.curve, second.statistics)


def test_so_many_windows_are_read_as_were_asked_for(drain: Drain) -> None:
    ann = make_user("ann")
    run = backtest(ann, make_strategy(ann), make_tape(ann), windows=4)
    drain()
    run.refresh_from_db()
    assert run.window == 4
    last = fresh(run.execution_id).steps.filter(node_id="stream").order_by("-seq").first()
    assert last is not None
    assert last.output["why"] == "The 4 windows that were asked for are read."


def test_a_process_that_keeps_nothing_in_memory_trades_the_same(
    drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann)
    kept = backtest(ann, workflow, tape)
    drain()
    monkeypatch.setattr(sessions, "KEPT", 0)
    forgetful = backtest(ann, workflow, tape)
    drain()
    assert trades_of(kept) == trades_of(forgetful)
    assert trades_of(kept)


def test_the_same_key_starts_a_strategy_once() -> None:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann, 500)
    run, is_new = start_strategy(ann, workflow.pk, tape_id=tape.pk, idempotency_key="once")
    again, is_newer = start_strategy(ann, workflow.pk, tape_id=tape.pk, idempotency_key="once")
    assert (run.pk, is_new, is_newer) == (again.pk, True, False)
    assert Portfolio.objects.count() == 1


def test_a_portfolio_is_traded_by_one_run_at_a_time() -> None:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann, 500)
    portfolio = create_portfolio(ann, name="Mine")
    options: Any = {"mode": Mode.PAPER, "tape_id": tape.pk, "portfolio_id": portfolio.pk}
    start_strategy(ann, workflow.pk, **options)
    with pytest.raises(WrongState, match="Another run trades"):
        start_strategy(ann, workflow.pk, **options)


def test_a_workflow_without_a_stream_is_no_strategy() -> None:
    ann = make_user("ann")
    with pytest.raises(WrongState, match="this workflow has none"):
        start_strategy(ann, make_workflow(ann).pk, tape_id=make_tape(ann, 500).pk)


def test_a_person_starts_one_through_row_security() -> None:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann, 500)
    with bound(), acting_as(ann.pk):
        run, _ = start_strategy(ann, workflow.pk, tape_id=tape.pk)
        paper, _ = start_strategy(ann, workflow.pk, mode=Mode.PAPER, tape_id=tape.pk)
        assert set(StrategyRun.objects.visible_to(ann)) == {run, paper}
    assert {each.mode for each in Portfolio.objects.all()} == {"backtest", "paper"}


def test_what_a_cancelled_run_left_standing_is_ended_when_the_portfolio_is_next_used(drain: Drain) -> None:
    ann = make_user("ann")
    rest = node("rest", "paper-order", {"type": "limit", "size": "10", "price": {"=": "item.bid"}})
    wait = node("wait", "wait", {"any_of": [{"signal": "go", "port": "out"}]})
    workflow = make_strategy(ann, [STREAM, rest, wait])
    tape = make_tape(ann, 2_000)
    run, _ = start_strategy(ann, workflow.pk, mode=Mode.PAPER, tape_id=tape.pk)
    drain()
    cancel_execution(ann, run.execution_id)
    drain()
    run.portfolio.refresh_from_db()
    assert run.portfolio.reserved > 0

    start_strategy(ann, workflow.pk, mode=Mode.PAPER, tape_id=tape.pk)
    run.portfolio.refresh_from_db()
    assert run.portfolio.reserved == 0
    assert {each.status for each in Order.objects.filter(run=run)} <= {"cancelled", "rejected", "filled"}
    assert verify_portfolio(run.portfolio) == []


def test_fills_are_counted_while_a_run_goes_on(monkeypatch: pytest.MonkeyPatch, drain: Drain) -> None:
    seen: list[tuple[int, int]] = []

    def look(run: StrategyRun) -> bool:
        seen.append((figures_of(run)["fills"], Fill.objects.filter(order__run=run).count()))
        return False

    monkeypatch.setattr(streaming, "is_due", look)
    ann = make_user("ann")
    backtest(ann, make_strategy(ann), make_tape(ann))
    drain()
    assert [told for told, _ in seen] == [booked for _, booked in seen]
    assert seen[-1][0] > 0
