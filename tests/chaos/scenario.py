"""Runs with branches, maps, timers, retries and once-steps, and what must be true of them in the end."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psutil

from orchestrator.executions.models import Execution
from orchestrator.executions.verification import verify_execution
from orchestrator.workflows.models import Workflow
from tests.chaos.effects import performed
from tests.factories import chain, edge, expression, make_workflow, node, set_vars, start, step

ROOT = Path(__file__).resolve().parents[2]


def effect(node_id: str, **config: Any) -> dict[str, Any]:
    data = {"retry": {"max_attempts": 4, "backoff_seconds": 0.05}} if config.get("fail_first") else {}
    return node(node_id, "effect", config, **data)


def mixed_workflow() -> Workflow:
    """A split with a join, a loop, a map, a timer, a retried step and a step that must happen once."""
    body = {
        "nodes": [effect("fetch"), step("keep", {"n": expression("item * 2 + index")})],
        "edges": chain("fetch", "keep"),
    }
    nodes = [
        set_vars("begin", i=0),
        effect("left"),
        effect("right", fail_first=2),
        step("join", {"both": expression("size(nodes.left.output.key) > 0")}),
        set_vars("count", i=expression("vars.i + 1")),
        node("each", "map", {"items": expression("input.items"), "body": body, "concurrency": 3}),
        node("nap", "timer", {"seconds": 0.1}),
        effect("order", effect="once"),
        step("sum", {"total": expression("sum(nodes.each.output.map(o, o.n)) + vars.i")}),
    ]
    edges = [
        edge("begin", "left"),
        edge("begin", "right"),
        edge("left", "join"),
        edge("right", "join"),
        edge("join", "count"),
        edge("count", "count", when="vars.i < 5"),
        edge("count", "each", when="vars.i >= 5"),
        *chain("each", "nap", "order", "sum"),
    ]
    return make_workflow(nodes=nodes, edges=edges, name=NAME)


NAME = "Chaos"
ITEMS: list[Any] = [1, 2, 3, 4]
TOTAL = sum(item * 2 + index for index, item in enumerate(ITEMS)) + 5


def start_runs(count: int) -> list[Execution]:
    workflow = Workflow.objects.select_related("owner").filter(name=NAME).first() or mixed_workflow()
    return [start(workflow, {"items": ITEMS}) for _ in range(count)]


def unfinished() -> int:
    return Execution.objects.live().count()


def wait_until_done(seconds: float) -> None:
    """Until every run is over; fails with what is left if that takes too long."""
    deadline = time.monotonic() + seconds
    while unfinished():
        if time.monotonic() > deadline:
            left = list(Execution.objects.live().values_list("status", "current_node_ids", "lease_owner")[:5])
            raise AssertionError(f"{unfinished()} runs are not over, e.g. {left}")
        time.sleep(0.02)


def check_everything(runs: list[Execution]) -> None:
    """Every run ended as it would have without any accident, nothing is missing, nothing is double."""
    for run in runs:
        run.refresh_from_db()
        assert run.status == "completed", (run.pk, run.status, run.error)
        assert run.steps.get(node_id="sum").output == {"total": TOTAL}
        assert verify_execution(run.pk) == []
        done = Counter(
            (each.scope, each.node_id, each.iteration) for each in run.steps.filter(status="success")
        )
        assert set(done.values()) == {1}
        assert sum(done.values()) == 13 + 3 * len(ITEMS) - len(ITEMS)
    _check_once_steps(runs)


def _check_once_steps(runs: list[Execution]) -> None:
    count = Counter(line for line in performed() if line.endswith("/order#1") and line.startswith("did "))
    assert set(count.values()) == {1}, "a once step was repeated"
    assert len(count) == len(runs)


class Hatchery:
    """Forks engine processes on demand; see hatchery.py."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.hatchery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=ROOT,
        )  # fmt: skip
        assert self._out.readline() == "ready\n"

    @property
    def _out(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def hatch(self, point: str = "-") -> psutil.Process:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{point}\n")
        self._process.stdin.flush()
        return psutil.Process(int(self._out.readline()))

    def clear(self) -> None:
        """Kill every worker that lives."""
        for child in psutil.Process(self._process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    def close(self) -> None:
        self.clear()
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def hatchery(env: dict[str, str]) -> Iterator[Hatchery]:
    made = Hatchery(env)
    try:
        yield made
    finally:
        made.close()
