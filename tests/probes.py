"""A node type whose behaviour a test writes itself: ``probe``, with any effect class."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType, node_types
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from tests.factories import node

Behaviour = Callable[[StepContext], Any]
_behaviours: dict[str, Behaviour] = {}
_reconciles: dict[str, Behaviour] = {}


class ProbeConfig(NodeConfig):
    name: str
    effect: Literal["pure", "idempotent", "once"] = "idempotent"


def _run(step: StepContext) -> Outcome | Awaitable[Outcome]:
    answer = _behaviours[step.config.name](step)
    return answer if isinstance(answer, Outcome | Awaitable) else Succeeded(answer)


async def _reconcile(step: StepContext) -> Outcome | None:
    ask = _reconciles.get(step.config.name)
    answer: Outcome | None = ask(step) if ask else None
    return answer


node_types.register(
    NodeType(
        name="probe", title="Probe", description="For tests.", category="Test", icon="bolt",
        config=ProbeConfig, effect=lambda config: Effect(config.effect), run=_run, reconcile=_reconcile,
    )
)  # fmt: skip


@contextmanager
def behaviour(
    name: str, behave: Behaviour, reconcile: Behaviour | None = None
) -> Iterator[list[StepContext]]:
    """Steps made by ``probe(name)`` behave so inside the block; the list collects their calls."""
    calls: list[StepContext] = []

    def run(step: StepContext) -> Any:
        calls.append(step)
        return behave(step)

    _behaviours[name] = run
    if reconcile is not None:
        _reconciles[name] = reconcile
    try:
        yield calls
    finally:
        del _behaviours[name]
        _reconciles.pop(name, None)


def probe(node_id: str, effect: str = "idempotent", *, name: str = "", **data: Any) -> dict[str, Any]:
    return node(node_id, "probe", {"name": name or node_id, "effect": effect}, **data)
