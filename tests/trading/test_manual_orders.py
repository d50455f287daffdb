"""Orders by hand on paper: what they meet, what refuses them, that a name is one order, and the previews."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orchestrator.accounts.models import Role, User
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from tests.factories import make_user
from trading.domain.messages import Book, Level, Message, Trade
from trading.domain.vocabulary import OrderType, Side, TapeOrigin, TimeInForce
from trading.models import Fill, KillSwitch, LedgerEntry, Market, Order, Portfolio, Tape
from trading.services import desks, manual_orders
from trading.services.manual_orders import Asked
from trading.services.portfolios import create_portfolio, deposit, withdraw
from trading.services.previewing import preview_order
from trading.services.tapes import append

pytestmark = pytest.mark.django_db
YES, MARKET = "yes-token", "market-1"


@pytest.fixture
def ann() -> User:
    return make_user("ann")


@pytest.fixture
def portfolio(ann: User) -> Portfolio:
    return create_portfolio(ann, name="Trial", cash=Decimal(100))


@pytest.fixture
def tape(ann: User) -> Tape:
    Market.objects.create(
        condition_id=MARKET,
        question="Will it?",
        outcomes=[{"name": "Yes", "token": YES}],
        tick_size=Decimal("0.01"),
        minimum_size=Decimal(5),
    )
    tape = Tape.objects.create(owner=ann, name="Live", origin=TapeOrigin.RECORDED.value, tokens=[YES])
    bids, asks = (Level(Decimal("0.40"), Decimal(50)),), (Level(Decimal("0.42"), Decimal(30)),)
    append(tape, [Book(1_000, YES, MARKET, bids, asks)])
    return tape


def asked(tape: Tape, **given: Any) -> Asked:
    given = {"side": Side.BUY, "price": Decimal("0.42"), "size": Decimal(10), **given}
    return Asked(tape_id=tape.pk, token=YES, **given)


def tells(tape: Tape, *messages: Message) -> None:
    append(tape, list(messages))


def test_an_order_takes_what_the_newest_book_shows(ann: User, portfolio: Portfolio, tape: Tape) -> None:
    order, is_new = manual_orders.place_order(ann, portfolio.pk, asked(tape), client_order_id="a")
    portfolio.refresh_from_db()
    assert (is_new, order.status, order.filled_size) == (True, "filled", Decimal(10))
    assert portfolio.cash == Decimal("95.80")
    assert portfolio.positions.get().size == 10


def test_a_name_is_one_order_however_often_it_is_sent(ann: User, portfolio: Portfolio, tape: Tape) -> None:
    first, _ = manual_orders.place_order(ann, portfolio.pk, asked(tape), client_order_id="a")
    again, is_new = manual_orders.place_order(ann, portfolio.pk, asked(tape), client_order_id="a")
    assert (again, is_new) == (first, False)
    assert Fill.objects.count() == 1


def test_the_same_shown_tokens_are_never_taken_twice(ann: User, portfolio: Portfolio, tape: Tape) -> None:
    manual_orders.place_order(ann, portfolio.pk, asked(tape, size=Decimal(25)), client_order_id="a")
    rest, _ = manual_orders.place_order(ann, portfolio.pk, asked(tape), client_order_id="b")
    assert (rest.status, rest.filled_size) == ("partially_filled", Decimal(5))


def test_what_rests_is_filled_by_what_comes_later(ann: User, portfolio: Portfolio, tape: Tape) -> None:
    order, _ = manual_orders.place_order(
        ann, portfolio.pk, asked(tape, price=Decimal("0.41")), client_order_id="a"
    )
    portfolio.refresh_from_db()
    assert (order.status, portfolio.reserved) == ("open", Decimal("4.1"))
    assert desks.meet_markets() == 0
    tells(tape, Trade(2_000, YES, MARKET, Side.SELL, Decimal("0.40"), Decimal(4)))
    assert desks.meet_markets() == 1
    order.refresh_from_db()
    portfolio.refresh_from_db()
    assert (order.status, order.filled_size) == ("partially_filled", Decimal(4))
    assert portfolio.reserved == Decimal("2.46")
    desks.meet_market(portfolio.pk)
    order.refresh_from_db()
    assert order.filled_size == 4


def test_a_cancelled_order_gives_back_what_was_kept_for_it(
    ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    order, _ = manual_orders.place_order(
        ann, portfolio.pk, asked(tape, price=Decimal("0.10")), client_order_id="a"
    )
    assert manual_orders.cancel_order(ann, order.pk).status == "cancelled"
    portfolio.refresh_from_db()
    assert (portfolio.cash, portfolio.reserved) == (Decimal(100), Decimal(0))
    with pytest.raises(WrongState, match="cancelled already"):
        manual_orders.cancel_order(ann, order.pk)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"price": Decimal("0.415")}, "price", "not a multiple of the tick"),
        ({"price": None}, "price", "needs a price"),
        ({"size": Decimal(1)}, "size", "below this market's minimum"),
        ({"size": Decimal(1_000)}, "size", "and 100.000000 are free"),
        ({"side": Side.SELL}, "size", "are to be sold"),
        ({"type": OrderType.MARKET}, "time_in_force", "FOK or FAK"),
        ({"size": Decimal(40), "time_in_force": TimeInForce.FOK}, "time_in_force", "all or nothing"),
    ],
)
def test_a_refusal_is_a_sentence_at_its_field_and_leaves_nothing(
    ann: User, portfolio: Portfolio, tape: Tape, given: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        manual_orders.place_order(ann, portfolio.pk, asked(tape, **given), client_order_id="a")
    assert list(raised.value.fields) == [field]
    assert words in raised.value.message
    assert not Order.objects.exists()
    assert LedgerEntry.objects.count() == 1  # the first deposit


def test_nobody_trades_with_anothers_money_or_while_the_switch_is_pulled(
    ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    KillSwitch.objects.create(pulled_by=ann)
    with pytest.raises(WrongState, match="kill switch"):
        manual_orders.place_order(ann, portfolio.pk, asked(tape), client_order_id="a")
    boss = make_user("boss", role=Role.ADMIN)
    with pytest.raises(NotAllowed, match="Only the owner"):
        manual_orders.place_order(boss, portfolio.pk, asked(tape), client_order_id="a")


def test_a_preview_says_what_placing_then_does_and_stores_nothing(
    ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    wanted = asked(tape, size=Decimal(40))
    seen = preview_order(ann, portfolio.pk, wanted)
    assert (seen.size, seen.average, seen.rests) == (Decimal(30), Decimal("0.42"), Decimal(10))
    assert not Order.objects.exists()
    order, _ = manual_orders.place_order(ann, portfolio.pk, wanted, client_order_id="a")
    portfolio.refresh_from_db()
    assert (order.filled_size, portfolio.reserved) == (seen.size, seen.reserved)


def test_money_moves_once_for_one_reference(ann: User, portfolio: Portfolio) -> None:
    for _ in range(2):
        deposit(ann, portfolio.pk, amount=Decimal(5), reference="k")
        withdraw(ann, portfolio.pk, amount=Decimal(2), reference="k")
    portfolio.refresh_from_db()
    assert portfolio.cash == 103
