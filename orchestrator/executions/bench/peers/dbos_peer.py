"""The workloads on DBOS Transact; W1, W3 and W4 run in the starting process, which is its best case."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator
from typing import Any

from orchestrator.executions.bench.figures import Figure, milliseconds
from orchestrator.executions.bench.workers import processes

SYSTEM = "DBOS Transact (durable, a commit a step)"
MODULE = "orchestrator.executions.bench.peers.dbos_app"
RUNS = 500


def measure_dbos(url: str, *, times: int) -> Iterator[Figure]:
    from dbos import DBOSClient, EnqueueOptions  # an optional dependency, installed by `make bench`

    workers = [[sys.executable, "-m", MODULE, f"worker-{number}"] for number in (1, 2)]
    with processes(workers, {"BENCH_DATABASE": url}):
        client = DBOSClient(system_database_url=url)
        options: EnqueueOptions = {"queue_name": "bench", "workflow_name": "row", "app_version": "1"}
        _throughput(client, options, 20)
        yield Figure(SYSTEM, "W2 500 x 5", "runs/s", [_throughput(client, options, RUNS) for _ in range(2)])
        client.destroy()
    app: Any = importlib.import_module(MODULE)
    app.launch(url, "starter")
    yield Figure(SYSTEM, "W1 40 steps", "ms", _times(app, app.row, 40, times))
    yield Figure(SYSTEM, "W3 100 and join", "ms", _times(app, app.fan, 100, min(times, 10)))
    yield Figure(SYSTEM, "W4 first step", "ms", _first_steps(app, times))
    app.DBOS.destroy()


def _times(app: Any, workflow: Any, argument: int, times: int) -> list[float]:
    return milliseconds(
        lambda: app.DBOS.start_workflow(workflow, argument).get_result(), times=times, warm_up=3
    )


def _first_steps(app: Any, times: int) -> list[float]:
    taken = []
    for number in range(times + 5):
        handle = app.DBOS.start_workflow(app.moment)
        committed = time.time()
        began = handle.get_result()
        if number >= 5:
            taken.append(max(0.0, began - committed) * 1000)
    return taken


def _throughput(client: Any, options: Any, runs: int) -> float:
    began = time.perf_counter()
    handles = [client.enqueue(options, 5) for _ in range(runs)]
    for handle in handles:
        handle.get_result()
    return runs / (time.perf_counter() - began)
