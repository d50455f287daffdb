"""``manage.py bench``: the engine's speed beside its peers', and the lists' with a million runs."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Collection, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from orchestrator.core import json
from orchestrator.executions.bench.engine import IDEMPOTENT, PURE, measure_engine
from orchestrator.executions.bench.feed import measure_feed
from orchestrator.executions.bench.figures import Figure, table
from orchestrator.executions.bench.library import WANTED, library_table, measure_library
from orchestrator.executions.bench.limits import measure_limits
from orchestrator.executions.bench.lists import measure_lists
from orchestrator.executions.bench.peers.celery_peer import measure_celery
from orchestrator.executions.bench.peers.databases import own_database
from orchestrator.executions.bench.peers.dbos_peer import measure_dbos
from orchestrator.executions.bench.requests import CPU, QUERIES
from orchestrator.executions.bench.seed import seed

PARTS: Final = ("limits", "engine", "peers", "feed", "library", "lists")


class Command(BaseCommand):
    help = "Measure this engine, plain Celery and DBOS one after the other, then the lists of a big database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=PARTS, action="append", help="a part to run; default: all")
        parser.add_argument("--times", type=int, default=30, help="samples of each figure in ms; default 30")
        parser.add_argument(
            "--workflows", type=int, default=100_000, help="in the table for library and lists"
        )
        parser.add_argument("--runs", type=int, default=1_000_000, help="in the table for library and lists")
        parser.add_argument("--json", type=Path, help="file for the figures as JSON, besides standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        parts = options["only"] or PARTS
        figures: list[Figure] = []
        for figure in self._figures(parts, options):
            figures.append(figure)
            self.stderr.write(f"  {figure.system}: {figure.workload}: {figure.median:,.2f} {figure.unit}")
        self._show(figures)
        document = json.dumps([figure.as_json() for figure in figures]).decode()
        self.stdout.write(f"\n{document}")
        if options["json"]:
            options["json"].write_text(document)

    def _figures(self, parts: Collection[str], options: dict[str, Any]) -> Iterator[Figure]:
        times: int = options["times"]
        if "limits" in parts:
            yield from measure_limits(times=times * 10)
        if "engine" in parts:
            yield from measure_engine(times=times)
        if "peers" in parts:
            yield from measure_celery(settings.CELERY_BROKER_URL, times=times)
            if find_spec("dbos") is None:
                self.stderr.write("DBOS is not installed; `make bench` installs it (requirements/bench.txt).")
            else:
                with own_database("orchestrator_bench_dbos") as url:
                    yield from measure_dbos(url, times=times)
        if "feed" in parts:
            yield from measure_feed()
        if "library" in parts or "lists" in parts:
            seed(workflows=options["workflows"], runs=options["runs"])
        if "library" in parts:
            yield from measure_library(times=times * 5)
        if "lists" in parts:
            yield from measure_lists(times=times)

    def _show(self, figures: list[Figure]) -> None:
        self.stdout.write(f"\nMedians on {os.cpu_count()} CPUs. In brackets: how many times as long it took,")
        self.stdout.write("or how many times fewer runs it did, as this engine with pure steps.\n")
        workloads = [figure for figure in figures if figure.workload.startswith("W")]
        if workloads:
            self.stdout.write(table(workloads, ours=PURE))
            slow = [figure for figure in workloads if figure.system != PURE]
            self.stdout.write("\nThe same beside this engine with a commit after each step:\n")
            self.stdout.write(table(slow, ours=IDEMPOTENT))
        if any(figure.workload in WANTED for figure in figures):
            self.stdout.write(f"\n{library_table(figures)}")
        self.stdout.write(f"\n{'':<70}{'median':>10}{'p95':>10}")
        for figure in figures:
            if (
                not figure.workload.startswith("W")
                and figure.workload.removesuffix(QUERIES).removesuffix(CPU) not in WANTED
            ):
                name = f"{figure.system}: {figure.workload}"
                self.stdout.write(f"{name:<70}{figure.median:>10.2f}{figure.p95:>10.2f} {figure.unit}")
