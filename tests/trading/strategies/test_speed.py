"""A tape replayed at a speed: no window before it is due, and the same trades as at full speed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from tests.factories import make_user
from tests.trading.strategies.making import backtest, make_strategy, make_tape
from trading.domain.vocabulary import Mode
from trading.models import Fill, StrategyRun
from trading.services.repeating import repeat_backtest
from trading.services.strategies import start_strategy
from trading.services.streaming import Asked, next_window

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


def fills_of(run: StrategyRun) -> list[tuple[object, ...]]:
    rows = Fill.objects.filter(order__run=run).order_by("filled_at", "pk")
    return list(rows.values_list("filled_at", "price", "size", "fee"))


def asked(run: StrategyRun) -> Asked:
    return Asked(
        execution_id=run.execution_id,
        started_by_id=run.started_by_id,
        node_id="stream",
        key="one",
        iteration=1,
        milliseconds=5_000,
    )


def begun(run_id: UUID, *, seconds_ago: float) -> None:
    StrategyRun.objects.filter(pk=run_id).update(created_at=utc_now() - timedelta(seconds=seconds_ago))


def test_a_window_is_not_given_before_it_is_due() -> None:
    ann = make_user("ann")
    run, _ = start_strategy(
        ann, make_strategy(ann).pk, mode=Mode.BACKTEST, tape_id=make_tape(ann, 2_000).pk, speed=1
    )
    begun(run.pk, seconds_ago=2)

    early = next_window(asked(run))
    assert early.output is None
    assert early.waiting == "The next window is due in 3 s, at the speed asked for"

    begun(run.pk, seconds_ago=8)
    due = next_window(asked(run))
    assert due.output is not None
    assert due.output["window"] == 0


def test_the_speed_changes_no_trade(drain: Drain) -> None:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann, 2_000)
    plain = backtest(ann, workflow, tape)
    run, _ = start_strategy(ann, workflow.pk, mode=Mode.BACKTEST, tape_id=tape.pk, speed=60)
    begun(run.pk, seconds_ago=3_600)
    drain()

    run.refresh_from_db()
    assert run.position == tape.message_count
    assert fills_of(run) == fills_of(plain)
    assert fills_of(plain), "the control: there are trades"
    assert repeat_backtest(ann, run.pk, nonce="n").reader["speed"] == 60


@pytest.mark.parametrize("speed", [0, -1, 0.01, 1e9, float("nan"), float("inf")])
def test_a_speed_has_bounds(speed: float) -> None:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann, 200)
    with pytest.raises(InvalidInput) as caught:
        start_strategy(ann, workflow.pk, mode=Mode.BACKTEST, tape_id=tape.pk, speed=speed)
    assert list(caught.value.fields) == ["speed"]
    with pytest.raises(WrongState, match="Only a backtest"):
        start_strategy(ann, workflow.pk, mode=Mode.PAPER, tape_id=tape.pk, speed=1)


def test_it_is_chosen_by_page_and_by_api() -> None:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann, 200)
    client = Client()
    client.force_login(ann)
    body = {"workflow": str(workflow.pk), "tape": str(tape.pk), "speed": 10}
    answer = client.post("/api/v1/trading/backtests/", body, content_type="application/json")
    assert answer.status_code == 202
    assert StrategyRun.objects.get().reader["speed"] == 10
    refused = client.post("/api/v1/trading/backtests/", {**body, "speed": 0}, content_type="application/json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["speed"])
    page = client.get(f"/trading/strategies/{workflow.pk}/").content.decode()
    assert "600 times the market" in page
