"""`make up`: everything on one machine, in the foreground, until Ctrl-C."""

import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from orchestrator.embedded.console import Console, Stopwatch, explained
from orchestrator.embedded.errors import StopRequested
from orchestrator.embedded.external import is_local_database
from orchestrator.embedded.folders import make_data_dir
from orchestrator.embedded.lock import FolderLock
from orchestrator.embedded.options import UpOptions
from orchestrator.embedded.ports import check_port
from orchestrator.embedded.processes import Plan, plan
from orchestrator.embedded.service import make_run_dir
from orchestrator.embedded.services import start_services
from orchestrator.embedded.supervisor import Supervisor

_PORT_PATIENCE_SECONDS = 5.0

Planner = Callable[[UpOptions, Mapping[str, str], Path], Plan]


def up(data_dir: Path | None = None, *, planner: Planner | None = None) -> None:
    """Run until asked to stop. An expected failure is printed as one line and raises SystemExit(1).

    `planner` replaces what is started on top of the services.
    """
    console = Console(sys.stdout)
    with explained(console):
        options = UpOptions.of(os.environ, data_dir)
        with FolderLock(make_data_dir(options.data_dir) / "lock") as lock:
            patience = _PORT_PATIENCE_SECONDS if lock.was_left_behind else 0.0
            check_port(options.host, options.port, patience_seconds=patience)
            with Supervisor(console) as supervisor:
                with contextlib.suppress(StopRequested):
                    _bring_up(supervisor, options, planner or _planner)
                    supervisor.watch()
                console.waiting("")
                console.say("Stopping …")
            console.say("Stopped.")


def _planner(options: UpOptions, urls: Mapping[str, str], run_dir: Path) -> Plan:
    return plan(options, urls, run_dir, demo=_wants_demo(options, urls))


def _wants_demo(options: UpOptions, urls: Mapping[str, str]) -> bool:
    """Demo users have a password everybody knows: never where others can reach the server or its database."""
    return options.loopback and is_local_database(urls["DATABASE_URL"])


def _bring_up(supervisor: Supervisor, options: UpOptions, planner: Planner) -> None:
    watch = Stopwatch()
    urls = start_services(supervisor, options.data_dir, durable=True)
    wanted = planner(options, urls, make_run_dir(options.data_dir))
    for process in wanted.before:
        supervisor.wait_ready([supervisor.start(process)])
    for together in (wanted.first, wanted.then):
        supervisor.wait_ready([supervisor.start(process) for process in together])
    for line in _banner(options, urls, watch.seconds):
        supervisor.console.say(line)
    for process in wanted.last:
        supervisor.start(process)


def _banner(options: UpOptions, urls: Mapping[str, str], seconds: float) -> list[str]:
    lines = ["", f"  Orchestrator is running at {options.url}   (up in {seconds:.1f} s)", ""]
    if _wants_demo(options, urls):
        lines.append("  Log in as   ada (admin), bob or vic, password orchestrator-demo")
    else:
        lines.append("  Log in      no demo users here; make one: .venv/bin/python manage.py createsuperuser")
    if not options.loopback:
        lines.append("  Open to     everybody who can reach this machine, by the names in ALLOWED_HOSTS")
    lines.append("  Stop        Ctrl-C")
    lines.append(f"  Data        {options.data_dir} (stays; delete it to start afresh)")
    return [*lines, ""]
