"""Live orders are followed to their end: the exchange is asked until all of an order is known for good.

The row says when it is due, a message is a hint, and the sweep finds what no hint led to.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError
from orchestrator.core.hinting import send_hint
from trading.domain.fees import FREE
from trading.domain.ledger import LedgerError
from trading.domain.live import Known, LiveReason, ToldOrder, ToldTrade, judge
from trading.domain.money import ZERO
from trading.domain.vocabulary import FINAL_ORDERS, OrderStatus
from trading.models import Fill, LiveAccount, LiveOrder, Order, Portfolio
from trading.polymarket.trading import Trading
from trading.queries.stakes import instrument_of
from trading.services.live import booking
from trading.services.live.accounts import trading_for

TASK: Final = "trading.follow_live"
_AT_A_TIME: Final = 50
_LEASE: Final = timedelta(seconds=60)
_UNSENT_FOR: Final = timedelta(minutes=2)
"""After that, nobody sends an order any more whose step has died with its run."""
_LOOKED_FOR: Final = timedelta(hours=24)
"""How long an order is looked for that seems over: what the exchange forgot to list may still turn up."""
_PAUSES: Final = (1.0, 1.0, 2.0, 3.0, 5.0, 10.0, 15.0)
_OVER_PAUSE: Final = 300.0
log = structlog.get_logger(__name__)


def hint(portfolio_id: UUID) -> None:
    """Let a worker look. Never fails: the sweep finds what nobody looked at."""
    send_hint(TASK, str(portfolio_id), unsent="live_hint_not_sent", portfolio=str(portfolio_id))


def sweep() -> int:
    """Hint at the portfolios with orders that are due; how many there were."""
    due = (
        LiveOrder.objects.filter(due_at__lte=utc_now()).order_by().values_list("order__portfolio", flat=True)
    )
    found = list(due.distinct()[:_AT_A_TIME])
    for portfolio_id in found:
        hint(portfolio_id)
    return len(found)


def follow(portfolio_id: UUID) -> int:
    """Look at what is due in a portfolio; how many orders. Safe to deliver any number of times."""
    due = LiveOrder.objects.filter(order__portfolio=portfolio_id, due_at__lte=utc_now())
    ids = list(due.order_by("due_at").values_list("order_id", flat=True)[:_AT_A_TIME])
    look_at(portfolio_id, ids)
    return len(ids)


def look_at(portfolio_id: UUID, order_ids: list[UUID]) -> None:
    """Ask the exchange about orders, and book what it tells. One that cannot be asked stays due."""
    rows = _claim(order_ids)
    account = LiveAccount.objects.filter(portfolio=portfolio_id).first()
    if not rows:
        return
    if account is None:
        _put_off(rows, "The portfolio has no account at the exchange any more.")
        return
    try:
        with trading_for(account) as trading:
            _ask_about(trading, rows)
    except DomainError as error:
        log.warning("live_orders_not_followed", portfolio=str(portfolio_id), error=str(error))
        _put_off(rows, str(error))


def _ask_about(trading: Trading, rows: list[LiveOrder]) -> None:
    trades: dict[str, tuple[ToldTrade, ...]] = {}
    for row in rows:
        order, fault = row.order, ""
        if row.cancel_asked_at is not None and order.status not in FINAL_ORDERS:
            fault = trading.cancel(order.exchange_id)
        told = trading.order(order.exchange_id)
        if order.market not in trades:  # after the order, so that what it says was matched is among them
            assert row.sent_at is not None
            since = min(each.sent_at for each in rows if each.sent_at and each.order.market == order.market)
            trades[order.market] = trading.trades(order.market, after=int(since.timestamp()) - 60)
        parts = [each for each in trades[order.market] if each.exchange_id == order.exchange_id]
        keep(order.pk, told, parts, fault=f"It could not be cancelled: {fault}" if fault else "")


@transaction.atomic
def keep(order_id: UUID, told: ToldOrder | None, parts: list[ToldTrade], *, fault: str = "") -> None:
    """Book what the exchange told of an order, and when to ask again. Safe to repeat."""
    portfolio_id = Order.objects.values_list("portfolio_id", flat=True).get(pk=order_id)
    portfolio = Portfolio.objects.select_for_update().get(pk=portfolio_id)
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    live = LiveOrder.objects.select_for_update().get(order=order)
    instrument = instrument_of(order.token)
    schedule = instrument.fees if instrument else FREE
    unbooked = ""
    for part in parts:
        try:
            with transaction.atomic():
                booking.book_trade(portfolio, order, part, schedule)
        except LedgerError as error:
            unbooked = f"Trade {part.trade_id} is not booked: {error}"
            portfolio.refresh_from_db()
    order.save(update_fields=["filled_size", "filled_amount"])
    _conclude(order, live, told, unbooked or fault, is_booked=not unbooked)
    booking.reckon_reserves(portfolio)


def _conclude(order: Order, live: LiveOrder, told: ToldOrder | None, fault: str, *, is_booked: bool) -> None:
    now = utc_now()
    fills = list(Fill.objects.filter(order=order))
    assert live.sent_at is not None
    known = Known(
        status=OrderStatus(order.status),
        size=order.size,
        filled=order.filled_size,
        failed=sum((each.size for each in fills if each.failed_at is not None), ZERO),
        all_final=all(each.is_final for each in fills),
        asked_seconds=(now - live.sent_at).total_seconds(),
    )
    verdict = judge(known, told)
    order.status = verdict.status.value
    order.reason, order.reason_code = verdict.sentence, verdict.reason
    order.updated_at = now
    order.save(update_fields=["status", "reason", "reason_code", "updated_at"])
    live.looks += 1
    live.fault = fault[:500]
    seems_over = verdict.status in FINAL_ORDERS
    is_over = verdict.is_over or (seems_over and known.all_final and now - live.sent_at > _LOOKED_FOR)
    if is_over and is_booked:
        live.due_at = None
    elif seems_over and known.all_final and is_booked:
        live.due_at = now + timedelta(seconds=_OVER_PAUSE)
    else:
        live.due_at = now + timedelta(seconds=_PAUSES[min(live.looks, len(_PAUSES) - 1)])
    live.save(update_fields=["looks", "fault", "due_at"])


@transaction.atomic
def _claim(order_ids: list[UUID]) -> list[LiveOrder]:
    """Those that nobody looks at just now; who dies with them is followed when the lease is over."""
    now = utc_now()
    rows = list(
        LiveOrder.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("order")
        .filter(order__in=order_ids, due_at__isnull=False)
        .order_by("order__id")
    )
    sent = [each for each in rows if each.sent_at is not None]
    for row in rows:
        row.due_at = now + (_LEASE if row.sent_at is not None else _UNSENT_FOR)
        row.save(update_fields=["due_at"])
    return sent


def _put_off(rows: list[LiveOrder], fault: str) -> None:
    later = utc_now() + timedelta(seconds=_PAUSES[-1])
    for row in rows:
        LiveOrder.objects.filter(pk=row.pk).update(due_at=later, fault=fault[:500])


@transaction.atomic
def give_up_unsent() -> int:
    """Refuse orders that were stored and that nobody has sent since; how many."""
    before = utc_now() - _UNSENT_FOR
    rows = LiveOrder.objects.filter(
        sent_at__isnull=True, due_at__isnull=False, order__created_at__lt=before
    ).values_list("order_id", flat=True)
    return sum(
        refuse_unsent(each, LiveReason.NOT_SENT, "Its step ended before it was sent.") for each in rows
    )


@transaction.atomic
def refuse_unsent(order_id: UUID, reason: LiveReason, sentence: str) -> bool:
    """End an order that was never sent. False: it was, or is over."""
    order, live = locked(order_id)
    if live.sent_at is not None or order.status != OrderStatus.PENDING:
        return False
    end_unsent(order, live, reason, sentence)
    return True


def end_unsent(order: Order, live: LiveOrder, reason: LiveReason, sentence: str) -> None:
    """The caller holds both rows, from ``locked``."""
    order.status, order.reason_code, order.reason = OrderStatus.REJECTED.value, reason.value, sentence
    order.updated_at = utc_now()
    order.save(update_fields=["status", "reason_code", "reason", "updated_at"])
    live.due_at = None
    live.save(update_fields=["due_at"])
    booking.reckon_reserves(order.portfolio)


def locked(order_id: UUID) -> tuple[Order, LiveOrder]:
    """An order and what is known of it, its portfolio's row locked first, as everywhere."""
    portfolio_id = Order.objects.values_list("portfolio_id", flat=True).get(pk=order_id)
    portfolio = Portfolio.objects.select_for_update().get(pk=portfolio_id)
    order = Order.objects.select_for_update(of=("self",)).select_related("run").get(pk=order_id)
    order.portfolio = portfolio
    return order, LiveOrder.objects.select_for_update().get(order=order)
