"""Fills of live orders in the books: provisional as they are told, final later, taken back where they fail.

Everything of one call stands or falls with the caller's transaction, in which the portfolio's row is locked.
"""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q

from orchestrator.core.clock import utc_now
from trading.domain import ledger
from trading.domain.fees import FeeSchedule
from trading.domain.ledger import Entry
from trading.domain.live import Settlement, ToldTrade
from trading.domain.money import ZERO, usdc
from trading.domain.vocabulary import (
    FINAL_ORDERS,
    Account,
    EntryKind,
    Side,
)
from trading.models import Fill, LedgerEntry, Order, Portfolio, Position
from trading.queries.portfolios import books_of
from trading.queries.stakes import milliseconds, still_costs
from trading.queries.tapes import moment_of
from trading.services.booking import book_entries
from trading.services.verifying import counter_reference

_FINAL = [each.value for each in FINAL_ORDERS]


def book_trade(portfolio: Portfolio, order: Order, told: ToldTrade, schedule: FeeSchedule) -> bool:
    """Book a part of a trade, or what became of it; whether anything changed. Raises LedgerError."""
    reference = f"{order.pk}:{told.trade_id}"[:200]
    fill = Fill.objects.filter(order=order, reference=reference).first()
    if fill is None:
        if told.settlement is Settlement.FAILED or not told.size:
            return False
        _book(portfolio, order, told, schedule, reference)
        return True
    if fill.is_final or not told.settlement.is_final:
        return False
    fill.is_final = True
    if told.settlement is Settlement.FAILED:
        _take_back(portfolio, order, fill)
        fill.failed_at = utc_now()
    fill.save(update_fields=["is_final", "failed_at"])
    return True


def _book(portfolio: Portfolio, order: Order, told: ToldTrade, schedule: FeeSchedule, ref: str) -> None:
    books = books_of(portfolio)
    position = books.positions.get(order.token) or ledger.Position(order.token, order.market)
    fee = schedule.fee(told.price, told.size, taker=not told.is_maker)
    notional = usdc(told.price * told.size)
    entry = ledger.fill(
        position,
        side=Side(order.side),
        size=told.size,
        notional=notional,
        fee=fee,
        at=told.at,
        reference=ref,
    )
    store_entry(portfolio, books.book(entry, market=order.market), entry, order.token)
    Fill.objects.create(
        order=order,
        reference=ref,
        price=told.price,
        size=told.size,
        fee=fee,
        is_maker=told.is_maker,
        is_final=told.settlement.is_final,
        filled_at=moment_of(told.at),
    )
    order.filled_size += told.size
    order.filled_amount += notional


def _take_back(portfolio: Portfolio, order: Order, fill: Fill) -> None:
    books = books_of(portfolio)
    row = LedgerEntry.objects.get(portfolio=portfolio, kind=EntryKind.FILL.value, reference=fill.reference)
    postings = tuple(
        ledger.Posting(Account(each.account), each.amount, each.token, each.size)
        for each in row.postings.all()
    )
    booked = Entry(EntryKind.FILL, 0, postings, fill.reference)
    position = books.positions.get(order.token) or ledger.Position(order.token, order.market)
    entry = ledger.reversal(
        position, booked, at=milliseconds(utc_now()), reference=counter_reference(fill.reference)
    )
    books = books.book(entry, market=order.market)
    store_entry(portfolio, books, entry, order.token, memo="The trade failed")
    order.filled_size -= fill.size
    order.filled_amount -= usdc(fill.price * fill.size)


def store_entry(
    portfolio: Portfolio, books: ledger.Portfolio, entry: Entry, token: str, *, memo: str = ""
) -> None:
    """Book an entry about a token; ``books`` are those after it. The caller holds the portfolio's row."""
    book_entries(portfolio, [(entry, entry.reference)], memo=memo)
    portfolio.cash, portfolio.realised_pnl, portfolio.fees_paid = books.cash, books.profit, books.fees
    position = books.positions[token]
    fresh = {
        "market": position.market,
        "size": position.size,
        "cost": position.cost,
        "realised_pnl": position.realised,
        "reserved": ZERO,
        "updated_at": utc_now(),
    }
    Position.objects.update_or_create(portfolio=portfolio, token=token, defaults=fresh)
    portfolio.reserved = min(portfolio.reserved, portfolio.cash)  # until it is reckoned anew, below
    keep(portfolio)


def keep(portfolio: Portfolio) -> None:
    portfolio.revision += 1
    portfolio.updated_at = utc_now()
    portfolio.save(update_fields=["cash", "reserved", "realised_pnl", "fees_paid", "revision", "updated_at"])


def reckon_reserves(portfolio: Portfolio) -> None:
    """What open live orders may still take: cash for purchases, tokens for sales."""
    rows = Order.objects.filter(portfolio=portfolio).exclude(status__in=_FINAL)
    cash, tokens = ZERO, dict[str, Decimal]()
    for row in rows:
        if row.side == Side.SELL:
            left = (row.size or ZERO) - row.filled_size
            tokens[row.token] = tokens.get(row.token, ZERO) + max(left, ZERO)
        else:
            cash += still_costs(row)
    portfolio.reserved = min(cash, portfolio.cash)
    keep(portfolio)
    for position in Position.objects.filter(portfolio=portfolio).filter(
        Q(token__in=list(tokens)) | Q(reserved__gt=0)
    ):
        position.reserved = min(tokens.get(position.token, ZERO), position.size)
        position.save(update_fields=["reserved"])
