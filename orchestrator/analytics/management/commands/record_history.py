"""``manage.py record_history``: the history of runs that were missed, or that ended before there was one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orchestrator.analytics.services.following import record_missing
from orchestrator.core.clock import utc_now


class Command(BaseCommand):
    help = "Record every ended run that the history lacks. Can be repeated, and run beside the server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="only runs that were made within so many days")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        since = utc_now() - timedelta(days=days) if days else None
        self.stdout.write(f"{record_missing(since=since)} runs recorded.")
