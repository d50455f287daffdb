"""A workflow that may trade live, its run, its money and its market."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.workflows.models import Workflow
from tests.factories import chain, make_user, make_workflow, node
from trading.domain.orders import OrderRequest
from trading.domain.vocabulary import Mode, OrderType, Side, TapeOrigin, TapeStatus, TimeInForce
from trading.models import LiveAccount, LiveOrder, Market, Order, Portfolio, StrategyRun, Tape
from trading.services.live.accounts import set_account
from trading.services.live.following import look_at
from trading.services.live.sending import place_live
from trading.services.locks import approve
from trading.services.portfolios import create_portfolio
from trading.services.strategies import start_strategy

TOKEN = "71321"
WALLET = "0x" + "ab" * 20
SECRETS = {
    "private_key": "0x" + "17" * 32,
    "api_key": "00000000-0000-0000-0000-00000000beef",
    "api_secret": "c2VjcmV0LXRoYXQtbXVzdC1uZXZlci1iZS1zaG93bg==",
    "api_passphrase": "passphrase-never-shown",
}
STREAM = node("stream", "polymarket-stream", {"window": 5})
BUY = node("buy", "live-order", {"type": "limit", "size": "10", "price": "0.5"})


def make_market(token: str = TOKEN, **more: Any) -> Market:
    fields = {
        "condition_id": f"0x{token}",
        "question": "Will it rain?",
        "outcomes": [{"name": "Yes", "token": token, "price": "0.5"}],
        "tick_size": Decimal("0.01"),
        "minimum_size": Decimal(5),
    }
    return Market.objects.create(**{**fields, **more})


def make_recording(owner: User, tokens: list[str]) -> Tape:
    return Tape.objects.create(
        owner=owner,
        name=f"Now {uuid4()}",
        origin=TapeOrigin.RECORDED.value,
        status=TapeStatus.RECORDING.value,
        tokens=tokens,
    )


def connect(portfolio: Portfolio) -> LiveAccount:
    return set_account(portfolio.owner, portfolio.pk, funder=WALLET, signature_type=0, **SECRETS)


def make_live_portfolio(owner: User, cash: int = 1_000, name: str = "Real money") -> Portfolio:
    """Connected with an account."""
    portfolio = create_portfolio(owner, name=name, mode=Mode.LIVE, cash=Decimal(cash))
    connect(portfolio)
    return portfolio


@dataclass
class Scene:
    """All three locks are open, 1,000 USDC are there, and up to 100 may be at stake."""

    ann: User
    admin: User
    workflow: Workflow
    portfolio: Portfolio
    run: StrategyRun
    names: Any = field(default_factory=lambda: count(1))

    def ask(self, *, name: str = "", side: Side = Side.BUY, **more: Any) -> OrderRequest:
        """10 tokens at a half, unless told otherwise."""
        fields = {"size": Decimal(10), "price": Decimal("0.5"), "type": OrderType.LIMIT}
        named = name or f"{self.run.execution_id}/buy#1/{next(self.names)}"
        return OrderRequest(client_order_id=named, token=TOKEN, side=side, **{**fields, **more})

    def place(self, *requests: OrderRequest) -> list[Order]:
        asked = list(requests) or [self.ask()]
        place_live(self.run, "buy", asked)
        found = {each.client_order_id: each for each in Order.objects.all()}
        return [found[each.client_order_id] for each in asked]

    def look(self) -> None:
        look_at(self.portfolio.pk, list(LiveOrder.objects.values_list("order_id", flat=True)))

    def age(self, **span: float) -> None:
        """As if all had been sent that much earlier."""
        for row in LiveOrder.objects.filter(sent_at__isnull=False):
            assert row.sent_at is not None
            LiveOrder.objects.filter(pk=row.pk).update(
                sent_at=row.sent_at - timedelta(**span), due_at=utc_now()
            )


def make_scene(*, cap: int = 100, cash: int = 1_000) -> Scene:
    """Needs ``LIVE_TRADING``."""
    ann, admin = make_user("ann"), make_user("root", role=Role.ADMIN)
    workflow = make_workflow(ann, nodes=[STREAM, BUY], edges=chain("stream", "buy"))
    make_market()
    portfolio = make_live_portfolio(ann, cash)
    approve(admin, workflow.pk, most_notional=Decimal(cap), comment="Looked at it")
    run, _ = start_strategy(
        ann,
        workflow.pk,
        mode=Mode.LIVE,
        tape_id=make_recording(ann, [TOKEN]).pk,
        portfolio_id=portfolio.pk,
    )
    return Scene(ann, admin, workflow, portfolio, run)


def facts(*values: Any) -> tuple[Any, ...]:
    """To be compared: amounts with whole numbers, too."""
    return values


def market_order(**more: Any) -> dict[str, Any]:
    return {"type": OrderType.MARKET, "time_in_force": TimeInForce.FAK, "size": None, **more}
