"""A portfolio's page: exposure by market, limits with what is used of them, pay-outs, and fills as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from tests.factories import chain, make_user, node
from tests.trading.strategies.making import BUY, STREAM, make_strategy, make_tape
from trading.domain.messages import Book, Level, Message, Resolved
from trading.domain.vocabulary import Mode, OrderType, Side, TapeOrigin, TimeInForce
from trading.models import Market, Portfolio, Tape
from trading.services.desks import meet_market
from trading.services.manual_orders import Asked, place_order
from trading.services.portfolios import create_portfolio
from trading.services.strategies import start_strategy
from trading.services.tapes import append

pytestmark = pytest.mark.django_db
YES, MARKET = "=yes-token", "market-1"


@pytest.fixture
def ann() -> User:
    return make_user("ann")


@pytest.fixture
def client(ann: User) -> Client:
    client = Client()
    client.force_login(ann)
    return client


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
    bids, asks = (Level(Decimal("0.38"), Decimal(50)),), (Level(Decimal("0.40"), Decimal(30)),)
    tells(tape, Book(1_000, YES, MARKET, bids, asks))
    return tape


def tells(tape: Tape, *messages: Message) -> None:
    append(tape, list(messages))


def order(user: User, portfolio: Portfolio, tape: Tape, size: int, price: str, name: str) -> None:
    asked = Asked(
        tape_id=tape.pk, token=YES, side=Side.BUY, type=OrderType.LIMIT, price=Decimal(price),
        size=Decimal(size), time_in_force=TimeInForce.GTC,
    )  # fmt: skip
    place_order(user, portfolio.pk, asked, client_order_id=name)


def page_of(client: Client, portfolio: Portfolio) -> Any:
    return client.get(f"/trading/portfolios/{portfolio.pk}/")


def test_exposure_counts_what_is_held_and_what_may_be_bought(
    client: Client, ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    order(ann, portfolio, tape, 20, "0.40", "a")
    order(ann, portfolio, tape, 10, "0.30", "b")
    page = page_of(client, portfolio)
    [row] = page.context["exposure"]
    assert (row.cost, row.open, row.total, row.at_best, row.share) == (8, 3, 11, 20, 1)
    assert "Exposure by market" in page.content.decode()
    assert "No strategy trades with this portfolio now." in page.content.decode()


def test_a_resolved_market_shows_what_it_paid(
    client: Client, ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    order(ann, portfolio, tape, 20, "0.40", "a")
    order(ann, portfolio, tape, 10, "0.30", "b")
    tells(tape, Resolved(2_000, MARKET, YES))
    meet_market(portfolio.pk)
    page = page_of(client, portfolio)
    [row] = page.context["payouts"]
    assert (row.size, row.paid, row.profit) == (20, 20, 12)
    assert page.context["exposure"] == []
    assert "Pay-outs of resolved markets" in page.content.decode()


def test_limits_of_the_strategy_that_trades_with_it_show_what_is_used(client: Client, ann: User) -> None:
    held = node(
        "limits",
        "risk",
        {"amount": "5", "max_exposure": "40", "max_order_notional": 10, "max_position": {"=": "input.most"}},
    )
    workflow = make_strategy(ann, [STREAM, held, BUY], cast("list[Any]", chain("stream", "limits", "buy")))
    portfolio = create_portfolio(ann, name="Busy")
    start_strategy(
        ann, workflow.pk, mode=Mode.PAPER, tape_id=make_tape(ann, messages=200).pk, portfolio_id=portfolio.pk
    )
    limits = page_of(client, portfolio).context["limits"]
    found = {each.title: (each.used, each.limit, each.share) for each in limits}
    assert found == {"In all markets": (0, 40, 0), "Each order": (None, 10, None)}


def test_fills_are_given_out_as_a_file_that_no_spreadsheet_computes(
    client: Client, ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    order(ann, portfolio, tape, 20, "0.40", "a")
    for room in ("/trading/", "/api/v1/trading/"):
        answer = client.get(f"{room}portfolios/{portfolio.pk}/fills/file/")
        assert answer["content-type"].startswith("text/csv")
        pieces = cast("Iterable[bytes]", answer.streaming_content)  # type: ignore[attr-defined]
        [row] = csv.DictReader(io.StringIO(b"".join(pieces).decode()))
        assert (row["size"], row["price"], row["amount_usdc"]) == ("20.000000", "0.400000", "8.000000")
        assert (row["question"], row["outcome"], row["token"]) == ("Will it?", "Yes", f"'{YES}")
        assert (row["by"], row["role"], row["final"]) == ("hand", "taker", "yes")


def test_the_page_costs_the_same_for_many_positions(
    client: Client, ann: User, portfolio: Portfolio, tape: Tape, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        order(ann, portfolio, tape, 5, f"0.3{number}", str(number))
    page_of(client, portfolio)
    with django_assert_max_num_queries(22):
        page_of(client, portfolio)
