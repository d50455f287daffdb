"""`manage.py up`: the same as `make up`, in an environment that is already installed."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orchestrator.embedded.up import up


class Command(BaseCommand):
    help = (
        "Start PostgreSQL, Redis, web, workers and beat on this machine until Ctrl-C (HOST, PORT, WORKERS)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, help="data folder (default: .data in the checkout)")

    def handle(self, *_: Any, **options: Any) -> None:
        up(options["data"])
