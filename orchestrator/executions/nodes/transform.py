"""``transform``: computes values from what earlier steps gave."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded


class TransformConfig(NodeConfig):
    output: dict[str, Any] = Field(description='Names and values; a value may be {"=": "expression"}')


def transform(step: StepContext) -> Outcome:
    return Succeeded(step.config.output)


TRANSFORM = NodeType(
    name="transform",
    title="Transform",
    description="Computes new values from earlier ones.",
    category="Data",
    icon="function",
    config=TransformConfig,
    effect=Effect.PURE,
    run=transform,
)
