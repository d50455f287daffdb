"""What the broker carries for trading."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from orchestrator.trading.services.refreshing import refresh_followed


@shared_task(name="trading.refresh_markets", ignore_result=True)
def refresh_markets() -> None:
    """Safe to deliver any number of times; asks nobody where nothing is recorded or held."""
    if settings.MARKET_FEED:
        refresh_followed()
