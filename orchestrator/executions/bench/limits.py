"""What this machine allows: the disk's flush, a round trip to the database, the smallest durable write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from orchestrator.core.prepared import Prepared
from orchestrator.executions.bench.clients import bench_user
from orchestrator.executions.bench.figures import Figure, milliseconds
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.definitions import create_workflow

LIMITS: Final = "this machine"

_READ: Final = Prepared(lambda pk: Workflow.objects.filter(pk=pk).order_by().values_list("pk"), {"pk": UUID})
_WRITE: Final = Prepared(
    lambda pk, name: (Workflow.objects.filter(pk=pk), {"name": name}), {"pk": UUID, "name": str}
)


def measure_limits(*, times: int) -> Iterator[Figure]:
    workflow = create_workflow(bench_user(), name="Bench: limits", nodes=[], edges=[])
    yield Figure(LIMITS, "fdatasync of 8 kB", "ms", _flushes(settings.DATA_DIR, times))
    read = milliseconds(lambda: _READ.fetch(pk=workflow.pk), times=times, warm_up=20)
    yield Figure(LIMITS, "read one row", "ms", read)
    write = milliseconds(lambda: _WRITE.execute(pk=workflow.pk, name="Bench"), times=times, warm_up=20)
    yield Figure(LIMITS, "write one row", "ms", write)


def _flushes(folder: Path, times: int) -> list[float]:
    block = os.urandom(8192)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:

        def flush() -> None:
            file.write(block)
            os.fdatasync(file.fileno())

        return milliseconds(flush, times=times, warm_up=20)
