"""``manage.py bench_detectors``: how long each detector takes for a hundred thousand candles."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand

from orchestrator.executions.bench.figures import Figure, milliseconds
from workspaces.domain.detectors import PATTERNS, Candles, Pattern
from workspaces.domain.made_up import made_up_candles

WANTED: Final = {"swings": 500, "the rest": 1_000}
"""What the product promises, in milliseconds for 100,000 candles."""


class Command(BaseCommand):
    help = "Measure the detectors with made-up candles and their usual parameters; needs no database."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--candles", type=int, default=100_000)
        parser.add_argument("--times", type=int, default=9, help="samples of each figure; default 9")

    def handle(self, *args: Any, **options: Any) -> None:
        candles = made_up_candles(options["candles"], seed=1)
        figures = [_figure(pattern, candles, options["times"]) for pattern in PATTERNS.values()]
        rest = sum(figure.median for figure in figures if figure.workload != "swings")
        load = os.getloadavg()[0]
        self.stdout.write(f"{len(candles):,} candles; {os.cpu_count()} CPUs, load average {load:.1f}.")
        self.stdout.write(f"{'':<20}{'wanted':>10}{'median':>10}{'p95':>10} ms")
        for figure in figures:
            wanted = WANTED.get(figure.workload, "")
            self.stdout.write(f"{figure.workload:<20}{wanted:>10}{figure.median:>10.0f}{figure.p95:>10.0f}")
        self.stdout.write(f"{'the rest':<20}{WANTED['the rest']:>10}{rest:>10.0f}")


def _figure(pattern: Pattern, candles: Candles, times: int) -> Figure:
    parameters = pattern.parameters()
    taken = milliseconds(lambda: pattern.detect(candles, parameters), times=times, warm_up=1)
    return Figure("detectors", pattern.key, "ms", taken)
