"""DBOS Transact on the same PostgreSQL: durable, one commit a step."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from dbos import DBOS

QUEUE = "bench"
POLL_SECONDS = 0.05  # its default is a second


@DBOS.step()
def step(value: int) -> int:
    return value + 1


@DBOS.workflow()
def row(length: int) -> int:
    value = 0
    for _ in range(length):
        value = step(value)
    return value


@DBOS.workflow()
def one(value: int) -> int:
    return step(value)


@DBOS.workflow()
def fan(width: int) -> int:
    handles = [DBOS.start_workflow(one, number) for number in range(width)]
    return sum(handle.get_result() for handle in handles)


@DBOS.step()
def moment_step() -> float:
    return time.time()


@DBOS.workflow()
def moment() -> float:
    return moment_step()


def launch(url: str, executor: str) -> None:
    config: Any = {
        "name": "bench",
        "system_database_url": url,
        "application_version": "1",
        "executor_id": executor,
        "log_level": "ERROR",
        "run_admin_server": False,
    }
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=64, polling_interval_sec=POLL_SECONDS)


if __name__ == "__main__":
    launch(os.environ["BENCH_DATABASE"], sys.argv[1])
    Path(os.environ["ORCHESTRATOR_READY_FILE"]).touch()
    while True:
        time.sleep(60)
