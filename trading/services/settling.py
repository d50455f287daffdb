"""Open orders of runs that are over: nobody reads on for them, so they end, and release what they kept."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from orchestrator.executions.models import Execution
from trading.domain.vocabulary import FINAL_ORDERS, Mode, OrderStatus
from trading.models import Order
from trading.services.sessions import cancel_open, store, working_on

_OPEN: Final = [each.value for each in OrderStatus if each not in FINAL_ORDERS]
OVER: Final = "Cancelled: the run was over."


def settle_ended_runs(portfolio_id: UUID) -> None:
    """Cancel what runs left standing that were cancelled or failed: nobody reads on for those orders.

    To be called outside a transaction that holds the portfolio's lock. Idempotent.
    """
    left = orders_left().filter(portfolio=portfolio_id)
    for run_id in left.order_by().values_list("run_id", flat=True).distinct():
        with working_on(run_id) as work:
            if work.replay.broker.open.all():
                cancel_open(work, OVER)
                store(work)


def orders_left() -> QuerySet[Order]:
    """Open orders of runs that are over. Live ones stand at the exchange, and are cancelled there."""
    under_way = Execution.objects.filter(pk=OuterRef("run__execution_id"), finished_at__isnull=True)
    on_paper = [Mode.PAPER.value, Mode.BACKTEST.value]
    return Order.objects.filter(status__in=_OPEN, run__mode__in=on_paper).exclude(Exists(under_way))
