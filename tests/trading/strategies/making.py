"""Strategies, tapes and runs for tests."""

from __future__ import annotations

from typing import Any

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow
from tests.factories import chain, make_workflow, node
from trading.domain.vocabulary import Mode
from trading.models import StrategyRun, Tape
from trading.services.strategies import start_strategy
from trading.services.tapes import generate_tape

STREAM = node("stream", "polymarket-stream", {"window": 5, "lookback": 3})
RISEN = node("risen", "filter", {"conditions": [{"field": "momentum", "operator": "gt", "value": 0.02}]})
BUY = node("buy", "paper-order", {"amount": "25"})
SELL = node("sell", "paper-order", {"side": "sell", "size": {"=": "item.held"}, "when": "item.held >= 5"})


def make_tape(user: User | None, messages: int = 6_000, **more: Any) -> Tape:
    return generate_tape(user, name="Autumn", seed=more.pop("seed", 5), messages=messages, **more)


def make_strategy(owner: User, nodes: list[Any] | None = None, edges: list[Any] | None = None) -> Workflow:
    """Buys what rose, unless told otherwise."""
    nodes = nodes if nodes is not None else [STREAM, RISEN, BUY]
    edges = edges if edges is not None else chain(*[each["id"] for each in nodes])
    return make_workflow(owner, nodes=nodes, edges=edges)


def backtest(user: User, workflow: Workflow, tape: Tape, **options: Any) -> StrategyRun:
    return start_strategy(user, workflow.pk, mode=Mode.BACKTEST, tape_id=tape.pk, **options)[0]
