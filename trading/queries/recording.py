"""How the market feed does, over all tapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Max, Min, Sum
from prometheus_client.core import GaugeMetricFamily, Metric

from orchestrator.core.clock import utc_now
from orchestrator.core.rls import as_server, bound
from trading.domain.vocabulary import TapeStatus
from trading.models import Tape

LOCK: Final = 0x6D61726B6574
"""Of PostgreSQL's advisory locks, for the session that records."""
_KEPT_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class FeedFigures:
    """``silent_seconds`` is how long the recording that heard nothing for longest has heard nothing."""

    running: bool
    tapes: int
    lag_ms: int
    messages_per_second: float
    silent_seconds: float


def is_feed_running() -> bool:
    """Whether a process holds the recorder's place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
            " AND (classid::bigint << 32) + objid::bigint = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK],
        )
        return bool(cursor.fetchone()[0])


def feed_trouble() -> str:
    """Why nothing is recorded at the moment, in a sentence; empty where all is well."""
    if not settings.MARKET_FEED:
        return "Live markets are not recorded on this server: its setting MARKET_FEED is off."
    if not is_feed_running():
        return "No market feed is running: start it with manage.py market_feed, or make up."
    return ""


def feed_figures() -> FeedFigures:
    """Over everybody's recordings, so for the platform only."""
    with bound(), as_server("figures of the platform are counted over everybody"):
        rows = Tape.objects.filter(status=TapeStatus.RECORDING.value)
        told = rows.aggregate(
            tapes=Count("pk"), lag=Max("lag_ms"), rate=Sum("message_rate"), heard=Min("heard_at")
        )
        running = is_feed_running()
    silent = (utc_now() - told["heard"]).total_seconds() if told["heard"] is not None else 0.0
    return FeedFigures(running, told["tapes"], told["lag"] or 0, told["rate"] or 0.0, max(0.0, silent))


def feed_metrics() -> Iterator[Metric]:
    """For /metrics, kept for a moment."""
    found: FeedFigures | None = cache.get("metrics:market-feed")
    if found is None:
        found = feed_figures()
        cache.set("metrics:market-feed", found, _KEPT_SECONDS)
    for name, text, value in (
        ("up", "Whether a process records markets", int(found.running)),
        ("tapes", "Tapes that are being recorded", found.tapes),
        ("lag_seconds", "Age of the oldest message when it was written last", found.lag_ms / 1_000),
        ("messages_per_second", "Messages written to all tapes", found.messages_per_second),
        ("silent_seconds", "Since the quietest recording heard the exchange", found.silent_seconds),
    ):
        yield GaugeMetricFamily(f"orchestrator_market_feed_{name}", text, value=value)
