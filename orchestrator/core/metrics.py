"""What each web process counts for Prometheus: requests by view, and open sockets.

With several web processes on one machine they share files, so that whichever is asked answers for all:
``orchestrator/asgi.py`` names the folder before this module is loaded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psutil
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

told_by_parts: Final[list[Callable[[], Iterator[Metric]]]] = []
"""What parts of the product above the engine have to tell of the platform; they add themselves."""

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"

registry: Final = CollectorRegistry()
requests: Final = Histogram(
    "orchestrator_http_request_seconds",
    "Time to answer a request, by the view that answered",
    ["view", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
    registry=registry,
)
open_sockets: Final = Gauge(
    "orchestrator_feed_sockets",
    "Open sockets of the live feed",
    registry=registry,
    multiprocess_mode="livesum",
)


class MetricsMiddleware:
    """Counts every request but probes, which are answered before it. Addresses that lead nowhere are one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match is not None else ""
        requests.labels(view or "none", _method(request), f"{response.status_code // 100}xx").observe(
            time.perf_counter() - began
        )
        return response


def counted() -> CollectorRegistry:
    """What this process counted, or all on this machine where they share a folder."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return registry
    for pid in {int(path.stem.rpartition("_")[2]) for path in Path(folder).glob("*_[0-9]*.db")}:
        if not psutil.pid_exists(pid):
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


def _method(request: HttpRequest) -> str:
    """Anything may be sent as a method, and every label costs memory."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return request.method if request.method in known else "other"
