"""How long the server takes for what is done most with workflows: list, load, save, search, look back.

In this process, from the request to the rendered answer, through all middleware; no network. Beside each
operation stands the time its queries took in the same requests: what PostgreSQL and the driver need.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import override_settings

from orchestrator.accounts.models import User
from orchestrator.executions.bench.clients import client_of, people
from orchestrator.executions.bench.figures import Figure
from orchestrator.executions.bench.seed import seeded_workflow

WARM_UP: Final = 5


@dataclass(slots=True)
class QueryTime:
    """An execute wrapper that adds up how long the queries of one request took."""

    milliseconds: float = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.milliseconds += (time.perf_counter() - began) * 1000


def measure_library(*, times: int) -> Iterator[Figure]:
    """For a person who owns 20 workflows, and for an admin, who sees all. The database is seeded before."""
    with override_settings(DEBUG=False):
        for who, user in people():
            for name, ask in _operations(user).items():
                whole, queries = _measure(ask, times)
                yield Figure(who, name, "ms", whole)
                yield Figure(who, f"{name}: of it the queries", "ms", queries)


def _operations(user: User) -> dict[str, Callable[[], HttpResponseBase]]:
    client, workflow = client_of(user), seeded_workflow(User.objects.get(username="seed0"))
    at = f"/api/v1/workflows/{workflow.pk}/"
    return {
        "list workflows (wanted: 10 ms)": lambda: client.get("/api/v1/workflows/"),
        "load a workflow (5 ms)": lambda: client.get(at),
        "save a workflow (20 ms)": _saving(client, at),
        "search workflows (50 ms)": lambda: client.get("/api/v1/workflows/?search=momentum berlin"),
        "version history (10 ms)": lambda: client.get(f"{at}versions/"),
    }


def _saving(client: Client, at: str) -> Callable[[], HttpResponseBase]:
    """Each save changes the graph, so that there is something to store."""
    count = iter(range(1_000_000))

    def save() -> HttpResponseBase:
        config = {"output": {"number": next(count), "at": time.time()}}
        nodes = [
            {"id": f"n{number}", "type": "transform", "data": {"config": config}} for number in range(20)
        ]
        return client.patch(at, {"nodes": nodes, "edges": []}, content_type="application/json")

    return save


def _measure(ask: Callable[[], HttpResponseBase], times: int) -> tuple[list[float], list[float]]:
    whole, queries = [], []
    for number in range(WARM_UP + times):
        spent = QueryTime()
        began = time.perf_counter()
        with connection.execute_wrapper(spent):
            answer = ask()
        taken = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, f"{answer.status_code}"
        if number >= WARM_UP:
            whole.append(taken)
            queries.append(spent.milliseconds)
    return whole, queries
