"""Plain Celery on the same Redis: chains and chords of trivial tasks. Nothing of it is durable."""

from __future__ import annotations

import os
import time

from celery import Celery

app = Celery("bench", broker=os.environ["BENCH_BROKER"], backend=os.environ["BENCH_BROKER"])
app.conf.update(worker_prefetch_multiplier=1, task_default_queue="bench", result_expires=300)


@app.task(name="bench.step")
def step(value: int) -> int:
    return value + 1


@app.task(name="bench.join")
def join(values: list[int]) -> int:
    return sum(values)


@app.task(name="bench.moment")
def moment() -> float:
    return time.time()
