"""``manage.py bench_processes``: a step among 1,000 phases, and lists among a million sessions."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from orchestrator.core import json
from process.bench.measuring import measure_processes, processes_table


class Command(BaseCommand):
    help = "Fill a database of one's own with made-up sessions, and measure what people do most with theirs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sessions", type=int, default=1_000_000)
        parser.add_argument("--times", type=int, default=150, help="samples of each figure; default 150")
        parser.add_argument("--json", type=Path, help="file for the figures as JSON, besides standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        figures = list(measure_processes(sessions=options["sessions"], times=options["times"]))
        self.stdout.write(processes_table(figures))
        document = json.dumps([figure.as_json() for figure in figures]).decode()
        self.stdout.write(f"\n{document}")
        if options["json"]:
            options["json"].write_text(document)
