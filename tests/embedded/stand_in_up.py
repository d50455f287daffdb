"""`up` with stand-ins, as a process to send signals to: `stand_in_up DATA BEFORE WORKER`."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from orchestrator.embedded.options import UpOptions
from orchestrator.embedded.process import OneShot, Process
from orchestrator.embedded.processes import FileReady, Plan, Web
from orchestrator.embedded.up import Planner, up

_PROGRAM = str(Path(__file__).with_name("stand_in.py"))


class _Web(Web):
    def argv(self) -> list[str]:
        return _argv("web", str(self._port))


def _argv(role: str, argument: str) -> list[str]:
    return [sys.executable, _PROGRAM, role, argument]


def _planner(before: str, worker: str) -> Planner:
    def plan(options: UpOptions, urls: Mapping[str, str], run_dir: Path) -> Plan:
        env = {**os.environ, **urls}
        ready_file = options.data_dir / "worker.pid"
        workers: list[Process] = [
            FileReady("worker", _argv(worker, str(ready_file)), env, ready_file, title="Worker")
        ]
        return Plan(
            before=[OneShot("migrate", _argv(before, "3"), env, title="Migrated", doing="Migrating")],
            first=[_Web(options, env)],
            then=workers,
        )

    return plan


if __name__ == "__main__":
    data, before, worker = sys.argv[1:]
    up(Path(data), planner=_planner(before, worker))
