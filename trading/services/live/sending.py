"""A live order is sent once: that it is sent, and by which id it will be found, is stored before it is.

Whatever dies in between: an order that says it was sent is looked up, one that does not never left.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import CannotDecrypt
from orchestrator.executions.models import Execution
from trading.domain.live import LiveReason, terms_of
from trading.domain.orders import OrderRequest
from trading.domain.vocabulary import OrderStatus
from trading.models import LiveAccount, LiveOrder, Order, StrategyRun
from trading.polymarket.signers import BadKeys, SignedOrder, SigningMissing
from trading.polymarket.trading import Declined, Trading, Unanswered
from trading.queries.stakes import market_of, request_of
from trading.services.killing import SENTENCE, hold_gate
from trading.services.live import booking
from trading.services.live.accounts import trading_for
from trading.services.live.admitting import admit
from trading.services.live.following import end_unsent, locked, look_at, refuse_unsent
from trading.services.locks import Locked, open_locks

LOOK_AFTER: Final = timedelta(seconds=30)
"""When an order is looked up whose sender fell silent."""
log = structlog.get_logger(__name__)


def place_live(run: StrategyRun, node_id: str, requests: list[OrderRequest]) -> None:
    """Admit, send and look at each order once. Safe to repeat: nothing is sent a second time."""
    admit(run.pk, node_id, requests)
    names = [each.client_order_id for each in requests]
    rows = LiveOrder.objects.filter(order__client_order_id__in=names).select_related("order")
    unsent = [each for each in rows.order_by("order__id") if each.sent_at is None and _is_pending(each)]
    if unsent:
        _send_all(run, unsent)
    look_at(run.portfolio_id, [each.order_id for each in rows.all() if each.due_at is not None])


def _is_pending(row: LiveOrder) -> bool:
    return row.order.status == OrderStatus.PENDING


def _send_all(run: StrategyRun, rows: list[LiveOrder]) -> None:
    account = LiveAccount.objects.filter(portfolio=run.portfolio_id).first()
    if account is None:
        for each in rows:
            refuse_unsent(
                each.order_id, LiveReason.NO_ACCOUNT, "The portfolio has no account at the exchange."
            )
        return
    try:
        with trading_for(account) as trading:
            for each in rows:
                send(trading, each.order_id)
    except (SigningMissing, BadKeys, CannotDecrypt) as error:
        for each in rows:
            refuse_unsent(each.order_id, LiveReason.NO_SIGNING, str(error))


def send(trading: Trading, order_id: UUID) -> None:
    """Post one order, unless it was, or a lock has been shut meanwhile."""
    order = Order.objects.get(pk=order_id)
    market = market_of(order.token)
    assert market is not None
    terms = terms_of(request_of(order), tick=market.tick_size, is_negative_risk=market.is_negative_risk)
    signed = trading.sign(terms)
    if not begin(order_id, signed):
        return
    try:
        taken = trading.post(signed)
    except Declined as declined:
        reason = LiveReason.AWAY if declined.away else LiveReason.REFUSED
        keep_answer(order_id, OrderStatus.REJECTED, reason=reason, sentence=declined.sentence)
    except Unanswered as silence:
        log.warning("live_order_unanswered", order=str(order_id), why=str(silence))
        keep_answer(order_id, OrderStatus.UNKNOWN, reason=LiveReason.NO_ANSWER, sentence=str(silence))
    else:
        keep_answer(order_id, OrderStatus.OPEN, exchange_id=taken.exchange_id)


@transaction.atomic
def begin(order_id: UUID, signed: SignedOrder) -> bool:
    """Store that the order is being sent, with the id it will have. False: it is not to be, or was."""
    switch = hold_gate()
    order, live = locked(order_id)
    if live.sent_at is not None or order.status != OrderStatus.PENDING:
        return False
    if switch is not None:
        end_unsent(order, live, LiveReason.KILL_SWITCH, SENTENCE)
        return False
    assert order.run is not None
    checksum = Execution.objects.values_list("version__checksum", flat=True).get(pk=order.run.execution_id)
    try:
        open_locks(order.run.workflow_id, checksum, lock=True)
    except Locked as shut:
        end_unsent(order, live, shut.reason, shut.sentence)
        return False
    order.exchange_id = signed.exchange_id
    order.save(update_fields=["exchange_id"])
    live.sent_at = utc_now()
    live.due_at = live.sent_at + LOOK_AFTER
    live.save(update_fields=["sent_at", "due_at"])
    return True


@transaction.atomic
def keep_answer(
    order_id: UUID,
    status: OrderStatus,
    *,
    reason: LiveReason | None = None,
    sentence: str = "",
    exchange_id: str = "",
) -> None:
    """What the exchange said to it, unless somebody has looked it up meanwhile and knows more."""
    order, live = locked(order_id)
    live.answered_at = utc_now()
    live.due_at = None if status is OrderStatus.REJECTED else live.answered_at
    live.save(update_fields=["answered_at", "due_at"])
    order.exchange_id = exchange_id or order.exchange_id
    if order.status in (OrderStatus.PENDING, OrderStatus.UNKNOWN):
        order.status, order.reason = status.value, sentence
        order.reason_code = reason.value if reason else ""
    order.updated_at = utc_now()
    order.save(update_fields=["exchange_id", "status", "reason", "reason_code", "updated_at"])
    booking.reckon_reserves(order.portfolio)
