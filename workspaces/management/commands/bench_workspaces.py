"""``manage.py bench_workspaces``: the list of workspaces and timelines among a million messages."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from workspaces.bench import measure_workspaces, workspaces_table


class Command(BaseCommand):
    help = "Fill a database of one's own with made-up messages, and measure how fast they are read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--times", type=int, default=150, help="samples of each figure; default 150")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        figures = list(measure_workspaces(messages=options["messages"], times=options["times"]))
        self.stdout.write(workspaces_table(figures))
