"""``manage.py kill_switch pull|release|status``: stops all trading, for who has a shell and no browser."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestrator.core.errors import DomainError
from trading.services import killing
from trading.services.live.stopping import stop_everything


class Command(BaseCommand):
    help = "Stop all trading on paper and live, let it go again, or say how it stands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["pull", "release", "status"])
        parser.add_argument("--reason", default="", help="of a pull: why")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._do(options["action"], options["reason"])
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _do(self, action: str, reason: str) -> None:
        if action == "pull":
            killing.pull(None, reason=reason)
            done = stop_everything()
            self.stdout.write(f"Pulled. {done} runs and orders are being stopped.")
        elif action == "release":
            killing.release(None)
            self.stdout.write("Released. Paused runs go on when somebody resumes them.")
        else:
            switch = killing.pulled()
            who = switch.pulled_by.username if switch and switch.pulled_by else "the server"
            self.stdout.write(
                f"Pulled by {who} at {switch.pulled_at.isoformat()}: {switch.reason}"
                if switch
                else "Not pulled."
            )
