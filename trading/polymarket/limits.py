"""How often each group of routes is called: token buckets that follow Polymarket's documented limits.

They belong to the process, whatever loops and clients it has. None of the locked packages keeps such a
bucket for asynchronous callers without storage behind it, and one is thirty lines.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

_WINDOW_SECONDS: Final = 10.0
_SHARE: Final = 0.5
"""Of what is documented: other processes call from the same address."""

_DOCUMENTED: Final = {
    "gamma": (
        ("", 4_000),
        ("/markets", 300),
        ("/events", 500),
        ("/tags", 200),
        ("/public-search", 350),
    ),
    "clob": (
        ("", 9_000),
        ("/books", 500),
        ("/book", 1_500),
        ("/price", 1_500),
        ("/midpoint", 1_500),
        ("/spread", 1_500),
        ("/prices-history", 1_000),
        ("/tick-size", 200),
    ),
    "data": (("", 1_000), ("/trades", 200), ("/positions", 150)),
}
"""Requests in ten seconds by the first part of the path; the empty one counts them all."""


class Bucket:
    """``reserve`` takes one call and says how many seconds to wait before it is made."""

    def __init__(
        self, per_second: float, burst: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._left, self._seen = burst, clock()
        self._lock = Lock()

    def reserve(self) -> float:
        with self._lock:
            now = self._clock()
            self._left = min(self._burst, self._left + (now - self._seen) * self._per_second)
            self._seen = now
            self._left -= 1.0
            return max(0.0, -self._left / self._per_second)


def _bucket(per_window: int) -> Bucket:
    per_second = per_window * _SHARE / _WINDOW_SECONDS
    return Bucket(per_second, burst=per_second)


_BUCKETS: Final = {
    service: {path: _bucket(limit) for path, limit in documented}
    for service, documented in _DOCUMENTED.items()
}


def reserve(service: str, path: str) -> float:
    """Seconds to wait before this call, by the group of its path and by the service's sum."""
    buckets = _BUCKETS[service]
    group = buckets.get("/" + path.lstrip("/").partition("/")[0])
    return max(buckets[""].reserve(), group.reserve() if group is not None else 0.0)
