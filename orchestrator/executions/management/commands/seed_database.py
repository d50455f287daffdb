"""``manage.py seed_database``: a great many made-up workflows and runs, to see how the product bears them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestrator.core.clock import utc_now
from orchestrator.executions.bench.seed import WORKFLOWS_EACH, seed


class Command(BaseCommand):
    help = (
        "Fill the database with made-up people, workflows and finished runs, written with COPY. For tests of "
        "speed on a database of one's own: nobody else can use it meanwhile, and what is made up cannot be "
        "told to go again. Called again after an interruption, it goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workflows", type=int, default=1_000_000)
        parser.add_argument("--runs", type=int, default=10_000_000)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["workflows"] < WORKFLOWS_EACH:
            raise CommandError(f"At least {WORKFLOWS_EACH} workflows, please: that many everybody owns.")
        owner = seed(workflows=options["workflows"], runs=options["runs"], tell=self._tell)
        self.stdout.write(f"There are {options['workflows']:,} workflows and {options['runs']:,} runs.")
        self.stdout.write(f"{owner.username} owns {WORKFLOWS_EACH} of the workflows.")

    def _tell(self, text: str) -> None:
        self.stdout.write(f"{utc_now():%H:%M:%S} {text}")
        self.stdout.flush()
