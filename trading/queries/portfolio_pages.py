"""What the pages and the API say of portfolios: what they are worth, what is held, and how it came to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from trading.domain.money import ZERO, usdc
from trading.domain.vocabulary import Account, EntryKind, Mode, OrderStatus, Side
from trading.models import Fill, LedgerEntry, Market, Order, Portfolio, Position, Posting
from trading.queries.market_pages import Outcome, questions_of

OPEN: Final = [
    OrderStatus.PENDING.value,
    OrderStatus.OPEN.value,
    OrderStatus.PARTIALLY_FILLED.value,
    OrderStatus.UNKNOWN.value,
]
MOST_ENTRIES: Final = 400
"""Of a curve: the newest ones, from where the books stood before them."""
_MONEY: Final = DecimalField(max_digits=24, decimal_places=6)


def portfolios_for(user: User, chosen: Mapping[str, str]) -> QuerySet[Portfolio]:
    """With ``held``, what their positions are worth (at cost where no price is known), and ``cost``."""
    rows = Portfolio.objects.visible_to(user).select_related("owner")
    mode = chosen.get("mode", "")
    rows = rows.filter(mode=mode) if mode in list(Mode) else rows.exclude(mode=Mode.BACKTEST.value)
    if search := chosen.get("search", "").strip()[:200]:
        rows = rows.filter(name__icontains=search)
    return valued(rows)


def paper_portfolio_of(user: User) -> Portfolio | None:
    """The one that the person traded with last on paper."""
    rows = Portfolio.objects.filter(owner=user, mode=Mode.PAPER.value)
    return rows.order_by("-updated_at", "-id").first()


def valued(rows: QuerySet[Portfolio]) -> QuerySet[Portfolio]:
    """The same rows with ``held`` and ``cost`` beside each."""
    held = Position.objects.filter(portfolio=OuterRef("pk")).order_by().values("portfolio")
    value = held.annotate(
        sum=Sum(Coalesce(F("size") * F("mark"), F("cost"), output_field=_MONEY), output_field=_MONEY)
    )
    cost = held.annotate(sum=Sum("cost"))
    return rows.annotate(
        held=Coalesce(Subquery(value.values("sum")), Value(ZERO), output_field=_MONEY),
        cost=Coalesce(Subquery(cost.values("sum")), Value(ZERO), output_field=_MONEY),
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """All in USDC. ``realised`` is after fees."""

    cash: Decimal
    reserved: Decimal
    held: Decimal
    unrealised: Decimal
    realised: Decimal
    fees: Decimal
    deposits: Decimal

    @property
    def equity(self) -> Decimal:
        return self.cash + self.held

    @property
    def free(self) -> Decimal:
        return self.cash - self.reserved

    @property
    def profit(self) -> Decimal:
        return self.realised + self.unrealised

    @property
    def part(self) -> Decimal | None:
        """The profit as a share of what was put in."""
        return self.profit / self.deposits if self.deposits > 0 else None


@dataclass(frozen=True, slots=True)
class Held:
    position: Position
    market: Market | None
    outcome: Outcome | None
    average: Decimal | None
    value: Decimal
    unrealised: Decimal
    share: Decimal | None
    """Of the equity."""


def sums_of(portfolio: Portfolio, positions: list[Position]) -> Sums:
    held = sum((_value(each) for each in positions), ZERO)
    cost = sum((each.cost for each in positions), ZERO)
    realised = portfolio.realised_pnl - portfolio.fees_paid
    return Sums(
        cash=portfolio.cash,
        reserved=portfolio.reserved,
        held=held,
        unrealised=held - cost,
        realised=realised,
        fees=portfolio.fees_paid,
        deposits=portfolio.cash + cost - realised,
    )


def held_in(positions: list[Position], sums: Sums) -> list[Held]:
    """The positions with their markets, what is held first, the dearest of it first."""
    known = questions_of({each.token for each in positions})
    rows = [_held(each, *known.get(each.token, (None, None)), sums=sums) for each in positions]
    return sorted(rows, key=lambda row: (not row.position.size, -row.value, row.position.token))


def _held(position: Position, market: Market | None, outcome: Outcome | None, *, sums: Sums) -> Held:
    value, has_any = _value(position), position.size > 0
    return Held(
        position,
        market,
        outcome,
        average=usdc(position.cost / position.size) if has_any else None,
        value=value,
        unrealised=value - position.cost,
        share=value / sums.equity if has_any and sums.equity > 0 else None,
    )


def _value(position: Position) -> Decimal:
    return position.cost if position.mark is None else usdc(position.size * position.mark)


def orders_for(user: User, chosen: Mapping[str, str]) -> QuerySet[Order]:
    """Orders of portfolios that the person sees, by what ``chosen`` names."""
    rows = Order.objects.filter(portfolio__in=Portfolio.objects.visible_to(user))
    if portfolio := chosen.get("portfolio", ""):
        rows = rows.filter(portfolio_id=portfolio)
    status = chosen.get("status", "")
    if status == "standing":
        rows = rows.filter(status__in=OPEN)
    elif status in list(OrderStatus):
        rows = rows.filter(status=status)
    if chosen.get("side") in list(Side):
        rows = rows.filter(side=chosen["side"])
    if chosen.get("mode") in list(Mode):
        rows = rows.filter(portfolio__mode=chosen["mode"])
    if chosen.get("by") in ("hand", "strategy"):
        rows = rows.filter(run__isnull=chosen["by"] == "hand")
    if token := chosen.get("token", ""):
        rows = rows.filter(token=token[:100])
    return rows.select_related("portfolio", "run__workflow").defer(
        "run__reader", "run__replay", "run__served", "run__curve", "run__statistics"
    )


def fills_of(portfolio: Portfolio) -> QuerySet[Fill]:
    return Fill.objects.filter(order__portfolio=portfolio).select_related("order")


def entries_of(portfolio: Portfolio, chosen: Mapping[str, str]) -> QuerySet[LedgerEntry]:
    """Bookings with their postings, by ``kind``."""
    rows = LedgerEntry.objects.filter(portfolio=portfolio).prefetch_related("postings")
    return rows.filter(kind=chosen["kind"]) if chosen.get("kind") in list(EntryKind) else rows


@dataclass(frozen=True, slots=True)
class Point:
    at: datetime
    equity: Decimal


def curve_of(portfolio: Portfolio, sums: Sums) -> list[Point]:
    """What the books were worth after each booking, positions at cost, and now at what they are worth."""
    newest = LedgerEntry.objects.filter(portfolio=portfolio).order_by("-id")[:MOST_ENTRIES]
    mine = {Account.CASH.value, Account.POSITION.value}
    changes = (
        Posting.objects.filter(entry__in=list(newest.values_list("pk", flat=True)), account__in=mine)
        .order_by("entry_id")
        .values_list("entry_id", "entry__created_at")
        .annotate(change=Sum("amount"))
    )
    rows = list(changes)
    book = sums.cash + sums.held - sums.unrealised
    at = book - sum((change for _, _, change in rows), ZERO)
    points = []
    for _, moment, change in rows:
        at += change
        points.append(Point(moment, at))
    return [*points, Point(utc_now(), sums.equity)] if points else []
