"""``manage.py drop_old_events``: what beat does every night with the event table, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from orchestrator.core.clock import utc_now
from orchestrator.executions.services.retention import drop_old_events


class Command(BaseCommand):
    help = "Drop the monthly partitions of events that are older than the retention period."

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = settings.EVENT_RETENTION_DAYS
        parser.add_argument("--days", type=int, default=usual, help=f"to keep; 0 for all; default {usual}")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be dropped")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        months = drop_old_events(now=utc_now(), keep_days=options["days"], dry_run=dry_run)
        for month in months:
            if month.needed_by:
                said = f"{month.partition}: kept, {month.needed_by} unfinished runs need it to go on"
            else:
                said = f"{month.partition}: {'would be dropped' if dry_run else 'dropped'}"
            self.stdout.write(said)
        if not months:
            self.stdout.write("No month of events is old enough.")
