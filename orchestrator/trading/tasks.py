"""What the broker carries for trading."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from orchestrator.trading.services.manual_orders import meet_markets
from orchestrator.trading.services.refreshing import refresh_followed


@shared_task(name="trading.refresh_markets", ignore_result=True)
def refresh_markets() -> None:
    """Safe to deliver any number of times; asks nobody where nothing is recorded or held."""
    if settings.MARKET_FEED:
        refresh_followed()


@shared_task(name="trading.meet_markets", ignore_result=True)
def meet_with_manual_orders() -> None:
    """Safe to deliver any number of times; looks at nothing where no order placed by hand stands."""
    meet_markets()
