"""Backtests of a part of a tape: from one market time to another, without a look at what lies behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.workflows.models import Workflow
from tests.factories import make_user, node
from tests.trading.strategies.making import BUY, STREAM, backtest, make_strategy, make_tape
from trading.domain.vocabulary import Mode
from trading.models import Fill, Order, StrategyRun, Tape
from trading.services.repeating import repeat_backtest
from trading.services.strategies import start_strategy

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]
RISEN = node("risen", "filter", {"conditions": [{"field": "momentum", "operator": "gt", "value": 0.001}]})


def scene() -> tuple[User, Workflow, Tape, datetime]:
    """With a moment in the middle of the tape."""
    ann = make_user("ann")
    tape = make_tape(ann)
    assert tape.first_at is not None
    assert tape.last_at is not None
    middle = tape.first_at + (tape.last_at - tape.first_at) / 2
    return ann, make_strategy(ann, [STREAM, RISEN, BUY]), tape, middle.replace(microsecond=0)


def trades_of(run: StrategyRun) -> list[Any]:
    rows = Fill.objects.filter(order__run=run).order_by("filled_at", "order__client_order_id", "id")
    return [
        (each.filled_at, each.order.token, each.price, each.size) for each in rows.select_related("order")
    ]


def test_what_comes_before_is_heard_and_traded_by_nobody(drain: Drain) -> None:
    ann, workflow, tape, middle = scene()
    run = backtest(ann, workflow, tape, from_at=middle)
    drain()

    run.refresh_from_db()
    placed = [each.placed_at for each in Order.objects.filter(run=run)]
    assert placed
    assert min(placed) > middle
    assert run.position == tape.message_count
    first = min(placed) - middle
    assert first < timedelta(seconds=30), "the look-back is full from the first window on"


def test_nothing_is_read_from_the_end_on_and_an_earlier_end_gives_a_prefix_of_the_trades(
    drain: Drain,
) -> None:
    ann, workflow, tape, middle = scene()
    early = middle - timedelta(seconds=20)
    runs = [backtest(ann, workflow, tape, until_at=until) for until in (early, middle, None)]
    drain()

    short, longer, whole = (trades_of(run) for run in runs)
    assert 0 < len(short) < len(longer) < len(whole)
    assert max(each[0] for each in short) < early + timedelta(seconds=5)
    before = [each for each in longer if each[0] < early]
    assert [each for each in short if each[0] < early] == before
    assert [each for each in whole if each[0] < middle] == [each for each in longer if each[0] < middle]
    for run in runs[:2]:
        run.refresh_from_db()
        assert run.position < tape.message_count
        assert not Order.objects.filter(run=run, status__in=["open", "pending", "partially_filled"]).exists()


def test_a_backtest_is_repeated_as_it_was_set(drain: Drain) -> None:
    ann, workflow, tape, middle = scene()
    run = backtest(ann, workflow, tape, from_at=middle, windows=6, cash=Decimal(750))
    again = repeat_backtest(ann, run.pk, nonce="n")
    assert repeat_backtest(ann, run.pk, nonce="n") == again != run
    drain()
    assert (again.from_at, again.windows_wanted) == (middle, 6)
    assert trades_of(again) == trades_of(run) != []
    for each in (run, again):
        each.refresh_from_db()
    assert again.statistics["now"] == run.statistics["now"]
    assert again.statistics["now"]["begin"] == "750.000000"


def test_a_part_without_anything_in_it_is_no_backtest() -> None:
    ann, workflow, tape, middle = scene()
    assert tape.last_at is not None
    with pytest.raises(InvalidInput):
        backtest(ann, workflow, tape, from_at=tape.last_at + timedelta(seconds=1))
    with pytest.raises(InvalidInput):
        backtest(ann, workflow, tape, until_at=tape.first_at)
    with pytest.raises(InvalidInput):
        backtest(ann, workflow, tape, from_at=middle, until_at=middle)
    with pytest.raises(WrongState, match="Only a backtest"):
        start_strategy(ann, workflow.pk, mode=Mode.PAPER, tape_id=tape.pk, from_at=middle)
    assert not StrategyRun.objects.exists()


def test_the_form_takes_market_time_and_says_where_it_goes_wrong(drain: Drain) -> None:
    ann, workflow, tape, middle = scene()
    client = Client()
    client.force_login(ann)
    form: dict[str, Any] = {"tape_id": tape.pk, "version": 1, "cash": "500", "nonce": "n", "windows": ""}
    url = f"/trading/strategies/{workflow.pk}/backtest/"
    late = {**form, "from_at": "2030-01-01T00:00:00", "until_at": ""}
    answer = client.post(url, late)
    assert answer.status_code == 400
    assert "The tape is over by then." in answer.content.decode()
    assert 'value="2030-01-01T00:00:00"' in answer.content.decode()

    assert client.post(url, {**form, "from_at": middle.strftime("%Y-%m-%dT%H:%M:%S")}).status_code == 302
    run = StrategyRun.objects.get()
    assert run.from_at == middle
    drain()
    page = client.get(f"/trading/runs/{run.pk}/").content.decode()
    assert f"from {middle:%-d %b %Y %H:%M:%S}" in page
    again = client.post(f"/trading/runs/{run.pk}/repeat/", {"nonce": "x"})
    assert again.headers["Location"] != f"/trading/runs/{run.pk}/"
    assert StrategyRun.objects.filter(from_at=middle).count() == 2
