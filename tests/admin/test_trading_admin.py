"""Trading in the Django admin: rows of every table open, nothing can be changed, no secret is shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import Role, User
from tests.factories import make_user
from tests.trading.live.scene import SECRETS, make_live_portfolio
from trading import models as trading
from trading.domain.vocabulary import OrderType, Side, TimeInForce
from trading.queries.books import last_book
from trading.services.manual_orders import Asked, place_order
from trading.services.portfolios import create_portfolio
from trading.services.tapes import generate_tape

pytestmark = pytest.mark.django_db
SHOWN = [
    trading.Desk, trading.Fill, trading.LedgerEntry, trading.LiveAccount, trading.Market, trading.Order,
    trading.Portfolio, trading.Position, trading.Tape,
]  # fmt: skip


@pytest.fixture
def client() -> Client:
    client = Client()
    ada = make_user("ada", role=Role.ADMIN, is_staff=True, is_superuser=True)
    client.force_login(ada, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


@pytest.fixture
def scene() -> User:
    """A fill by hand, and a portfolio with keys."""
    ann = make_user("ann")
    tape = generate_tape(ann, name="<i>Odd</i>", seed=5, messages=500, markets=1)
    token = tape.tokens[0]
    found = last_book(tape.pk, token, trading.Market.objects.get().condition_id)
    assert found is not None
    assert found.book.best_ask is not None
    portfolio = create_portfolio(ann, name="Trial")
    asked = Asked(
        tape_id=tape.pk, token=token, side=Side.BUY, type=OrderType.LIMIT, price=found.book.best_ask,
        size=Decimal(5), time_in_force=TimeInForce.FAK,
    )  # fmt: skip
    place_order(ann, portfolio.pk, asked, client_order_id="a")
    make_live_portfolio(ann)
    return ann


def url(model: type[Any], page: str, *args: Any) -> str:
    return reverse(f"admin:trading_{model._meta.model_name}_{page}", args=args)


def columns_of(model: type[Any], pk: Any) -> dict[str, str]:
    """As texts: what is sealed compares with nothing."""
    return {name: str(value) for name, value in model._default_manager.values().get(pk=pk).items()}


@pytest.mark.parametrize("model", SHOWN)
def test_a_row_is_shown_and_takes_no_change(client: Client, scene: User, model: type[Any]) -> None:
    row = model._default_manager.first()
    before = columns_of(model, row.pk)
    listed, shown = client.get(url(model, "changelist")), client.get(url(model, "change", row.pk))
    for page in (listed, shown):
        assert page.status_code == 200
        text = page.content.decode()
        assert "<i>Odd</i>" not in text
        assert not [secret for secret in SECRETS.values() if secret in text]
    assert client.post(url(model, "change", row.pk), {"cash": "9", "name": "x"}).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert columns_of(model, row.pk) == before


def test_a_booking_shows_its_postings(client: Client, scene: User) -> None:
    entry = trading.LedgerEntry.objects.filter(kind="fill").get()
    page = client.get(url(trading.LedgerEntry, "change", entry.pk)).content.decode()
    for posting in entry.postings.all():
        assert str(posting.amount) in page
    assert 'name="postings-0-amount"' not in page


def test_bookings_and_orders_are_found_by_their_portfolio(client: Client, scene: User) -> None:
    portfolio = trading.Portfolio.objects.get(name="Trial")
    for model, count in ((trading.LedgerEntry, 2), (trading.Order, 1)):
        found = client.get(f"{url(model, 'changelist')}?q={portfolio.pk}").context["cl"].queryset
        assert found.count() == count
