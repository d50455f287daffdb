"""A person's desk: what a portfolio's broker knows at a tape's end, where orders placed by hand stand.

What rests there is filled from what the tape tells later, by ``meet_market``. All of it is done with the
portfolio's row locked, in one transaction with what is booked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from orchestrator.core.clock import utc_now
from trading.domain.book import Books
from trading.domain.faults import MarketDataError
from trading.domain.matching import Broker
from trading.domain.orders import Event
from trading.domain.vocabulary import OrderStatus
from trading.models import Desk, Market, Portfolio
from trading.queries.books import messages_about
from trading.queries.portfolios import books_of
from trading.queries.stakes import milliseconds
from trading.services.booking import book_events

STANDING: Final = [OrderStatus.OPEN.value, OrderStatus.PARTIALLY_FILLED.value]


@dataclass(slots=True)
class Trading:
    """A portfolio at a tape's end, caught up; ``events`` are not booked yet."""

    desk: Desk
    broker: Broker
    events: list[Event]
    market: Market | None = None


def meet_markets() -> int:
    """Let orders that stand meet what their tapes tell since; answers with how many desks had news."""
    rows = Desk.objects.filter(
        portfolio__orders__run__isnull=True,
        portfolio__orders__status__in=STANDING,
        tape__message_count__gt=F("position"),
    )
    found = list(rows.values_list("portfolio_id", flat=True).distinct())
    for portfolio_id in found:
        meet_market(portfolio_id)
    return len(found)


@transaction.atomic
def meet_market(portfolio_id: UUID) -> None:
    """The same for one portfolio. Safe to do any number of times."""
    portfolio = Portfolio.objects.select_for_update().get(pk=portfolio_id)
    desk = Desk.objects.select_related("tape").filter(portfolio=portfolio).first()
    if desk is not None:
        keep_desk(portfolio, caught_up(portfolio, desk))


def desks_with_orders() -> list[UUID]:
    """Portfolios in which orders placed by hand stand."""
    rows = Desk.objects.filter(portfolio__orders__run__isnull=True, portfolio__orders__status__in=STANDING)
    return list(rows.order_by().values_list("portfolio_id", flat=True).distinct())


@transaction.atomic
def cancel_standing(portfolio_id: UUID, why: str) -> int:
    """End what stands at a desk, once it has met its market up to now; how many orders. Idempotent."""
    portfolio = Portfolio.objects.select_for_update().get(pk=portfolio_id)
    desk = Desk.objects.select_related("tape").filter(portfolio=portfolio).first()
    if desk is None:
        return 0
    trading = caught_up(portfolio, desk)
    standing = trading.broker.open.all()
    for order in standing:
        told = trading.broker.cancel(order.request.client_order_id, trading.broker.at)
        trading.events += [replace(each, sentence=why) for each in told]
    keep_desk(portfolio, trading)
    return len(standing)


def caught_up(portfolio: Portfolio, desk: Desk) -> Trading:
    """The broker as it was stored, and then what its tape told since."""
    books = Books.restore(desk.books)
    broker = Broker.restore(desk.broker, books) if desk.broker else Broker(books_of(portfolio), (), books)
    broker.portfolio = books_of(portfolio)
    events: list[Event] = []
    end, last = desk.tape.message_count, desk.tape.last_at
    if books.by_token and desk.position < end:
        for message in messages_about(desk.tape_id, set(books.by_token), position=desk.position):
            try:
                events += broker.on_message(message)
            except MarketDataError:  # the book is void and says why; orders wait for the next one
                continue
    desk.position = end
    if last is not None:
        events += broker.at_end(max(milliseconds(last), broker.at))
    return Trading(desk, broker, events)


def keep_desk(portfolio: Portfolio, trading: Trading) -> None:
    """Book what happened; the portfolio's row is locked."""
    desk, broker = trading.desk, trading.broker
    book_events(portfolio, broker, trading.events, by=f"{desk.pk}@{portfolio.revision}")
    desk.broker, desk.books, desk.updated_at = broker.snapshot(), broker.books.snapshot(), utc_now()
    desk.save()
