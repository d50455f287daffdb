"""Every list of trading asks the database as often for forty rows as for two, by page and by API."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.workflows.models import Workflow
from tests.factories import make_user
from tests.trading.live.scene import make_market
from tests.trading.strategies.making import backtest, make_strategy, make_tape
from trading.domain.vocabulary import Mode
from trading.models import (
    Alert,
    Fill,
    KillSwitch,
    LedgerEntry,
    LiveApproval,
    LiveOrder,
    Market,
    Order,
    Portfolio,
    Position,
    Posting,
    StrategyRun,
    Tape,
)
from trading.services.portfolios import create_portfolio

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 20

BUDGETS = {
    "/trading/": 9,
    "/trading/markets/": 11,
    "/trading/markets/?search=rain&category=Weather&state=open": 11,
    "/trading/markets/{market}/": 12,
    "/trading/tapes/": 9,
    "/trading/tapes/{tape}/": 16,
    "/trading/alerts/": 9,
    "/trading/portfolios/": 8,
    "/trading/portfolios/{portfolio}/": 16,
    "/trading/portfolios/{portfolio}/orders/": 10,
    "/trading/portfolios/{portfolio}/fills/": 10,
    "/trading/portfolios/{portfolio}/ledger/": 10,
    "/trading/strategies/{workflow}/": 28,
    "/trading/strategies/{workflow}/locks/": 16,
    "/trading/runs/{run}/": 16,
    "/trading/runs/{run}/orders/": 9,
    "/trading/live-orders/": 9,
    "/trading/stop/": 10,
    "/api/v1/workflows/?category=trading": 4,
    "/api/v1/trading/markets/": 4,
    "/api/v1/trading/tapes/": 4,
    "/api/v1/trading/portfolios/": 4,
    "/api/v1/trading/portfolios/{portfolio}/": 5,
    "/api/v1/trading/portfolios/{portfolio}/positions/": 6,
    "/api/v1/trading/portfolios/{portfolio}/fills/": 5,
    "/api/v1/trading/portfolios/{portfolio}/ledger/": 6,
    "/api/v1/trading/orders/": 4,
    "/api/v1/trading/backtests/": 5,
    "/api/v1/trading/backtests/{run}/trades/": 5,
    "/api/v1/trading/alerts/": 4,
}
"""Most queries of one request, its session and person included."""


@dataclass
class World:
    """``more`` adds to each list; each row is of a market, a token or a person of its own."""

    ann: User
    workflow: Workflow
    tape: Tape
    run: StrategyRun
    portfolio: Portfolio
    live: Portfolio
    market: Market
    numbers: Any = field(default_factory=lambda: count(1))

    def more(self, rows: int) -> None:
        for _ in range(rows):
            self._one(next(self.numbers))

    def _one(self, number: int) -> None:
        token, now = f"token-{number}", utc_now()
        market = make_market(token, question=f"Will it rain on day {number}?", category="Weather")
        tape = Tape.objects.create(owner=self.ann, name=f"Tape {number}", origin="recorded", tokens=[token])
        Tape.objects.filter(pk=tape.pk).update(message_count=1, tokens=[token, "shared"])
        self._trade(number, token, market)
        create_portfolio(self.ann, name=f"Portfolio {number}", cash=Decimal(5))
        other = make_strategy(self.ann)
        for workflow in (self.workflow, other):
            run = backtest(self.ann, workflow, self.tape)
            Alert.objects.create(run=run, reference="a", text=f"Look at {token}", happened_at=now)
        admin = make_user(f"admin-{number}", role=Role.ADMIN)
        LiveApproval.objects.create(
            workflow=self.workflow, approved_by=admin, most_notional=1, revoked_by=admin, revoked_at=now
        )
        KillSwitch.objects.create(pulled_by=admin, released_by=admin, released_at=now)

    def _trade(self, number: int, token: str, market: Market) -> None:
        """In the run's portfolio, filled; and a live order that stands."""
        now = utc_now()
        asked: Any = {"token": token, "market": market.condition_id, "side": "buy", "type": "limit"}
        asked |= {"price": Decimal("0.5"), "size": 10, "placed_at": now}
        filled, standing = (
            Order.objects.create(
                portfolio=portfolio,
                run=self.run,
                client_order_id=f"{portfolio.pk}/{number}",
                status=status,
                **asked,
            )
            for portfolio, status in ((self.portfolio, "filled"), (self.live, "open"))
        )
        LiveOrder.objects.create(order=standing)
        Fill.objects.create(order=filled, reference="1", price=Decimal("0.5"), size=10, filled_at=now)
        Alert.objects.create(run=self.run, reference=token, text="Bought", happened_at=now)
        held: Any = {"token": token, "market": market.condition_id, "size": 10, "cost": 5}
        Position.objects.create(portfolio=self.portfolio, mark=Decimal("0.5"), **held)
        entry = LedgerEntry.objects.create(
            portfolio=self.portfolio, kind="fill", reference=f"fill {number}", booked_at=now
        )
        Posting.objects.create(entry=entry, account="cash", amount=-5)
        Posting.objects.create(entry=entry, account="position", token=token, amount=5, size=10)

    def address(self, pattern: str) -> str:
        names = ("workflow", "tape", "run", "portfolio", "market")
        return pattern.format(**{name: getattr(self, name).pk for name in names})


@pytest.fixture
def world() -> World:
    ann = make_user("ann")
    workflow, tape = make_strategy(ann), make_tape(ann, 300)
    run = backtest(ann, workflow, tape)
    live = create_portfolio(ann, name="Real money", mode=Mode.LIVE)
    found = World(ann, workflow, tape, run, run.portfolio, live, make_market("shared"))
    found.more(FEW)
    return found


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    return [each["sql"] for each in seen.captured_queries]


def test_lists_cost_the_same_number_of_queries_however_many_rows_there_are(world: World) -> None:
    client = Client()
    client.force_login(world.ann)
    addresses = {pattern: world.address(pattern) for pattern in BUDGETS}
    for address in addresses.values():
        client.get(address)  # what a process keeps once it was asked for
    few = {pattern: len(queries_of(client, address)) for pattern, address in addresses.items()}
    world.more(MANY)
    many = {pattern: len(queries_of(client, address)) for pattern, address in addresses.items()}

    grown = {pattern: (few[pattern], many[pattern]) for pattern in BUDGETS if many[pattern] > few[pattern]}
    assert grown == {}
    over = {pattern: (many[pattern], most) for pattern, most in BUDGETS.items() if many[pattern] > most}
    assert over == {}
