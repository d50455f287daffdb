"""The workloads on plain Celery: two worker processes, one task at a time each."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from celery import chain, chord, group

from orchestrator.executions.bench.figures import Figure, milliseconds
from orchestrator.executions.bench.workers import celery_worker, processes

SYSTEM = "Celery chain and chord (not durable)"
MODULE = "orchestrator.executions.bench.peers.celery_app"
RUNS = 500


def measure_celery(broker: str, *, times: int) -> Iterator[Figure]:
    os.environ["BENCH_BROKER"] = broker
    tasks: Any = importlib.import_module(MODULE)
    with processes([_worker(1), _worker(2)], {"BENCH_BROKER": broker}):
        yield Figure(SYSTEM, "W1 40 steps", "ms", _times(lambda: _row(tasks, 40), times))
        yield Figure(SYSTEM, "W2 500 x 5", "runs/s", [_throughput(tasks) for _ in range(3)])
        yield Figure(SYSTEM, "W3 100 and join", "ms", _times(lambda: _fan(tasks, 100), times))
        yield Figure(SYSTEM, "W4 first step", "ms", _first_steps(tasks, times))


def _row(tasks: Any, length: int) -> Any:
    """Made anew for every run: a canvas keeps its task ids, and with them its results."""
    return chain(tasks.step.s(0), *(tasks.step.s() for _ in range(length - 1)))


def _fan(tasks: Any, width: int) -> Any:
    return chord(group(tasks.step.s(number) for number in range(width)), tasks.join.s())


def _times(make: Callable[[], Any], times: int) -> list[float]:
    return milliseconds(lambda: make().apply_async().get(interval=0.001), times=times, warm_up=5)


def _throughput(tasks: Any) -> float:
    began = time.perf_counter()
    results = [_row(tasks, 5).apply_async() for _ in range(RUNS)]
    for result in results:
        result.get(interval=0.001)
    return RUNS / (time.perf_counter() - began)


def _first_steps(tasks: Any, times: int) -> list[float]:
    taken = []
    for number in range(times + 5):
        result = tasks.moment.delay()
        sent = time.time()
        began = result.get(interval=0.001)
        if number >= 5:
            taken.append((began - sent) * 1000)
    return taken


def _worker(number: int) -> list[str]:
    return celery_worker(MODULE, queue="bench", name=f"peer-{number}")
