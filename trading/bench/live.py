"""A strategy that follows a live market: exchange, recorder, tape, engine worker, paper orders.

Each in a process of its own, as in production; the exchange is ``bench.exchange``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import new_id
from orchestrator.executions.bench.usage import Meter, Used
from orchestrator.executions.bench.workers import engine_worker, processes
from orchestrator.executions.services.steering import cancel_execution
from trading.bench.exchange import names_of
from trading.bench.strategy import bench_strategy, bench_trader
from trading.domain.vocabulary import Mode
from trading.models import Fill, Order, StrategyRun, Tape
from trading.services.markets import learn_markets
from trading.services.portfolios import create_portfolio
from trading.services.strategies import start_strategy
from trading.services.tapes import ask_to_stop, begin_recording
from trading.services.verifying import verify_portfolio

WARM_UP_SECONDS: Final = 15.0
_RISE: Final = 0.02
_CASH: Final = Decimal(1_000_000)


@dataclass(slots=True)
class Samples:
    """A second each. Messages a second; milliseconds; seconds; messages."""

    rates: list[float] = field(default_factory=list)
    recorder_ms: list[float] = field(default_factory=list)
    tick_ages: list[float] = field(default_factory=list)
    unread: list[float] = field(default_factory=list)

    def take(self, run: StrategyRun, now: datetime) -> None:
        self.rates.append(run.tape.message_rate or 0.0)
        self.recorder_ms.append(run.tape.lag_ms or 0)
        if run.last_tick_at is not None:
            self.tick_ages.append((now - run.last_tick_at).total_seconds())
        self.unread.append(run.lag_messages)


@dataclass(frozen=True, slots=True)
class Followed:
    samples: Samples
    used: Used
    windows: int
    messages: int
    gaps: int
    orders: int
    fills: int
    trouble: str


def measure_live(
    *, rate: int, tokens: int, seconds: float, window: float, say: Callable[[str], object]
) -> Followed:
    """Raises RuntimeError where the books do not add up afterwards."""
    user = bench_trader()
    with _exchange(rate, tokens) as (address, exchange):
        feed = [sys.executable, "manage.py", "market_feed"]
        settings = {"POLYMARKET_STREAM_URL": address, "MARKET_FEED": "on"}
        with processes([feed, engine_worker(1)], settings) as (recorder, worker):
            run = _start(user, tokens, window)
            time.sleep(WARM_UP_SECONDS)
            found = _watch(
                run, seconds, {"exchange": exchange, "recorder": recorder, "engine worker": worker}
            )
            cancel_execution(user, run.execution_id)
            ask_to_stop(user, run.tape_id, at=utc_now())
            _wait_for_the_end(run.tape_id)
    if problems := verify_portfolio(run.portfolio):
        raise RuntimeError("; ".join(problems))
    say(told(found, rate=rate, window=window))
    return found


@contextmanager
def _exchange(rate: int, tokens: int) -> Iterator[tuple[str, int]]:
    """Its address and its process."""
    command = [sys.executable, "-m", "trading.bench.exchange", str(rate), str(tokens)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _start(user: User, tokens: int, window: float) -> StrategyRun:
    names = names_of(tokens)
    learn_markets(
        [
            {
                "condition_id": market,
                "question": f"Made up for measuring, number {number + 1}",
                "category": "Bench",
                "outcomes": [{"name": "Yes", "token": token}],
                "tick_size": "0.01",
                "minimum_size": "5",
                "is_generated": True,
            }
            for number, (token, market) in enumerate(names.items())
        ]
    )
    name = f"Bench {new_id()}"
    tape = begin_recording(user, name=name, tokens=list(names))
    portfolio = create_portfolio(user, name=name, cash=_CASH)
    workflow = bench_strategy(user, window=window, rise=_RISE, amount="5", most=int(_CASH))
    run, _ = start_strategy(user, workflow, mode=Mode.PAPER, tape_id=tape.pk, portfolio_id=portfolio.pk)
    return run


def _watch(run: StrategyRun, seconds: float, others: dict[str, int]) -> Followed:
    samples, meter = Samples(), Meter(others)
    rows = StrategyRun.objects.select_related("tape").only(
        "window", "position", "last_tick_at", "lag_messages", "tape__message_rate", "tape__lag_ms",
        "tape__message_count", "tape__gap_count", "tape__trouble",
    )  # fmt: skip
    first = last = rows.get(pk=run.pk)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(1.0)
        last = rows.get(pk=run.pk)
        samples.take(last, utc_now())
    return Followed(
        samples,
        meter.used(),
        windows=last.window - first.window,
        messages=last.position - first.position,
        gaps=last.tape.gap_count,
        orders=Order.objects.filter(run=run).count(),
        fills=Fill.objects.filter(order__run=run).count(),
        trouble=last.tape.trouble,
    )


def _wait_for_the_end(tape_id: UUID) -> None:
    for _ in range(100):
        if Tape.objects.filter(pk=tape_id).exclude(status="recording").exists():
            return
        time.sleep(0.1)


def told(found: Followed, *, rate: int, window: float) -> str:
    """``kept up``: nothing was dropped, and delays were made up for.

    A strategy is late by a window, the second in which the recorder writes, and as much again for the
    machine; what is older is a delay.
    """
    samples, cores = found.samples, found.used.processor
    patience = 2 * (window + 1.0)
    ages = samples.tick_ages or [float("inf")]
    late = sum(age > patience for age in ages)
    kept_up = not found.gaps and statistics.median(ages) <= patience and ages[-1] <= patience
    shares = ", ".join(f"{name} {seconds / found.used.wall:.0%}" for name, seconds in cores.items())
    rows = (
        ("sent", f"{rate:,} messages/s"),
        (
            "recorded",
            f"{_middle(samples.rates)} messages/s; {found.gaps} gaps; {found.trouble or 'no trouble'}",
        ),
        ("heard to written", f"{_middle(samples.recorder_ms)} ms"),
        ("read", f"{found.messages / found.used.wall:,.0f} messages/s in {found.windows:,} windows"),
        ("last tick's age", f"{_middle(samples.tick_ages, 1)} s; a window is {window:g} s"),
        ("unread on the tape", f"{_middle(samples.unread)} messages"),
        ("traded", f"{found.orders:,} orders, {found.fills:,} fills; the books add up"),
        ("shares of a core", shares),
        ("machine", f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs"),
        ("delayed", f"in {late} of {len(ages)} seconds, to more than {patience:g} s"),
        ("kept up", "yes" if kept_up else "NO"),
    )
    return "\n".join(f"{what:<20}{figure}" for what, figure in rows)


def _middle(values: list[float], decimals: int = 0) -> str:
    if not values:
        return "never"
    return f"{statistics.median(values):,.{decimals}f} in the middle, {max(values):,.{decimals}f} at most"
