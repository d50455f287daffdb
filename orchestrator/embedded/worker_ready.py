"""Loaded into each Celery worker by `--include`: tells the supervisor when it takes tasks.

The usual ways to ask a worker (a broadcast ping, a line in its log) are slow, noisy or tied to a broker.
"""

import os
from pathlib import Path

from celery.signals import worker_ready

from orchestrator.embedded.process import READY_FILE


@worker_ready.connect
def touch_ready_file(**_: object) -> None:
    path = os.environ.get(READY_FILE)
    if path:
        Path(path).touch()
