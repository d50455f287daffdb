"""The form of an order by hand: from a market to a fill, amounts, terms, refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from tests.factories import make_user
from trading.domain.messages import Book, Level
from trading.domain.vocabulary import TapeOrigin
from trading.models import KillSwitch, Market, Order, Portfolio, Tape
from trading.services.portfolios import create_portfolio
from trading.services.tapes import append

pytestmark = pytest.mark.django_db
YES, MARKET = "yes-token", "market-1"


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
    """Its only book is of 1970-01-01 00:00:01."""
    Market.objects.create(
        condition_id=MARKET,
        question="Will it?",
        outcomes=[{"name": "Yes", "token": YES}],
        tick_size=Decimal("0.01"),
        minimum_size=Decimal(5),
    )
    tape = Tape.objects.create(owner=ann, name="Live", origin=TapeOrigin.RECORDED.value, tokens=[YES])
    asks = (Level(Decimal("0.40"), Decimal(30)), Level(Decimal("0.50"), Decimal(30)))
    append(tape, [Book(1_000, YES, MARKET, (Level(Decimal("0.38"), Decimal(50)),), asks)])
    return tape


def send(client: Client, portfolio: Portfolio, tape: Tape, step: str = "place", **given: Any) -> Any:
    form = {"tape": str(tape.pk), "token": YES, "side": "buy", "type": "limit", "price": "0.40", "size": "10"}
    form |= {"unit": "tokens", "time_in_force": "", "expires_at": "", "client_order_id": "a", "step": step}
    return client.post(f"/trading/portfolios/{portfolio.pk}/orders/new/", {**form, **given})


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_way_leads_from_a_market_to_a_fill_and_opens_a_portfolio_on_it(
    client: Client, ann: User, tape: Tape
) -> None:
    market = Market.objects.get()
    page = text_of(client.get(f"/trading/markets/{market.pk}/"))
    way = f"/trading/portfolios/new/?tape={tape.pk}&amp;token={YES}&amp;side=buy"
    assert way in page
    opened = client.post(way.replace("&amp;", "&"), {"name": "First", "cash": "50"})
    portfolio = Portfolio.objects.get()
    assert opened.headers["Location"].startswith(f"/trading/portfolios/{portfolio.pk}/orders/new/?tape=")
    form = text_of(client.get(opened.headers["Location"]))
    assert f'value="{YES}" selected' in form
    assert send(client, portfolio, tape).status_code == 302
    assert Order.objects.get().filled_size == 10
    assert f"/trading/portfolios/{portfolio.pk}/orders/new/?tape=" in text_of(
        client.get(f"/trading/markets/{market.pk}/")
    )


@pytest.mark.parametrize(
    ("given", "size", "amount", "terms"),
    [
        ({"size": "20", "unit": "usdc"}, Decimal(50), None, "gtc"),
        ({"type": "market", "price": ""}, Decimal(10), None, "fak"),
        ({"type": "market", "price": "", "size": "12", "unit": "usdc"}, None, Decimal(12), "fak"),
        ({"time_in_force": "gtd", "expires_at": "2030-01-01T00:00:00"}, Decimal(10), None, "gtd"),
        ({"time_in_force": "fok"}, Decimal(10), None, "fok"),
    ],
)
def test_an_order_goes_by_tokens_or_dollars_and_under_all_terms(
    client: Client,
    portfolio: Portfolio,
    tape: Tape,
    given: dict[str, str],
    size: Decimal | None,
    amount: Decimal | None,
    terms: str,
) -> None:
    assert send(client, portfolio, tape, **given).status_code == 302
    order = Order.objects.get()
    assert (order.size, order.amount, order.time_in_force) == (size, amount, terms)
    assert (order.expires_at is not None) is (terms == "gtd")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"price": "0.405"}, "price", "not a multiple of the tick"),
        ({"price": "1.5"}, "price", "not between 0 and 1"),
        ({"price": ""}, "price", "needs a price"),
        ({"price": "cheap"}, "price", "Enter a number"),
        ({"size": "1"}, "size", "below this market"),
        ({"size": "-4"}, "size", "not a quantity above zero"),
        ({"size": "1e30"}, "size", "no more than"),
        ({"size": "NaN"}, "size", "Enter a number"),
        ({"size": "9000"}, "size", "are free"),
        ({"size": "9000", "unit": "usdc"}, "size", "are free"),
        ({"size": "0.0000001"}, "size", "no more than 6 decimal"),
        ({"side": "sell"}, "size", "are to be sold"),
        ({"type": "market", "price": "", "side": "sell", "unit": "usdc"}, "size", "give a size in tokens"),
        ({"type": "market", "price": "", "size": "1", "unit": "usdc"}, "size", "below this market"),
        ({"type": "market", "time_in_force": "gtc"}, "time_in_force", "FOK or FAK"),
        ({"size": "50", "time_in_force": "fok"}, "time_in_force", "all or nothing"),
        ({"time_in_force": "gtd"}, "expires_at", "needs the moment"),
        (
            {"time_in_force": "gtd", "expires_at": "1969-12-31T00:00"},
            "expires_at",
            "market it is 1970",
        ),
        ({"time_in_force": "gtd", "expires_at": "soon"}, "expires_at", "Enter a valid date"),
        ({"token": "nobody's"}, "token", "Select a valid choice"),
    ],
)
def test_a_refusal_stands_at_its_field_with_what_was_typed(
    client: Client, portfolio: Portfolio, tape: Tape, given: dict[str, str], field: str, words: str
) -> None:
    answer = send(client, portfolio, tape, **given)
    assert answer.status_code == 400
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert words in errors[field][0]
    kept = {**{"price": "0.40", "size": "10"}, **given}
    assert all(answer.context["form"].data[name] == value for name, value in kept.items())
    assert not Order.objects.exists()


def test_a_market_that_closed_is_said_at_the_outcome(
    client: Client, portfolio: Portfolio, tape: Tape
) -> None:
    Tape.objects.update(status="recording")
    Market.objects.update(is_closed=True)
    answer = send(client, portfolio, tape)
    assert "it is closed" in answer.context["form"].errors["token"][0]


def test_what_stands_in_the_way_is_said_and_what_was_typed_stays(
    client: Client, ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    KillSwitch.objects.create(pulled_by=ann)
    looked = text_of(send(client, portfolio, tape, step="preview"))
    assert "The kill switch is pulled" in looked
    assert "Filled at once" in looked
    answer = send(client, portfolio, tape, size="7")
    assert answer.status_code == 409
    assert "The kill switch is pulled" in text_of(answer)
    assert 'value="7"' in text_of(answer)


def test_a_preview_tells_cost_impact_and_what_is_left(
    client: Client, portfolio: Portfolio, tape: Tape
) -> None:
    page = text_of(send(client, portfolio, tape, step="preview", price="0.50", size="40"))
    assert "6.2 % worse than 0.40" in page  # (30 x 0.40 + 10 x 0.50) / 40 = 0.425
    assert "17.00 USDC" in page
    assert "100.00 USDC" in page
    assert "83.00 USDC" in page
    assert "none: all at 0.40" in text_of(send(client, portfolio, tape, step="preview"))
    assert "Size: Enter a number" in text_of(send(client, portfolio, tape, step="preview", size="x"))


def test_another_portfolio_is_a_click_away_with_the_same_order(
    client: Client, ann: User, portfolio: Portfolio, tape: Tape
) -> None:
    other = create_portfolio(ann, name="Second")
    page = client.get(
        f"/trading/portfolios/{portfolio.pk}/orders/new/?token={YES}&side=sell"
    ).content.decode()
    assert f"/trading/portfolios/{other.pk}/orders/new/?token={YES}&amp;side=sell" in page
