"""``end``: ends the run, or inside a map the item, at once."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Ended, Outcome, StepContext


class EndConfig(NodeConfig):
    status: Literal["completed", "failed"] = "completed"
    output: Any = Field(default=None, description="The result of the run")


def end(step: StepContext) -> Outcome:
    return Ended(step.config.status == "completed", step.config.output)


def _no_ports(config: object) -> tuple[str, ...]:
    return ()


END = NodeType(
    name="end",
    title="End",
    description="Ends the run; whatever else is under way is withdrawn.",
    category="Flow",
    icon="stop",
    config=EndConfig,
    effect=Effect.PURE,
    run=end,
    ports=_no_ports,
)
