"""``manage.py fire_triggers``: what beat does every second, by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from orchestrator.executions.services.firing import fire_due_triggers


class Command(BaseCommand):
    help = "Start the runs of schedules whose moment has come. Can be run at any time, also by several."

    def handle(self, *args: Any, **options: Any) -> None:
        fired = fire_due_triggers()
        self.stdout.write(
            f"{fired.started} runs started, {fired.skipped} moments left out, {fired.failed} failed."
        )
