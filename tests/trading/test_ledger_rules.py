"""What PostgreSQL itself refuses of a portfolio's books, whoever writes and however."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from orchestrator.core.clock import utc_now
from tests.factories import make_user
from trading.models import LedgerEntry, Portfolio, Posting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def portfolio() -> Portfolio:
    return Portfolio.objects.create(owner=make_user("ann"), name="Paper", mode="paper")


def book(portfolio: Portfolio, *amounts: str) -> LedgerEntry:
    entry = LedgerEntry.objects.create(
        portfolio=portfolio, kind="deposit", reference="first", booked_at=utc_now()
    )
    accounts = ("cash", "capital", "fees")
    for account, amount in zip(accounts, amounts, strict=False):
        Posting.objects.create(entry=entry, account=account, amount=Decimal(amount))
    return entry


def test_an_entry_whose_postings_add_up_to_zero_is_kept(portfolio: Portfolio) -> None:
    with transaction.atomic():
        book(portfolio, "100", "-99.999999", "-0.000001")
    assert Posting.objects.count() == 3


def test_an_entry_that_is_out_by_the_last_digit_is_refused_whole(portfolio: Portfolio) -> None:
    with pytest.raises(IntegrityError, match=r"add up to 0\.000001"), transaction.atomic():
        book(portfolio, "100", "-99.999999")
    assert not LedgerEntry.objects.exists()


def test_a_posting_cannot_be_taken_out_of_an_entry(portfolio: Portfolio) -> None:
    with transaction.atomic():
        entry = book(portfolio, "100", "-100")
    with pytest.raises(IntegrityError, match="add up to"), transaction.atomic():
        entry.postings.filter(account="cash").delete()


@pytest.mark.parametrize("change", ["trading_posting SET amount = 0", "trading_ledgerentry SET memo = 'x'"])
def test_what_is_booked_never_changes(portfolio: Portfolio, change: str) -> None:
    with transaction.atomic():
        book(portfolio, "100", "-100")
    with pytest.raises(IntegrityError, match="never changed"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {change}")


def test_the_same_thing_is_booked_once(portfolio: Portfolio) -> None:
    with transaction.atomic():
        book(portfolio, "100", "-100")
    with pytest.raises(IntegrityError, match="ledger_entry_once"), transaction.atomic():
        book(portfolio, "100", "-100")


def test_a_portfolio_goes_with_its_books(portfolio: Portfolio) -> None:
    with transaction.atomic():
        book(portfolio, "100", "-100")
    portfolio.delete()
    assert not Posting.objects.exists()


def test_cash_is_never_negative(portfolio: Portfolio) -> None:
    with pytest.raises(IntegrityError, match="portfolio_owes_nothing"):
        Portfolio.objects.filter(pk=portfolio.pk).update(cash=Decimal(-1))
