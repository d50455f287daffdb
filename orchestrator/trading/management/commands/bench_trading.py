"""``manage.py bench_trading``: how fast strategies read tapes, and whether they keep up with a market."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.trading.bench.backtest import measure_backtests
from orchestrator.trading.bench.live import measure_live


class Command(BaseCommand):
    help = "Backtest a strategy of five steps over a generated tape, on one core; or let it follow a market."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--markets", type=int, default=3)
        parser.add_argument("--times", type=int, default=3, help="backtests, of which the median is told")
        parser.add_argument("--live", action="store_true", help="follow a market in place of a backtest")
        parser.add_argument("--rate", type=int, default=2_000, help="messages a second, live")
        parser.add_argument("--tokens", type=int, default=100, help="outcomes that are followed, live")
        parser.add_argument("--seconds", type=float, default=180.0, help="how long, live")
        parser.add_argument("--window", type=float, default=1.0, help="seconds of a window, live")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        live = ("rate", "tokens", "seconds", "window")
        names = live if options["live"] else ("messages", "markets", "times")
        chosen = {name: options[name] for name in names}
        try:
            (measure_live if options["live"] else measure_backtests)(**chosen, say=self.stdout.write)
        except RuntimeError as error:
            raise CommandError(str(error)) from error
