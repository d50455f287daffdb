"""Measures a backtest of five nodes over a generated tape, engine and PostgreSQL included."""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import resource
import time
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.accounts.models import Role, User
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.engine import Engine
from orchestrator.trading.domain.vocabulary import Mode
from orchestrator.trading.models import Fill, Order, Tape
from orchestrator.trading.services.strategies import start_strategy
from orchestrator.trading.services.tapes import generate_tape
from orchestrator.trading.services.verifying import verify_portfolio
from orchestrator.workflows.services.definitions import create_workflow
from orchestrator.workflows.services.versions import publish_draft

_NODES: list[tuple[str, str, dict[str, Any]]] = [
    ("stream", "polymarket-stream", {"window": 30, "lookback": 5}),
    ("momentum", "momentum", {"lookback": 10}),
    ("risen", "filter", {"conditions": [{"field": "momentum", "operator": "gt", "value": 0.05}]}),
    ("risk", "risk", {"amount": "25", "max_position": 500, "max_exposure": 5_000}),
    ("buy", "paper-order", {}),
]


class Command(BaseCommand):
    help = "Backtest a strategy of five nodes over a generated tape and say how long it took, on one core."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--markets", type=int, default=3)
        parser.add_argument("--profile", action="store_true", help="say where the time of handlers goes")

    def handle(self, *args: Any, **options: Any) -> None:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        user, _ = User.objects.get_or_create(username="bench", defaults={"role": Role.USER.value})
        tape = self._tape(user, options["messages"], options["markets"])
        nodes: Any = [{"id": name, "type": kind, "data": {"config": config}} for name, kind, config in _NODES]
        edges: Any = [
            {"id": f"e{i}", "source": _NODES[i][0], "target": _NODES[i + 1][0]}
            for i in range(len(_NODES) - 1)
        ]
        workflow = create_workflow(
            user, name="Bench", nodes=nodes, edges=edges, settings={"max_steps": 1_000_000}
        )
        publish_draft(user, workflow.pk)
        self._run(user, workflow.pk, tape, profile=options["profile"])

    def _tape(self, user: User, messages: int, markets: int) -> Tape:
        name = f"Bench {messages} {markets}"
        found = Tape.objects.filter(owner=user, name=name).first()
        if found is None:
            began = time.perf_counter()
            found = generate_tape(user, name=name, seed=1, messages=messages, markets=markets)
            self.stdout.write(f"tape made up in {time.perf_counter() - began:.1f} s (not counted)")
        return found

    def _run(self, user: User, workflow_id: Any, tape: Tape, *, profile: bool) -> None:
        profiler = cProfile.Profile() if profile else None
        engine = Engine(lease=timedelta(seconds=60))
        cpu, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        run, _ = start_strategy(user, workflow_id, mode=Mode.BACKTEST, tape_id=tape.pk)
        if profiler is not None:
            profiler.enable()
        engine.run_until_idle()
        if profiler is not None:
            profiler.disable()
        seconds = time.perf_counter() - began
        spent = resource.getrusage(resource.RUSAGE_SELF)
        engine.close()
        execution = Execution.objects.get(pk=run.execution_id)
        run.refresh_from_db()
        if execution.status != "completed" or run.position != tape.message_count:
            raise CommandError(f"The run is {execution.status}: {execution.error}")
        fills = Fill.objects.filter(order__run=run).count()
        cores = spent.ru_utime + spent.ru_stime - cpu.ru_utime - cpu.ru_stime
        self.stdout.write(
            f"{tape.message_count:,} messages in {seconds:.1f} s ({tape.message_count / seconds:,.0f}/s): "
            f"{run.window:,} windows, {execution.metrics.get('nodes')} steps, "
            f"{Order.objects.filter(run=run).count():,} orders, {fills:,} fills; "
            f"of this process {cores:.1f} s CPU, {spent.ru_maxrss / 1024:,.0f} MB at most"
        )
        if problems := verify_portfolio(run.portfolio):
            raise CommandError("; ".join(problems))
        if profiler is not None:
            told = io.StringIO()
            pstats.Stats(profiler, stream=told).sort_stats("cumulative").print_stats(25)
            self.stdout.write(told.getvalue())
