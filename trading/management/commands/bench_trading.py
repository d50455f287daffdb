"""``manage.py bench_trading``: how fast strategies read tapes, and whether they keep up with a market."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trading.bench.backtest import measure_backtests
from trading.bench.live import measure_live
from trading.bench.markets import measure_markets


class Command(BaseCommand):
    help = "Backtest a strategy of five steps over a generated tape, on one core; or --live, or --lists."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--markets", type=int, default=3)
        parser.add_argument("--times", type=int, help="backtests (3) or requests (100) that are measured")
        parser.add_argument("--lists", action="store_true", help="ask for lists of 50,000 markets")
        parser.add_argument("--live", action="store_true", help="let the strategy follow a live market")
        parser.add_argument("--rate", type=int, default=2_000, help="messages a second, live")
        parser.add_argument("--tokens", type=int, default=100, help="outcomes that are followed, live")
        parser.add_argument("--seconds", type=float, default=180.0, help="how long, live")
        parser.add_argument("--window", type=float, default=5.0, help="seconds of a window, live")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        say, times = self.stdout.write, options["times"]
        try:
            if options["live"]:
                chosen = {name: options[name] for name in ("rate", "tokens", "seconds", "window")}
                measure_live(**chosen, say=say)
            elif options["lists"]:
                measure_markets(markets=50_000, times=times or 100, say=say)
            else:
                size = {name: options[name] for name in ("messages", "markets")}
                measure_backtests(**size, times=times or 3, say=say)
        except RuntimeError as error:
            raise CommandError(str(error)) from error
