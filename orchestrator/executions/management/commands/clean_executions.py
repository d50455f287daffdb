"""``manage.py clean_executions``: what beat does every hour with runs that ended long ago, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from orchestrator.core.clock import utc_now
from orchestrator.executions.services.cleaning import clean_executions


class Command(BaseCommand):
    help = "Delete runs that ended long ago, with their steps, approvals and the runs that they started."

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual, failed = settings.EXECUTION_RETENTION_DAYS, settings.FAILED_EXECUTION_RETENTION_DAYS
        parser.add_argument("--days", type=int, default=usual, help=f"to keep; 0 for all; default {usual}")
        parser.add_argument(
            "--failed-days", type=int, default=failed, help=f"the same for failed runs; default {failed}"
        )
        parser.add_argument("--limit", type=int, help="runs to look at; default: all")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        found = clean_executions(
            now=utc_now(),
            keep_days=options["days"],
            keep_failed_days=options["failed_days"],
            limit=options["limit"],
            dry_run=options["dry_run"],
        )
        verb = "would be deleted" if options["dry_run"] else "deleted"
        self.stdout.write(f"{found.runs} runs and {found.children} that they had started {verb}.")
        if found.kept:
            self.stdout.write(f"{found.kept} are kept, because runs that they started have not ended.")
