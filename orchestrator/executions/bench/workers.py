"""The worker processes of a benchmark: the same as ``make up`` starts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

READY_SECONDS = 60.0


@contextmanager
def processes(
    commands: Sequence[Sequence[str]], env: dict[str, str] | None = None, *, ready: bool = True
) -> Iterator[list[int]]:
    """Their ids, all running; with ``ready`` each has made the file ORCHESTRATOR_READY_FILE."""
    with tempfile.TemporaryDirectory() as folder:
        started = []
        files = [Path(folder) / str(number) for number in range(len(commands))]
        for command, file in zip(commands, files, strict=True):
            own = {**os.environ, **(env or {}), "ORCHESTRATOR_READY_FILE": str(file), "LOG_LEVEL": "ERROR"}
            started.append(subprocess.Popen(command, env=own, stderr=subprocess.DEVNULL))  # noqa: S603 - ours
        try:
            if ready:
                _wait_for(files)
            yield [process.pid for process in started]
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(timeout=30)


def engine_worker(number: int) -> list[str]:
    return celery_worker("orchestrator", queue="engine", name=f"bench-{number}")


def celery_worker(application: str, *, queue: str, name: str) -> list[str]:
    """One process that does one task at a time."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
    loaded = ["-n", f"{name}@%h", "--include", "orchestrator.embedded.worker_ready"]
    celery = [sys.executable, "-W", "ignore", "-m", "celery", "-q", "-A", application, "worker"]
    return [*celery, "--pool", "solo", "-Q", queue, *loaded, *quiet]


def _wait_for(files: Sequence[Path]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not all(file.exists() for file in files):
        if time.monotonic() > deadline:
            raise TimeoutError("a worker did not become ready")
        time.sleep(0.05)
