"""Orders on paper that race each other for the same cash, by hand and in a run; each with its control."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from threading import Event
from typing import Any

import pytest

from orchestrator.core.errors import InvalidInput
from tests.factories import make_user
from tests.trading.racing import beside
from tests.trading.strategies.making import make_strategy, make_tape
from trading.domain.orders import OrderRequest
from trading.domain.vocabulary import Mode, OrderType, Side
from trading.models import Order, Portfolio, StrategyRun, Tape
from trading.services import manual_orders, ordering, sessions
from trading.services.manual_orders import Asked, place_order
from trading.services.portfolios import create_portfolio, find_portfolio
from trading.services.strategies import start_strategy
from trading.services.streaming import Asked as Reading
from trading.services.streaming import next_window
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db(transaction=True)
KEPT_WAITING, FREE = 1.0, 30.0
"""Seconds to wait for somebody who cannot go on, and who can: the latter is done long before."""
NEEDS = Decimal(60)
"""USDC that either of the two orders needs, of the 100 that are there."""


@pytest.fixture
def portfolio() -> Portfolio:
    return create_portfolio(make_user("ann"), name="Trial", cash=Decimal(100))


@pytest.fixture
def tape(portfolio: Portfolio) -> Tape:
    return make_tape(portfolio.owner)


def first_waits(
    monkeypatch: pytest.MonkeyPatch,
    patience: float,
    place: Any,
    name: str,
    first: Callable[[], Any],
    second: Callable[[], Any],
) -> None:
    """Whoever comes first waits a while after the named call, in the midst of its work: the other's turn."""
    reached, real = Event(), getattr(place, name)

    def slowly(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        if not reached.is_set():
            reached.set()
            other.join(patience)
        return found

    def go_second() -> None:
        assert reached.wait(30)
        second()

    monkeypatch.setattr(place, name, slowly)
    other = beside(go_second)
    first()
    other.join(30)


def taken(portfolio: Portfolio) -> tuple[int, Decimal]:
    """How many orders stand, and what is kept for them."""
    portfolio.refresh_from_db()
    return Order.objects.filter(status="open", size=NEEDS * 100).count(), portfolio.reserved


def two_by_hand(
    portfolio: Portfolio, tape: Tape, monkeypatch: pytest.MonkeyPatch, patience: float
) -> tuple[int, Decimal]:
    def bid(name: str, size: Decimal) -> None:
        asked = Asked(tape_id=tape.pk, token=tape.tokens[0], side=Side.BUY, price=Decimal("0.01"), size=size)
        with suppress(InvalidInput):  # the cash does not pay for it
            place_order(portfolio.owner, portfolio.pk, asked, client_order_id=name)

    bid("before", Decimal(5))  # so that the desk is there
    first_waits(
        monkeypatch,
        patience,
        manual_orders,
        "at_desk",
        lambda: bid("a", NEEDS * 100),
        lambda: bid("b", NEEDS * 100),
    )
    return taken(portfolio)


def test_two_orders_by_hand_at_once_do_not_spend_the_same_cash(
    portfolio: Portfolio, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two_by_hand(portfolio, tape, monkeypatch, KEPT_WAITING) == (1, NEEDS + Decimal("0.05"))


def test_the_control_without_the_portfolio_s_lock_they_do(
    portfolio: Portfolio, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manual_orders, "find_portfolio", lambda user, pk, lock: find_portfolio(user, pk))
    assert two_by_hand(portfolio, tape, monkeypatch, FREE) == (2, NEEDS + Decimal("0.05"))


def two_in_a_run(portfolio: Portfolio, tape: Tape, monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    """A worker that was taken for dead comes late, and places an order beside the one that took over."""
    run, _ = start_strategy(
        portfolio.owner,
        make_strategy(portfolio.owner).pk,
        mode=Mode.PAPER,
        tape_id=tape.pk,
        portfolio_id=portfolio.pk,
    )
    reading = Reading(
        execution_id=run.execution_id,
        started_by_id=portfolio.owner_id,
        node_id="stream",
        key="stream#1",
        iteration=1,
        milliseconds=5_000,
    )
    next_window(reading)

    def bid(name: str) -> None:
        request = OrderRequest(
            client_order_id=name,
            token=tape.tokens[0],
            side=Side.BUY,
            type=OrderType.LIMIT,
            price=Decimal("0.01"),
            size=NEEDS * 100,
        )
        ordering.place_orders(run.execution_id, "buy", [request])

    first_waits(monkeypatch, patience, ordering, "require_unfinished", lambda: bid("a"), lambda: bid("b"))


class Unlocked:
    """Reads a row as sessions do, and lets others at it."""

    def __init__(self, model: type[StrategyRun] | type[Portfolio]) -> None:
        self.model = model

    def first(self, **named: Any) -> Any:
        [key] = named.values()
        return self.model.objects.filter(pk=key).first()


def test_two_orders_of_a_run_at_once_do_not_spend_the_same_cash(
    portfolio: Portfolio, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_in_a_run(portfolio, tape, monkeypatch, KEPT_WAITING)
    assert taken(portfolio) == (1, NEEDS)
    assert Order.objects.get(status="rejected").reason_code == "insufficient_cash"
    assert verify_portfolio(portfolio) == []


def test_the_control_without_the_locks_of_run_and_portfolio_they_do(
    portfolio: Portfolio, tape: Tape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_run_rows", Unlocked(StrategyRun))
    monkeypatch.setattr(sessions, "_portfolio_rows", Unlocked(Portfolio))
    two_in_a_run(portfolio, tape, monkeypatch, FREE)
    assert taken(portfolio) == (2, NEEDS)
