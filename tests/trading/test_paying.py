"""Resolved markets pay out what is held outside a run: once, whoever hears of it, also after a kill."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError

from orchestrator.accounts.models import User
from orchestrator.celery import app
from orchestrator.core.errors import InvalidInput
from tests.factories import fresh, make_user, node
from tests.trading.racing import beside
from tests.trading.strategies.making import make_strategy
from trading import tasks
from trading.domain.messages import SPLIT, Book, Level
from trading.domain.vocabulary import Mode, Side, TapeOrigin, TapeStatus
from trading.models import LedgerEntry, Market, Order, Portfolio, Tape
from trading.services import booking, desks, paying
from trading.services.manual_orders import Asked, place_order
from trading.services.markets import note_winner
from trading.services.portfolios import create_portfolio
from trading.services.strategies import start_strategy
from trading.services.tapes import append
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
YES, NO, MARKET = "yes-token", "no-token", "market-1"
D = Decimal


@pytest.fixture
def ann() -> User:
    return make_user("ann")


@pytest.fixture
def tape(ann: User) -> Tape:
    """Both outcomes stand at 0.40 to 0.42."""
    Market.objects.create(
        condition_id=MARKET,
        question="Will it?",
        outcomes=[{"name": "Yes", "token": YES}, {"name": "No", "token": NO}],
        tick_size=D("0.01"),
        minimum_size=D(5),
    )
    tape = Tape.objects.create(owner=ann, name="Live", origin=TapeOrigin.RECORDED.value, tokens=[YES, NO])
    bids, asks = (Level(D("0.40"), D(50)),), (Level(D("0.42"), D(30)),)
    append(tape, [Book(1_000, token, MARKET, bids, asks) for token in (YES, NO)])
    return tape


@pytest.fixture
def portfolio(ann: User, tape: Tape) -> Portfolio:
    """Ten tokens of either outcome were bought by hand, and an order for more of one stands."""
    made = create_portfolio(ann, name="Trial", cash=D(100))
    buy(ann, made, tape, "a")
    buy(ann, made, tape, "b", token=NO)
    buy(ann, made, tape, "c", price=D("0.41"))
    return made


def buy(user: User, portfolio: Portfolio, tape: Tape, name: str, **more: Any) -> Order:
    terms = {"token": YES, "side": Side.BUY, "price": D("0.42"), "size": D(10), **more}
    return place_order(user, portfolio.pk, Asked(tape_id=tape.pk, **terms), client_order_id=name)[0]


def paid(portfolio: Portfolio) -> list[Decimal]:
    rows = LedgerEntry.objects.filter(portfolio=portfolio, kind="payout").order_by("id")
    return [each.postings.get(account="cash").amount for each in rows]


def test_what_won_pays_one_what_lost_nothing_and_its_orders_end(portfolio: Portfolio) -> None:
    note_winner(MARKET, YES)
    assert paying.pay_out_market(MARKET) == 1
    portfolio.refresh_from_db()
    assert sorted(paid(portfolio)) == [0, 10]
    assert (portfolio.cash, portfolio.reserved) == (D("101.6"), D(0))
    assert portfolio.realised_pnl == D("1.6")
    assert not portfolio.positions.filter(size__gt=0).exists()
    assert Order.objects.get(client_order_id__endswith="/c").reason_code == "market_resolved"
    assert verify_portfolio(portfolio) == []


def test_where_the_outcomes_share_each_pays_half(portfolio: Portfolio) -> None:
    Market.objects.update(winner=SPLIT)
    tasks.settle()
    portfolio.refresh_from_db()
    assert paid(portfolio) == [5, 5]
    assert portfolio.cash == D("101.6")
    assert verify_portfolio(portfolio) == []


def test_however_often_it_is_told_it_is_paid_once(portfolio: Portfolio) -> None:
    note_winner(MARKET, YES)
    tasks.pay_out_market(MARKET)
    tasks.pay_out_market(MARKET)
    tasks.settle()
    portfolio.refresh_from_db()
    assert (len(paid(portfolio)), portfolio.cash) == (2, D("101.6"))


def test_the_sweep_pays_what_no_message_led_to(portfolio: Portfolio) -> None:
    tasks.settle()
    assert paid(portfolio) == [], "nothing is resolved"
    Market.objects.update(winner=NO)
    tasks.settle()
    assert sorted(paid(portfolio)) == [0, 10]


@pytest.mark.django_db(transaction=True)
def test_hearing_that_a_market_is_resolved_sends_for_somebody_who_pays(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **_: sent.append((name, args)))
    note_winner(MARKET, YES)
    assert sent == [("trading.pay_out_market", [MARKET])]


def test_a_payment_that_is_cut_off_leaves_nothing_and_is_made_later(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_winner(MARKET, YES)
    with monkeypatch.context() as patch:
        patch.setattr(booking, "keep_sums", _die)
        with pytest.raises(Killed):
            paying.pay_out(portfolio.pk)
    assert paid(portfolio) == []
    assert verify_portfolio(portfolio) == []
    tasks.settle()
    assert sorted(paid(portfolio)) == [0, 10]


class Killed(BaseException):
    """Not caught by anything."""


def _die(*given: object, **named: object) -> None:
    raise Killed


def test_nothing_more_is_bought_in_a_market_whose_winner_is_known(
    ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    """Though the tape ended before it was resolved: it would be money for nothing."""
    note_winner(MARKET, YES)
    other = create_portfolio(ann, name="Another", cash=D(100))
    with pytest.raises(InvalidInput, match="resolved"):
        buy(ann, other, tape, "late")


@pytest.mark.django_db(transaction=True)
def test_a_run_pays_out_itself_and_what_it_still_holds_at_its_end_is_paid_then(
    ann: User, tape: Tape, drain: Drain
) -> None:
    stream = node("stream", "polymarket-stream", {"window": 1, "tokens": [YES]})
    strategy = make_strategy(ann, [stream, node("buy", "paper-order", {"amount": "5"})])
    append(tape, [Book(at, YES, MARKET, (), (Level(D("0.5"), D(100)),)) for at in (2_000, 3_000, 4_000)])
    Tape.objects.update(status=TapeStatus.READY.value)
    note_winner(MARKET, YES)
    run, _ = start_strategy(ann, strategy.pk, mode=Mode.PAPER, tape_id=tape.pk)
    assert paying.pay_out(run.portfolio_id) == 0
    drain()
    assert fresh(run.execution_id).status == "completed"
    assert run.portfolio.positions.get(token=YES).size > 0
    tasks.settle_run(str(run.execution_id))
    tasks.settle_run(str(run.execution_id))
    assert run.portfolio.positions.get(token=YES).size == 0
    assert len(paid(run.portfolio)) == 1
    assert verify_portfolio(run.portfolio) == []


def two_who_pay(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch, *, patience: float
) -> tuple[int, list[BaseException]]:
    """The first has read what is held and waits a while before it books: the other's turn."""
    note_winner(MARKET, YES)
    read, real, faults = Event(), desks.keep_desk, list[BaseException]()

    def keep(*given: Any) -> None:
        if not read.is_set():
            read.set()
            other.join(patience)
        real(*given)

    def go_second() -> None:
        assert read.wait(30)
        try:
            paying.pay_out(portfolio.pk)
        except IntegrityError as error:
            faults.append(error)

    monkeypatch.setattr(paying, "keep_desk", keep)
    other = beside(go_second)
    try:
        paying.pay_out(portfolio.pk)
    except IntegrityError as error:
        faults.append(error)
    other.join(30)
    return len(paid(portfolio)), faults


@pytest.mark.django_db(transaction=True)
def test_two_who_pay_at_once_pay_once(portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_who_pay(portfolio, monkeypatch, patience=1.0) == (2, [])
    portfolio.refresh_from_db()
    assert portfolio.cash == D("101.6")


@pytest.mark.django_db(transaction=True)
def test_the_control_without_the_lock_both_pay_and_only_the_ledger_s_names_stop_it(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Portfolio.objects, "select_for_update", Portfolio.objects.all)
    count, faults = two_who_pay(portfolio, monkeypatch, patience=30.0)
    assert (count, len(faults)) == (2, 1)
