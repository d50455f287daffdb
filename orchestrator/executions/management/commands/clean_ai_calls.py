"""``manage.py clean_ai_calls``: what beat does with the ledger of AI calls, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from orchestrator.core.clock import utc_now
from orchestrator.executions.services.ai_calls import delete_old_calls, settle_abandoned_calls


class Command(BaseCommand):
    help = "Settle AI calls whose worker is gone, at the most that they can have cost, and delete old ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = settings.AI_CALL_RETENTION_DAYS
        parser.add_argument("--days", type=int, default=usual, help=f"to keep; 0 for all; default {usual}")
        parser.add_argument("--limit", type=int, help="calls to delete; default: all")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        now, dry_run = utc_now(), options["dry_run"]
        if not dry_run:
            self.stdout.write(f"{settle_abandoned_calls(now=now)} abandoned calls settled.")
        gone = delete_old_calls(now=now, keep_days=options["days"], limit=options["limit"], dry_run=dry_run)
        self.stdout.write(f"{gone} old calls {'would be deleted' if dry_run else 'deleted'}.")
