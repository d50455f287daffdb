"""Node types whose outside effects can be counted: each performance adds a line to a file."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path
from typing import Literal

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType, node_types
from orchestrator.graphs.steps import Outcome, StepContext, StepError, Succeeded

JOURNAL = "CHAOS_JOURNAL"


class EffectConfig(NodeConfig):
    effect: Literal["idempotent", "once"] = "idempotent"
    milliseconds: float = 5
    fail_first: int = 0
    """Attempts that fail before one succeeds."""


async def _perform(step: StepContext) -> Outcome:
    config: EffectConfig = step.config
    await asyncio.sleep(config.milliseconds / 1000 * random.uniform(0.5, 1.5))
    _note(f"did {step.idempotency_key}")
    if step.attempt <= config.fail_first:
        raise StepError("flaky", f"Attempt {step.attempt} fails.")
    await asyncio.sleep(config.milliseconds / 1000 * random.uniform(0.5, 1.5))
    return Succeeded({"key": step.idempotency_key})


async def _reconcile(step: StepContext) -> Outcome | None:
    """The outside can be asked: the journal says whether the effect took place."""
    _note(f"asked {step.idempotency_key}")
    if f"did {step.idempotency_key}" in performed():
        return Succeeded({"key": step.idempotency_key})
    return await _perform(step)


def _note(line: str) -> None:
    """Appended in one write, which survives the process."""
    descriptor = os.open(os.environ[JOURNAL], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def performed() -> list[str]:
    path = Path(os.environ[JOURNAL])
    return path.read_text().splitlines() if path.exists() else []


node_types.register(
    NodeType(
        name="effect", title="Effect", description="For tests.", category="Test", icon="bolt",
        config=EffectConfig, effect=lambda config: Effect(config.effect), run=_perform, reconcile=_reconcile,
    )
)  # fmt: skip
