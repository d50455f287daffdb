"""How long the server takes for the list of markets, by page and by API, with very many of them.

In this process, from the request to the rendered answer, through all middleware, without the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, Final

from orchestrator.core import json
from orchestrator.core.asgi import settle_memory
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.bench.clients import client_of
from orchestrator.executions.bench.copying import copy_lines, vacuum
from orchestrator.executions.bench.figures import Figure
from orchestrator.executions.bench.requests import figures_of, request_table
from trading.bench.strategy import bench_trader
from trading.models import Market

_ASKED: Final = {
    "markets": "",
    "markets, searched": "?search=harbour+bridge",
    "markets, searched for what most have": "?search=question",
    "markets of a category": "?category=Sports",
    "markets, open": "?state=open",
    "markets, closed": "?state=closed",
    "markets, generated": "?state=generated",
    "markets, closing soon first": "?ordering=ends_at&closing=soon",
    "markets, newest first": "?ordering=-id",
    "markets of a category, open, searched": "?category=Sports&state=open&search=bridge",
}
_CATEGORIES: Final = ("Politics", "Sports", "Crypto", "Weather", "Science", "Culture", "Economy", "World")
_WORDS: Final = ("harbour", "bridge", "election", "final", "rate", "record", "launch", "storm", "price")
_COLUMNS: Final = (
    "id", "condition_id", "question", "category", "event_title", "outcomes", "tick_size", "minimum_size",
    "is_closed", "winner", "ends_at", "volume", "slug",
)  # fmt: skip


def measure_markets(*, markets: int, times: int, say: Callable[[str], object]) -> list[Figure]:
    settle_memory()  # as a web process does
    _seed(markets)
    client = client_of(bench_trader())
    asked: dict[str, Any] = {"the smallest request: oneself": partial(client.get, "/api/v1/me/")}
    for name, query in _ASKED.items():
        asked[name] = partial(client.get, f"/trading/markets/{query}")
        asked[f"{name}, by API"] = partial(client.get, f"/api/v1/trading/markets/{query}")
    cursor = client.get("/api/v1/trading/markets/").json()["next"].partition("?")[2]
    asked["markets, the next page"] = partial(client.get, f"/trading/markets/?{cursor}")
    found = list(figures_of("trading", asked, times=times))
    wanted = {name: None if "oneself" in name else 15 for name in asked}
    say(request_table(found, wanted, f"{Market.objects.count():,} markets."))
    return found


def _seed(count: int) -> None:
    there = Market.objects.filter(slug__startswith="bench-").count()
    if there < count:
        copy_lines(Market, _COLUMNS, _lines(there, count), there=there, new=count - there)
        vacuum(Market)


def _lines(there: int, count: int) -> Iterator[str]:
    now = utc_now()
    for number in range(there, count):
        condition = f"0xbench{number:058x}"
        outcomes = [
            {"name": name, "token": f"{number}{side}{'3' * 68}", "price": "0.5"} for side, name in _SIDES
        ]
        words = " ".join(_WORDS[number // 9**power % 9] for power in range(3))
        is_closed = number % 3 == 0
        yield "\t".join(
            (
                str(id_at(now - timedelta(seconds=count - number), tail=number)),
                condition,
                f"Will the {words} question {number} be answered?",
                _CATEGORIES[number % len(_CATEGORIES)],
                f"Event {number // 5}",
                json.dumps(outcomes).decode(),
                "0.01",
                "5",
                "t" if is_closed else "f",
                f"{number}1{'3' * 68}" if is_closed and number % 2 else "",
                (now + timedelta(hours=number % 4_000 - 500)).isoformat(),
                str(0 if number % 4 == 0 else number * 7919 % 1_000_003),
                f"bench-{number}",
            )
        )


_SIDES: Final = ((1, "Yes"), (2, "No"))
