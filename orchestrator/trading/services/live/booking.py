"""Fills of live orders in the books: provisional as they are told, final later, taken back where they fail.

Everything of one call stands or falls with the caller's transaction, in which the portfolio's row is locked.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum

from orchestrator.core.clock import utc_now
from orchestrator.trading.domain import ledger
from orchestrator.trading.domain.fees import FeeSchedule
from orchestrator.trading.domain.ledger import Entry
from orchestrator.trading.domain.live import Settlement, ToldTrade, may_cost
from orchestrator.trading.domain.money import ZERO, usdc
from orchestrator.trading.domain.orders import Instrument, OrderRequest
from orchestrator.trading.domain.vocabulary import (
    FINAL_ORDERS,
    Account,
    EntryKind,
    OrderType,
    Side,
    TimeInForce,
)
from orchestrator.trading.models import Fill, LedgerEntry, Market, Order, Portfolio, Position
from orchestrator.trading.queries.portfolios import books_of
from orchestrator.trading.queries.tapes import EPOCH, moment_of
from orchestrator.trading.services.booking import book_entries
from orchestrator.trading.services.verifying import counter_reference

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
    _store(portfolio, order, books.book(entry, market=order.market), entry)
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
    _store(portfolio, order, books.book(entry, market=order.market), entry, memo="The trade failed")
    order.filled_size -= fill.size
    order.filled_amount -= usdc(fill.price * fill.size)


def _store(
    portfolio: Portfolio, order: Order, books: ledger.Portfolio, entry: Entry, *, memo: str = ""
) -> None:
    book_entries(portfolio, [(entry, entry.reference)], memo=memo)
    portfolio.cash, portfolio.realised_pnl, portfolio.fees_paid = books.cash, books.profit, books.fees
    position = books.positions[order.token]
    fresh = {
        "market": order.market,
        "size": position.size,
        "cost": position.cost,
        "realised_pnl": position.realised,
        "reserved": ZERO,
        "updated_at": utc_now(),
    }
    Position.objects.update_or_create(portfolio=portfolio, token=order.token, defaults=fresh)
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


def still_costs(order: Order) -> Decimal:
    """The most that what is left of a purchase can cost, with fees."""
    request, instrument = request_of(order), instrument_of(order.token)
    whole = may_cost(request, instrument) if instrument is not None else ZERO
    if order.size is not None:
        share = (order.size - order.filled_size) / order.size
    else:
        amount = order.amount or ZERO
        share = max(amount - order.filled_amount, ZERO) / amount
    return usdc(whole * share)


def at_stake(workflow_id: UUID) -> Decimal:
    """USDC that a workflow has at stake live: what its open purchases may cost, and what its tokens did."""
    orders = Order.objects.filter(run__workflow=workflow_id, run__mode="live", side=Side.BUY.value)
    still_open = sum((still_costs(each) for each in orders.exclude(status__in=_FINAL)), ZERO)
    held = Position.objects.filter(
        portfolio__strategy_runs__in=list(orders.values_list("run_id", flat=True).distinct()),
    ).distinct()
    cost = Position.objects.filter(pk__in=held.values("pk")).aggregate(total=Sum("cost"))["total"]
    return still_open + (cost or ZERO)


def request_of(order: Order) -> OrderRequest:
    """An order's row, as the domain asks for it."""
    return OrderRequest(
        client_order_id=order.client_order_id,
        token=order.token,
        side=Side(order.side),
        type=OrderType(order.type),
        size=order.size,
        amount=order.amount,
        price=order.price,
        time_in_force=TimeInForce(order.time_in_force),
        expires_at=None if order.expires_at is None else milliseconds(order.expires_at),
    )


def market_of(token: str) -> Market | None:
    return Market.objects.filter(outcomes__contains=[{"token": token}]).first()


def instrument_of(token: str) -> Instrument | None:
    """A token's market, as it was last read."""
    market = market_of(token)
    if market is None:
        return None
    return Instrument(
        token=token,
        market=market.condition_id,
        tick=market.tick_size,
        minimum_size=market.minimum_size,
        fees=market.fees,
        closed=market.is_closed or not market.accepts_orders,
    )


def milliseconds(moment: datetime) -> int:
    return round((moment - EPOCH).total_seconds() * 1_000)
