"""``manage.py sweep``: what beat does every second, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from orchestrator.executions.runtime.sweeping import sweep


class Command(BaseCommand):
    help = "Find due runs that nobody holds, hint the workers, and admit queued runs."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweep()
        self.stdout.write(f"{swept.due} runs due, {swept.admitted} admitted.")
