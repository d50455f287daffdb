"""A paper run on a live tape whose recorder and engine are killed trades what a backtest of it does."""

from __future__ import annotations

import asyncio
import math
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from tests.chaos.scenario import hatchery
from tests.executions.dying import engine
from tests.factories import chain, edge, fresh, make_user, node
from tests.trading.feed.making import is_continuous, messages, recording
from tests.trading.polymarket.payloads import NO, NOON, YES, book, gamma_market
from tests.trading.polymarket.stand_in import Line, MarketChannel, market_channel
from tests.trading.strategies.making import BUY, RISEN, SELL, make_strategy
from trading.domain.messages import Book, Gap
from trading.domain.vocabulary import Mode
from trading.models import Fill, Order, StrategyRun, Tape
from trading.nodes import threads
from trading.polymarket.wire import gamma
from trading.polymarket.wire.values import Unknown
from trading.services import sessions
from trading.services.markets import keep_markets
from trading.services.strategies import start_strategy
from trading.services.tapes import ask_to_stop
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.timeout(280)
Env = dict[str, str]
STREAM = node("stream", "polymarket-stream", {"window": 2, "lookback": 1})


class Wave:
    """Prices that rise and fall: a book every few milliseconds, whoever is connected, and none twice."""

    def __init__(self) -> None:
        self.number = 0
        self.books: dict[str, Any] = {}
        self._move()

    async def __call__(self, line: Line) -> None:
        while line.socket.close_code is None:
            self._move()
            await line.send(self.books[YES])
            await asyncio.sleep(0.02)

    def _move(self) -> None:
        self.number += 1
        cents = 50 + round(20 * math.sin(self.number / 60))
        bids, asks = [(f"0.{cents}", "200")], [(f"0.{cents + 1}", str(200 + self.number % 7))]
        self.books[YES] = book(YES, at=NOON + self.number * 100, bids=bids, asks=asks)


class Recorder:
    """A process of its own."""

    def __init__(self, env: Env) -> None:
        self._child = subprocess.Popen([sys.executable, "manage.py", "market_feed"], env=env)

    def kill(self) -> None:
        self._child.send_signal(signal.SIGKILL)
        self._child.wait(10)


def outcome(run: StrategyRun) -> dict[str, Any]:
    run.refresh_from_db()
    execution = fresh(run.execution_id)
    assert execution.status == "completed", execution.error
    assert verify_portfolio(run.portfolio) == []
    orders = Order.objects.filter(run=run).order_by("client_order_id")
    fills = Fill.objects.filter(order__run=run).order_by("reference")
    return {
        "orders": [(_short(each.client_order_id), each.status, each.filled_amount) for each in orders],
        "fills": [(_short(each.reference), each.price, each.size, each.fee) for each in fills],
        "curve": run.curve,
        "windows": run.window,
        "cash": run.portfolio.cash,
    }


def _short(name: str) -> str:
    return name.partition("/")[2]


def wait(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


def messages_on(tape: Tape) -> int:
    return Tape.objects.values_list("message_count", flat=True).get(pk=tape.pk)


def follow_while_killing(env: Env, channel: MarketChannel, kills: int) -> StrategyRun:
    ann = make_user("ann")
    tokens = f'["{YES}", "{NO}"]'
    keep_markets([gamma.market(gamma_market(1, clobTokenIds=tokens), Unknown())])
    edges = [edge("stream", "sell"), *chain("stream", "risen", "buy")]
    workflow = make_strategy(ann, [STREAM, SELL, RISEN, BUY], edges)
    tape = recording(ann, YES)
    feed_env = {**env, "POLYMARKET_STREAM_URL": channel.url}
    recorder = Recorder(feed_env)
    try:
        with hatchery(env) as workers:
            worker = workers.hatch()
            wait(lambda: messages_on(tape) > 50)
            run, _ = start_strategy(ann, workflow.pk, mode=Mode.PAPER, tape_id=tape.pk)
            for number in range(kills):
                before = messages_on(tape)
                time.sleep(random.uniform(0.2, 1.5))
                if number % 2:
                    worker.kill()
                    worker = workers.hatch()
                else:
                    recorder.kill()
                    recorder = Recorder(feed_env)
                wait(lambda before=before: messages_on(tape) > before + 100)  # type: ignore[misc]
            ask_to_stop(ann, tape.pk, at=tape.created_at)
            wait(lambda: fresh(run.execution_id).finished_at is not None)
    finally:
        recorder.kill()
    return run


@pytest.fixture(autouse=True)
def _as_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads of the engine that runs in this process leave no connection behind."""
    monkeypatch.setattr(threads, "close_old_connections", connections.close_all)
    yield
    sessions.forget_all()


def test_killing_recorder_and_worker_changes_nothing_of_what_is_traded(chaos_env: Env, kills: int) -> None:
    wave = Wave()
    with market_channel(wave, books=wave.books) as channel:
        run = follow_while_killing(chaos_env, channel, kills // 3)
    tape = Tape.objects.get(pk=run.tape_id)
    told = messages(tape)
    assert is_continuous(tape)
    assert tape.gap_count >= 1
    after = [told[index + 1] for index, each in enumerate(told[:-1]) if isinstance(each, Gap)]
    assert all(isinstance(each, Book) for each in after)
    books = [(each.at, each.asks) for each in told if isinstance(each, Book)]
    assert len(books) == len(set(books)), "a book is on the tape twice"

    assert run.started_by is not None
    again, _ = start_strategy(run.started_by, run.workflow_id, mode=Mode.BACKTEST, tape_id=tape.pk)
    with engine() as worker:
        worker.run_until_idle()
    found = outcome(run)
    assert found["fills"], "nothing was traded: the comparison says nothing"
    assert found == outcome(again)
