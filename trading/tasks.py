"""What the broker carries for trading: what is to be looked at, followed, stopped, and settled in the end."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.conf import settings

from trading.services import ending, killing, paying
from trading.services.desks import meet_markets
from trading.services.live import comparing, following, stopping
from trading.services.refreshing import refresh_followed


@shared_task(name=killing.TASK, ignore_result=True)
def stop_everything() -> None:
    """Safe to deliver any number of times; nothing is done unless the switch is pulled."""
    stopping.stop_everything()


@shared_task(name=following.TASK, ignore_result=True)
def follow_live(portfolio_id: str) -> None:
    """Safe to deliver any number of times."""
    following.follow(UUID(portfolio_id))


@shared_task(name="trading.sweep_live", ignore_result=True)
def sweep_live() -> None:
    stopping.cancel_of_ended_runs()
    following.give_up_unsent()
    following.sweep()


@shared_task(name="trading.compare_accounts", ignore_result=True)
def compare_accounts() -> None:
    comparing.compare_due()


@shared_task(name="trading.refresh_markets", ignore_result=True)
def refresh_markets() -> None:
    """Safe to deliver any number of times; asks nobody where nothing is recorded or held."""
    if settings.MARKET_FEED:
        refresh_followed()


@shared_task(name="trading.meet_markets", ignore_result=True)
def meet_with_manual_orders() -> None:
    """Safe to deliver any number of times; looks at nothing where no order placed by hand stands."""
    meet_markets()


@shared_task(name=ending.TASK, ignore_result=True)
def settle_run(execution_id: str) -> None:
    """Safe to deliver any number of times."""
    ending.settle_run(UUID(execution_id))


@shared_task(name=paying.TASK, ignore_result=True)
def pay_out_market(condition_id: str) -> None:
    """Safe to deliver any number of times."""
    paying.pay_out_market(condition_id)


@shared_task(name="trading.settle", ignore_result=True)
def settle() -> None:
    """What no message led to: orders of runs that are over, positions in resolved markets."""
    ending.settle_left()
    paying.pay_out_resolved()
