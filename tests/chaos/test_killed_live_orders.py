"""Workers that die by SIGKILL while a strategy trades live: no order is sent twice, and no fill is lost.

The exchange is a stand-in, the workers are processes, and each that dies is followed by another.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import product

import psutil
import pytest
from pytest_django import Settings

from orchestrator.accounts.models import Role
from orchestrator.core.clock import utc_now
from orchestrator.executions.verification import verify_execution
from orchestrator.workflows.models import Workflow
from tests.chaos.scenario import Hatchery, hatchery
from tests.chaos.test_killed_workers import wait_for_death
from tests.factories import chain, fresh, make_user, make_workflow, node
from tests.stand_in import Answer, Received, stand_in
from tests.trading.live.counterparty import Counterparty, dropped
from tests.trading.live.scene import TOKEN, make_live_portfolio, make_market, make_recording
from tests.trading.live.signing import PretendSigner
from trading.domain.messages import Book, Level
from trading.domain.vocabulary import FINAL_ORDERS, Mode
from trading.models import LedgerEntry, LiveOrder, Order, Portfolio, StrategyRun, Tape
from trading.services.live import accounts
from trading.services.live.following import follow, give_up_unsent
from trading.services.live.stopping import cancel_of_ended_runs
from trading.services.locks import approve
from trading.services.strategies import start_strategy
from trading.services.tapes import append
from trading.services.verifying import verify_portfolio

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]
Env = dict[str, str]
WINDOWS = 4
FILLED = Decimal(4)
STREAM = node("stream", "polymarket-stream", {"window": 1, "lookback": 1})
BUY = node("buy", "live-order", {"type": "limit", "size": "10", "price": "0.5"})
"""One order of 10 tokens at a half for each window, of which 4 are filled at once."""


@dataclass
class Exchange:
    """``deadly`` is the request at which a worker is killed, which then finds out whether it arrived."""

    book: Counterparty = field(default_factory=Counterparty)
    deadly: int = 0
    arrives: bool = True
    victim: psutil.Process | None = None
    requests: int = 0

    def behave(self, request: Received) -> Answer:
        self.requests += 1
        if self.requests == self.deadly and self.victim is not None:
            self.victim.kill()
            wait_for_death(self.victim, 5)
            if not self.arrives:
                return dropped(accepts=False).answer
        return self.book.behave(request)


@pytest.fixture
def exchange(settings: Settings, monkeypatch: pytest.MonkeyPatch, chaos_env: Env) -> Iterator[Exchange]:
    made = Exchange()
    made.book.fills = FILLED
    settings.LIVE_TRADING = True
    monkeypatch.setattr(accounts, "open_signer", PretendSigner)
    with stand_in(made.behave) as server:
        settings.POLYMARKET_URLS = {**settings.POLYMARKET_URLS, "clob": server.url, "data": server.url}
        chaos_env |= {"LIVE_TRADING": "true", "POLYMARKET_CLOB_URL": server.url}
        yield made


@dataclass
class Strategy:
    workflow: Workflow
    portfolio: Portfolio
    tape: Tape

    def start(self) -> StrategyRun:
        return start_strategy(
            self.portfolio.owner,
            self.workflow.pk,
            mode=Mode.LIVE,
            tape_id=self.tape.pk,
            portfolio_id=self.portfolio.pk,
            windows=WINDOWS,
        )[0]


@pytest.fixture
def strategy(exchange: Exchange) -> Strategy:
    ann = make_user("ann")
    workflow = make_workflow(ann, nodes=[STREAM, BUY], edges=chain("stream", "buy"))
    make_market()
    portfolio = make_live_portfolio(ann, cash=100_000)
    approve(make_user("root", role=Role.ADMIN), workflow.pk, most_notional=Decimal(100_000))
    tape = make_recording(ann, [TOKEN])
    asks, bids = (Level(Decimal("0.6"), Decimal(50)),), (Level(Decimal("0.4"), Decimal(50)),)
    append(tape, [Book(1_000 + at * 200, TOKEN, f"0x{TOKEN}", bids, asks) for at in range(WINDOWS * 6)])
    return Strategy(workflow, portfolio, tape)


def is_over(run: StrategyRun) -> bool:
    return fresh(run.execution_id).finished_at is not None


def wait_for_end(run: StrategyRun, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not is_over(run):
        assert time.monotonic() < until, "the run does not end"
        time.sleep(0.05)


def settle(run: StrategyRun, exchange: Exchange) -> None:
    """What the sweep does in the minutes after a run: all orders are followed to their end."""
    cancel_of_ended_runs()
    exchange.book.settle("CONFIRMED")
    long_ago = utc_now() - timedelta(minutes=5)
    Order.objects.filter(run=run).update(created_at=long_ago)
    LiveOrder.objects.filter(order__run=run, sent_at__isnull=False).update(sent_at=long_ago)
    open_orders = Order.objects.filter(run=run).exclude(status__in=[each.value for each in FINAL_ORDERS])
    for _ in range(6):
        LiveOrder.objects.filter(order__run=run, due_at__isnull=False).update(due_at=utc_now())
        follow(run.portfolio_id)
        give_up_unsent()
    assert not open_orders.exists(), list(open_orders.values_list("status", "reason_code"))


def check(run: StrategyRun, exchange: Exchange, *, deaths: int) -> None:
    """One order a window; each known to the exchange at most once, and all that it filled is booked."""
    execution = fresh(run.execution_id)
    assert execution.status == "completed", execution.error
    assert verify_execution(execution.pk) == []
    settle(run, exchange)
    orders = list(Order.objects.filter(run=run).order_by("pk"))
    assert len(orders) == WINDOWS
    known = [each for each in orders if each.exchange_id in exchange.book.orders]
    assert len(exchange.book.posts) == len(exchange.book.orders) == len(known), "an order was sent twice"
    for order in known:
        matched = Decimal(exchange.book.orders[order.exchange_id]["size_matched"])
        assert (order.status, order.filled_size) == ("cancelled", matched)
    lost = [each for each in orders if each not in known]
    assert len(lost) <= deaths, "only who dies before it is sent leaves an order that never arrived"
    assert {each.reason_code for each in lost} <= {"not_arrived", "not_sent"}
    portfolio = Portfolio.objects.get(pk=run.portfolio_id)
    assert verify_portfolio(portfolio) == []
    assert portfolio.reserved == 0
    spent = sum(each.filled_amount for each in orders)
    assert spent == len(known) * FILLED / 2
    assert LedgerEntry.objects.filter(kind="fill", reference__in=_fills(orders)).count() == len(known)


def _fills(orders: list[Order]) -> list[str]:
    return [fill.reference for order in orders for fill in order.fills.all()]


@contextmanager
def scene(workers: Hatchery, exchange: Exchange, point: str = "-") -> Iterator[psutil.Process]:
    """One worker, which is to die, and an exchange that has heard nothing; nobody works afterwards."""
    exchange.book.posts, exchange.book.orders, exchange.book.trades = [], {}, []
    exchange.requests, exchange.deadly = 0, 0
    victim = exchange.victim = workers.hatch(point)
    try:
        yield victim
    finally:
        workers.clear()


def test_a_worker_killed_at_any_request_to_the_exchange_sends_nothing_twice(
    chaos_env: Env, exchange: Exchange, strategy: Strategy, kills: int
) -> None:
    """Three at least for each order: it is posted, it is looked at, its trades are."""
    requests = range(1, 3 * WINDOWS + 1) if kills > 50 else (1, 5)
    with hatchery(chaos_env) as workers:
        for deadly, arrives in product(requests, (True, False)):
            with scene(workers, exchange) as victim:
                exchange.deadly, exchange.arrives = deadly, arrives
                run = strategy.start()
                assert wait_for_death(victim, 40), f"request {deadly} did not come"
                workers.hatch()
                wait_for_end(run)
            check(run, exchange, deaths=1)


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "during_handler"])
def test_a_worker_killed_at_a_commit_sends_nothing_twice(
    chaos_env: Env, exchange: Exchange, strategy: Strategy, kills: int, point: str
) -> None:
    counts = range(1, 4 * WINDOWS) if kills > 50 else (2, 5)
    died = 0
    with hatchery(chaos_env) as workers:
        for times in counts:
            with scene(workers, exchange, f"{point}:{times}") as victim:
                run = strategy.start()
                while not is_over(run) and not wait_for_death(victim, 0.05):
                    pass
                died += not is_over(run)
                workers.hatch()
                wait_for_end(run)
            check(run, exchange, deaths=1)
    assert died >= 1, "nobody was killed"


def test_workers_killed_at_random_moments_send_nothing_twice(
    chaos_env: Env, exchange: Exchange, strategy: Strategy, kills: int
) -> None:
    dice, done = random.Random(2026), 0
    with hatchery(chaos_env) as workers:
        while done < kills // 4:
            deaths = 0
            with scene(workers, exchange) as victim:
                run = strategy.start()
                while not is_over(run):
                    time.sleep(dice.uniform(0.02, 0.5))
                    victim.kill()
                    wait_for_death(victim, 5)
                    deaths += 1
                    victim = workers.hatch()
                    if deaths > 4:  # let it come to an end
                        wait_for_end(run)
            check(run, exchange, deaths=deaths)
            done += deaths
