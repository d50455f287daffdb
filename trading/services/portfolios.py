"""Portfolios come to be, and money is put into them and taken out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, TypeAlias
from uuid import UUID

from django.db import IntegrityError, transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.core.ids import new_id
from trading.domain import ledger
from trading.domain.ledger import Entry, LedgerError
from trading.domain.money import ZERO
from trading.domain.vocabulary import EntryKind, Mode
from trading.models import Portfolio
from trading.queries.portfolios import books_of
from trading.queries.tapes import EPOCH
from trading.services.booking import book_entries

STARTING_CASH: Final = Decimal(10_000)
MOST_CASH: Final = Decimal(10**12)
_LONGEST_NAME: Final = 200
_LONGEST_REFERENCE: Final = 100
_Kind: TypeAlias = Callable[[Decimal, int, str], Entry]


def find_portfolio(user: User, portfolio_id: UUID, *, lock: bool = False) -> Portfolio:
    """One that the person sees. Raises NotFound."""
    rows = Portfolio.objects.visible_to(user).filter(pk=portfolio_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such portfolio, or none that you may see.")
    return found


@transaction.atomic
def create_portfolio(
    user: User, *, name: str, mode: Mode = Mode.PAPER, cash: Decimal = STARTING_CASH
) -> Portfolio:
    """With a first deposit, unless ``cash`` is zero. Raises NotAllowed, InvalidInput."""
    if not user.may_build:
        raise NotAllowed("Your role lets you read portfolios, not make them.")
    name = name.strip()
    if not 0 < len(name) <= _LONGEST_NAME:
        message = f"Between 1 and {_LONGEST_NAME} characters."
        raise InvalidInput(f"name: {message}", fields={"name": [message]})
    try:
        with transaction.atomic():
            portfolio = Portfolio.objects.create(owner=user, name=name, mode=mode.value)
    except IntegrityError as error:
        message = "You have a portfolio of this name already."
        raise InvalidInput(message, fields={"name": [message]}) from error
    if cash != ZERO:
        _move(portfolio, ledger.deposit, cash, memo="First deposit")
    if mode is not Mode.BACKTEST:
        record_audit(user, "portfolio.created", portfolio, after={"name": name, "cash": str(cash)})
    return portfolio


@transaction.atomic
def deposit(
    user: User, portfolio_id: UUID, *, amount: Decimal, memo: str = "", reference: str = ""
) -> Portfolio:
    """Under one ``reference`` money moves once, however often it is asked for.

    Raises NotFound, NotAllowed, WrongState for a portfolio of a backtest, InvalidInput.
    """
    portfolio = _own(user, portfolio_id)
    if _is_booked(portfolio, EntryKind.DEPOSIT, reference):
        return portfolio
    _move(portfolio, ledger.deposit, amount, memo=memo, reference=reference)
    record_audit(user, "portfolio.deposit", portfolio, after={"amount": str(amount)})
    return portfolio


@transaction.atomic
def withdraw(
    user: User, portfolio_id: UUID, *, amount: Decimal, memo: str = "", reference: str = ""
) -> Portfolio:
    """As ``deposit``; also InvalidInput where open orders may need the money."""
    portfolio = _own(user, portfolio_id)
    if _is_booked(portfolio, EntryKind.WITHDRAWAL, reference):
        return portfolio
    if amount > portfolio.cash - portfolio.reserved:
        message = f"{portfolio.cash - portfolio.reserved} USDC are free."
        raise InvalidInput(message, fields={"amount": [message]})
    _move(portfolio, ledger.withdrawal, amount, memo=memo, reference=reference)
    record_audit(user, "portfolio.withdrawal", portfolio, after={"amount": str(amount)})
    return portfolio


def _own(user: User, portfolio_id: UUID) -> Portfolio:
    portfolio = find_portfolio(user, portfolio_id, lock=True)
    if portfolio.owner_id != user.pk or not user.may_build:
        raise NotAllowed("Only the owner moves the money of a portfolio.")
    if portfolio.mode == Mode.BACKTEST:
        raise WrongState("The portfolio of a backtest stays as it was.")
    return portfolio


def _is_booked(portfolio: Portfolio, kind: EntryKind, reference: str) -> bool:
    if len(reference) > _LONGEST_REFERENCE or not reference.isprintable():
        message = f"At most {_LONGEST_REFERENCE} printable characters."
        raise InvalidInput(message, fields={"idempotency_key": [message]})
    return bool(reference) and portfolio.entries.filter(kind=kind.value, reference=reference).exists()


def _move(portfolio: Portfolio, kind: _Kind, amount: Decimal, *, memo: str, reference: str = "") -> None:
    """Book money that comes or goes, in the portfolio's row that is locked or new."""
    now = utc_now()
    try:
        if amount > MOST_CASH:
            raise LedgerError(f"At most {MOST_CASH:,} USDC.")
        entry = kind(amount, round((now - EPOCH).total_seconds() * 1_000), reference or str(new_id()))
        books = books_of(portfolio).book(entry)
    except LedgerError as error:
        raise InvalidInput(str(error), fields={"amount": [str(error)]}) from error
    book_entries(portfolio, [(entry, entry.reference)], memo=memo[:300])
    portfolio.cash, portfolio.updated_at = books.cash, now
    portfolio.revision += 1
    portfolio.save(update_fields=["cash", "revision", "updated_at"])
