"""A backtest of five steps over a generated tape: engine, PostgreSQL and all, on one core."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from orchestrator.accounts.models import User
from orchestrator.core.memory import calm_collector
from orchestrator.executions.bench.usage import Meter, Used
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.engine import Engine
from trading.bench.strategy import bench_strategy, bench_trader
from trading.domain.vocabulary import Mode
from trading.models import Fill, Order, StrategyRun, Tape
from trading.services.strategies import start_strategy
from trading.services.tapes import generate_tape
from trading.services.verifying import verify_portfolio

WINDOW_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Backtest:
    used: Used
    messages: int
    windows: int
    steps: int
    orders: int
    fills: int

    def __str__(self) -> str:
        return (
            f"{self.messages:,} messages: {self.used}; {self.messages / self.used.wall:,.0f} messages/s; "
            f"{self.windows:,} windows, {self.steps:,} steps, {self.orders:,} orders, {self.fills:,} fills"
        )


def measure_backtests(
    *, messages: int, markets: int, times: int, say: Callable[[str], object]
) -> list[Backtest]:
    """Each with a portfolio of its own, whose books are verified; RuntimeError where they are wrong."""
    _keep_to_one_core()
    calm_collector()  # as a worker does
    user = bench_trader()
    tape = _tape(user, messages, markets, say)
    workflow = bench_strategy(user, window=WINDOW_SECONDS)
    found = []
    for _ in range(times):
        meter = Meter()
        run, _new = start_strategy(user, workflow, mode=Mode.BACKTEST, tape_id=tape.pk)
        engine = Engine(lease=timedelta(seconds=60))
        engine.run_until_idle()
        used = meter.used()
        engine.close()
        found.append(_checked(run, tape, used))
        say(str(found[-1]))
    say(summary(found))
    return found


def summary(found: list[Backtest]) -> str:
    wall = statistics.median(each.used.wall for each in found)
    cpu = statistics.median(each.used.total for each in found)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"median of {len(found)}: {wall:.1f} s by the clock, {cpu:.1f} s of CPU, "
        f"{found[0].messages / wall:,.0f} messages/s; {most:,.0f} MB at most; "
        f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs"
    )


def _keep_to_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _tape(user: User, messages: int, markets: int, say: Callable[[str], object]) -> Tape:
    name = f"Bench {messages} {markets}"
    found = Tape.objects.filter(owner=user, name=name).first()
    if found is None:
        began = time.perf_counter()
        found = generate_tape(user, name=name, seed=1, messages=messages, markets=markets)
        say(f"tape made up in {time.perf_counter() - began:.1f} s (not counted)")
    return found


def _checked(run: StrategyRun, tape: Tape, used: Used) -> Backtest:
    execution = Execution.objects.get(pk=run.execution_id)
    run.refresh_from_db()
    if execution.status != "completed" or run.position != tape.message_count:
        raise RuntimeError(f"The run is {execution.status}: {execution.error}")
    if problems := verify_portfolio(run.portfolio):
        raise RuntimeError("; ".join(problems))
    return Backtest(
        used,
        messages=tape.message_count,
        windows=run.window,
        steps=execution.metrics["nodes"],
        orders=Order.objects.filter(run=run).count(),
        fills=Fill.objects.filter(order__run=run).count(),
    )
