"""Live orders that the exchange may still fill, and what of a person's could start a live run."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from orchestrator.accounts.models import User
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow, WorkflowVersion
from trading.domain.vocabulary import FINAL_ORDERS, Mode
from trading.models import Order, Portfolio, StrategyRun

_FINAL: Final = [each.value for each in FINAL_ORDERS]
_CHOICES: Final = 100


def open_live_orders(user: User, *, only_own: bool) -> QuerySet[Order]:
    """Of the person's portfolios, or, for an admin, of everybody's; with what is known of each there."""
    rows = Order.objects.filter(portfolio__in=Portfolio.objects.visible_to(user), live__isnull=False)
    rows = rows.filter(portfolio__owner=user) if only_own else rows
    rows = rows.exclude(status__in=_FINAL).select_related("live", "portfolio__owner", "run__workflow")
    return rows.defer(
        "run__reader",
        "run__replay",
        "run__served",
        "run__curve",
        "run__statistics",
        *User.unseen("portfolio__owner"),
    )


def live_portfolios(user: User) -> list[Portfolio]:
    """The person's own that have an account at the exchange."""
    rows = Portfolio.objects.filter(owner=user, mode=Mode.LIVE.value, account__isnull=False)
    return list(rows.order_by("-id")[:_CHOICES])


def approved_versions(versions: list[WorkflowVersion], checksum: str) -> list[WorkflowVersion]:
    """Those whose graph is the one that was approved."""
    return [each for each in versions if each.checksum == checksum]


def trading_now(user: User, workflow: Workflow) -> list[StrategyRun]:
    """Runs of a strategy that are not over, on paper and live; those with real money first."""
    unfinished = Execution.objects.filter(workflow=workflow, finished_at__isnull=True)
    rows = StrategyRun.objects.visible_to(user).filter(
        workflow=workflow,
        mode__in=[Mode.PAPER.value, Mode.LIVE.value],
        execution_id__in=unfinished.values("pk"),
    )
    return list(rows.only("pk", "mode").order_by("mode", "-id")[:_CHOICES])
