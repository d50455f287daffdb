"""Steps of types that go one at a time, in the order in which they became ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType, node_types
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from tests.factories import fresh, make_workflow, node, start

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
happened: list[str] = []


class SlowConfig(NodeConfig):
    seconds: float


async def _slow(step: StepContext) -> Outcome:
    happened.append(f"{step.node_id} begins")
    await asyncio.sleep(step.config.seconds)
    happened.append(f"{step.node_id} ends")
    return Succeeded()


SIDE_BY_SIDE = NodeType(
    name="test-slow", title="Slow", description="For tests.", category="Test", icon="bolt",
    config=SlowConfig, effect=Effect.IDEMPOTENT, run=_slow,
)  # fmt: skip
node_types.register(SIDE_BY_SIDE)
node_types.register(replace(SIDE_BY_SIDE, name="test-serial", serial=True))


@pytest.fixture(autouse=True)
def _nothing_happened_yet() -> Iterator[None]:
    happened.clear()
    yield
    happened.clear()


def run(kind: str, drain: Drain) -> None:
    nodes = [node(name, kind, {"seconds": 0.2 if name == "a" else 0.0}) for name in ("a", "b", "c")]
    execution = start(make_workflow(nodes=nodes, publish=True))
    drain()
    assert fresh(execution).status == "completed"


def test_serial_steps_that_are_ready_together_go_one_after_the_other(drain: Drain) -> None:
    run("test-serial", drain)
    assert happened == ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]


def test_the_same_steps_go_side_by_side_without_it(drain: Drain) -> None:
    run("test-slow", drain)
    assert happened[-1] == "a ends"
