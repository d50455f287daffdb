"""The four workloads on this engine, through the service that pages and API call."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.db.models import Max

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.prepared import Prepared
from orchestrator.executions.bench.clients import bench_user
from orchestrator.executions.bench.figures import Figure, milliseconds
from orchestrator.executions.bench.workers import engine_worker, processes
from orchestrator.executions.models import Execution, StepRun
from orchestrator.executions.services.starting import start_execution
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.definitions import create_workflow
from orchestrator.workflows.services.versions import publish_draft

PURE: Final = "this engine, pure steps"
IDEMPOTENT: Final = "this engine, a commit each step"
RUNS: Final = 500
_LOOK_SECONDS: Final = 0.001
"""Between two looks at the database: a prepared query of some 30 µs, so that looking disturbs little."""

_FINISHED: Final = Prepared(
    lambda run: Execution.objects.filter(pk=run, finished_at__isnull=False).values_list("pk"), {"run": UUID}
)
_LEFT: Final = Prepared(
    lambda workflow: Execution.objects.filter(workflow=workflow, finished_at__isnull=True).values_list("pk")[
        :1
    ],
    {"workflow": UUID},
)
_FIRST: Final = Prepared(
    lambda run: StepRun.objects.filter(execution=run).order_by("seq").values_list("started_at")[:1],
    {"run": UUID},
)


def measure_engine(*, times: int) -> Iterator[Figure]:
    user = bench_user()
    with processes([engine_worker(1), engine_worker(2)]):
        for system, step in ((PURE, _pure), (IDEMPOTENT, _idempotent)):
            row, short = chain(user, 40, step), chain(user, 5, step)
            fan = _fan_out(user, 100, step)
            yield Figure(system, "W1 40 steps", "ms", _run_times(user, row, times))
            yield Figure(system, "W2 500 x 5", "runs/s", [_throughput(user, short) for _ in range(5)])
            yield Figure(system, "W3 100 and join", "ms", _run_times(user, fan, times))
            yield Figure(system, "W4 first step", "ms", _first_steps(user, short, times))


def _run_times(user: User, workflow: Workflow, times: int) -> list[float]:
    """From the start call until the end is stored, seen by looking every millisecond."""
    return milliseconds(lambda: _run(user, workflow), times=times, warm_up=5)


def _run(user: User, workflow: Workflow) -> None:
    execution, _ = start_execution(user, workflow.pk)
    while not _FINISHED.fetch(run=execution.pk):
        time.sleep(_LOOK_SECONDS)


def _throughput(user: User, workflow: Workflow) -> float:
    """Runs per second from the first start call until the last end is stored."""
    began = time.perf_counter()
    ids = [start_execution(user, workflow.pk)[0].pk for _ in range(RUNS)]
    while _LEFT.fetch(workflow=workflow.pk):
        time.sleep(_LOOK_SECONDS)
    seconds = time.perf_counter() - began
    done = Execution.objects.filter(workflow=workflow, pk__in=ids, status="completed").count()
    assert done == RUNS, "every run completes"
    return RUNS / seconds


def _first_steps(user: User, workflow: Workflow, times: int) -> list[float]:
    """From the commit of the start to the beginning of the first step, by this machine's clock."""
    taken = []
    for number in range(times + 5):
        execution, _ = start_execution(user, workflow.pk)
        committed = utc_now()
        while not (rows := _FIRST.fetch(run=execution.pk)):
            time.sleep(_LOOK_SECONDS)
        if number >= 5:
            taken.append((rows[0][0] - committed).total_seconds() * 1000)
    return taken


def _pure(node_id: str) -> dict[str, Any]:
    return {"id": node_id, "type": "transform", "data": {"config": {"output": {"n": 1}}}}


def _idempotent(node_id: str) -> dict[str, Any]:
    config = {"action": "log", "with": {"message": "a step"}}
    return {"id": node_id, "type": "action", "data": {"config": config}}


def chain(user: User, length: int, step: Any) -> Workflow:
    nodes = [step(f"n{number}") for number in range(length)]
    edges = [_edge(f"n{number}", f"n{number + 1}") for number in range(length - 1)]
    return _publish(user, f"{length} steps", nodes, edges)


def _fan_out(user: User, width: int, step: Any) -> Workflow:
    names = [f"p{number}" for number in range(width)]
    nodes = [step("begin"), *(step(name) for name in names), step("join")]
    edges = [*(_edge("begin", name) for name in names), *(_edge(name, "join") for name in names)]
    return _publish(user, f"{width} parallel", nodes, edges)


def _edge(source: str, target: str) -> dict[str, str]:
    return {"id": f"{source}-{target}", "source": source, "target": target}


def _publish(user: User, name: str, nodes: Any, edges: Any) -> Workflow:
    last = Workflow.objects.aggregate(last=Max("created_at"))["last"]
    workflow = create_workflow(user, name=f"Bench: {name} ({last})"[:200], nodes=nodes, edges=edges)
    publish_draft(user, workflow.pk)
    return workflow
