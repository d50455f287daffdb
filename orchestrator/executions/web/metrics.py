"""``/metrics`` for Prometheus: what web processes count, and what the database and Redis know of the rest.

Workers have no port of their own: engines tell their figures with their signs of life, and everything that
stands in the database is counted when it is asked for, once in a few seconds at most.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import accumulate

from django.conf import settings
from django.core.cache import cache
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from orchestrator.core.clock import utc_now
from orchestrator.core.metrics import counted, told_by_parts
from orchestrator.core.rls import as_server, bound
from orchestrator.executions.runtime.latency import BOUNDS
from orchestrator.executions.services.vitals import Load, Signs, load, signs

_KEPT_SECONDS = 5
_LOOPBACK = ("127.", "::1")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For who has the token; without one configured, for this machine only."""
    if not _may_ask(request):
        return HttpResponse(
            "Send the token: Authorization: Bearer …\n", status=403, content_type="text/plain"
        )
    registry = CollectorRegistry()
    registry.register(Platform())
    body = generate_latest(counted()) + generate_latest(registry)
    return HttpResponse(body, content_type=CONTENT_TYPE_PLAIN_0_0_4)


class Platform(Collector):
    """Gauges of the whole platform, the same whichever web process is asked."""

    def collect(self) -> Iterator[Metric]:
        now = utc_now()
        found = signs(now=now)
        yield from _redis_metrics(found)
        try:
            yield from _run_metrics(_load())
            for tell in told_by_parts:
                yield from tell()
            yield _gauge("orchestrator_database_up", "Whether PostgreSQL answers", 1)
        except Error:
            yield _gauge("orchestrator_database_up", "Whether PostgreSQL answers", 0)
        if found.swept_at is not None:
            age = (now - found.swept_at).total_seconds()
            yield _gauge("orchestrator_sweep_age_seconds", "Since the last sweep", max(0.0, age))


def _may_ask(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
        return secrets.compare_digest(given, settings.METRICS_TOKEN.encode())
    return str(request.META.get("REMOTE_ADDR", "")).startswith(_LOOPBACK)


def _load() -> Load:
    """Counted over everybody, and kept for a moment: several scrapers cost what one does."""
    kept: Load | None = cache.get("metrics:load")
    if kept is None:
        with bound(), as_server("metrics count the runs of everybody"):
            kept = load(now=utc_now())
        cache.set("metrics:load", kept, _KEPT_SECONDS)
    return kept


def _run_metrics(found: Load) -> Iterator[Metric]:
    live = GaugeMetricFamily("orchestrator_runs", "Runs that are not over, by status", labels=["status"])
    for status, runs in found.live.items():
        live.add_metric([status], runs)
    yield live
    recent = GaugeMetricFamily("orchestrator_runs_last_hour", "Runs begun within an hour", labels=["status"])
    for status, runs in found.recent.items():
        recent.add_metric([status], runs)
    yield recent
    yield _gauge("orchestrator_runs_due", "Runs that wait for a worker", found.due)
    yield _gauge(
        "orchestrator_oldest_due_seconds", "How long the oldest due run has waited", found.oldest_due_seconds
    )
    yield _gauge("orchestrator_runs_queued", "Runs that wait for their workflow's concurrency", found.queued)


def _redis_metrics(found: Signs) -> Iterator[Metric]:
    yield _gauge("orchestrator_redis_up", "Whether Redis answers", int(found.reachable))
    if not found.reachable:
        return
    yield _gauge("orchestrator_engines", "Engine workers that are about", len(found.engines))
    depths = GaugeMetricFamily("orchestrator_queue_messages", "Messages in the broker", labels=["queue"])
    for queue, depth in found.queues.items():
        depths.add_metric([queue], depth)
    yield depths
    held = GaugeMetricFamily("orchestrator_engine_runs", "Runs that an engine holds", labels=["engine"])
    commits = HistogramMetricFamily("orchestrator_commit_seconds", "Time of a commit", labels=["engine"])
    for engine in found.engines:
        held.add_metric([engine.owner], engine.runs)
        if engine.commits:
            bounds = [*map(str, BOUNDS), "+Inf"]
            buckets = list(zip(bounds, accumulate(engine.commits), strict=True))
            commits.add_metric([engine.owner], buckets, engine.commit_seconds)
    yield held
    yield commits


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
