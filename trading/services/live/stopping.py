"""What the kill switch stops: runs on paper and live are paused, and all open orders cancelled, also those
that people placed by hand.

Done again and again while the switch is pulled, so that nothing that was resumed or late goes on.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotAllowed, NotFound, WrongState
from orchestrator.executions.models import Execution
from orchestrator.executions.services.steering import pause_for
from trading.domain.live import LiveReason
from trading.domain.vocabulary import FINAL_ORDERS, Mode
from trading.models import LiveOrder, Order, StrategyRun
from trading.services.desks import cancel_standing, desks_with_orders
from trading.services.killing import SENTENCE, pulled
from trading.services.live.following import hint, refuse_unsent
from trading.services.sessions import cancel_open, store, working_on

_FINAL: Final = [each.value for each in FINAL_ORDERS]
_NAME: Final = "the kill switch"
PULLED: Final = "Cancelled: the kill switch was pulled."


def stop_everything() -> int:
    """Pause what trades and cancel what is open, if the switch is pulled; how much there was to do."""
    switch = pulled()
    if switch is None:
        return 0
    runs = StrategyRun.objects.filter(mode__in=[Mode.PAPER.value, Mode.LIVE.value])
    going = Execution.objects.live().filter(pk__in=runs.values("execution_id"))
    done = sum(pause_for(each, by=_NAME) for each in going.values_list("pk", flat=True))
    live = LiveOrder.objects.filter(cancel_asked_at__isnull=True).exclude(order__status__in=_FINAL)
    done += sum(_cancel_live(each) for each in live.values_list("order_id", flat=True))
    on_paper = Order.objects.filter(run__mode=Mode.PAPER.value).exclude(status__in=_FINAL)
    for run_id in on_paper.order_by().values_list("run_id", flat=True).distinct():
        done += _cancel_on_paper(run_id)
    for portfolio_id in desks_with_orders():
        done += cancel_standing(portfolio_id, PULLED)
    return done


def cancel_of_ended_runs() -> int:
    """Cancel what live runs left open that are over: nobody decides about those orders any more. How many."""
    over = Execution.objects.filter(finished_at__isnull=False)
    rows = LiveOrder.objects.filter(
        cancel_asked_at__isnull=True, order__run__execution_id__in=over.values("pk")
    ).exclude(order__status__in=_FINAL)
    return sum(
        _cancel_live(each, LiveReason.NOT_SENT, "The run ended before it was sent.")
        for each in rows.values_list("order_id", flat=True)
    )


def cancel_order(user: User, order_id: UUID) -> Order:
    """Have a live order cancelled at the exchange; it is open until the exchange says so.

    Raises NotFound, NotAllowed, WrongState for one that is over or not live.
    """
    order = Order.objects.select_related("portfolio").filter(pk=order_id).first()
    if order is None or (order.portfolio.owner_id != user.pk and not user.is_admin):
        raise NotFound("There is no such order, or none that you may see.")
    if not user.may_build:
        raise NotAllowed("Your role lets you look on, not trade.")
    if order.portfolio.mode != Mode.LIVE or order.status in FINAL_ORDERS:
        raise WrongState(f"This order is {order.status}: there is nothing to cancel at the exchange.")
    with transaction.atomic():
        live = LiveOrder.objects.select_for_update().get(order=order)
        if live.cancel_asked_at is None:
            live.cancel_asked_at = live.due_at = utc_now()
            live.save(update_fields=["cancel_asked_at", "due_at"])
            record_audit(user, "order.cancel_asked", order, after={"exchange_id": order.exchange_id})
        transaction.on_commit(lambda: hint(order.portfolio_id))
    return order


def _cancel_live(
    order_id: UUID, reason: LiveReason = LiveReason.KILL_SWITCH, sentence: str = SENTENCE
) -> bool:
    """One that was not sent ends here; one that was is cancelled there, by who follows it."""
    if refuse_unsent(order_id, reason, sentence):
        return True
    with transaction.atomic():
        live = LiveOrder.objects.select_for_update().get(order=order_id)
        if live.cancel_asked_at is not None:
            return False
        live.cancel_asked_at = live.due_at = utc_now()
        live.save(update_fields=["cancel_asked_at", "due_at"])
        portfolio_id = Order.objects.values_list("portfolio_id", flat=True).get(pk=order_id)
        transaction.on_commit(lambda: hint(portfolio_id))
    return True


def _cancel_on_paper(run_id: UUID) -> int:
    with working_on(run_id) as work:
        done = len(work.replay.broker.open.all())
        if done:
            cancel_open(work, PULLED)
            store(work)
    return done
