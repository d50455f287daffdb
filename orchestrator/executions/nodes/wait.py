"""``wait``: waits for whichever comes first of several signals and timers."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType, PortsAt
from orchestrator.graphs.steps import Outcome, SignalPort, StepContext, TimerPort, Waiting


class SignalOption(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", title="Signal")

    signal: str = Field(min_length=1, max_length=100, description="Name of the signal")
    port: str = Field(min_length=1, max_length=100)
    persistent: bool = Field(default=False, description="Also take a signal that came before this step began")


class TimerOption(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", title="Timer")

    seconds: float = Field(ge=0, le=366 * 86_400)
    port: str = Field(min_length=1, max_length=100)


class WaitConfig(NodeConfig):
    any_of: list[SignalOption | TimerOption] = Field(min_length=1, max_length=50)


def wait(step: StepContext) -> Outcome:
    options = step.config.any_of
    return Waiting(
        signals=tuple(
            SignalPort(each.signal, each.port, each.persistent)
            for each in options
            if isinstance(each, SignalOption)
        ),
        timers=tuple(
            TimerPort(step.now + timedelta(seconds=each.seconds), each.port)
            for each in options
            if isinstance(each, TimerOption)
        ),
    )


WAIT = NodeType(
    name="wait",
    title="Wait for a signal",
    description="Waits until a signal comes from outside, or a time is over.",
    category="Flow",
    icon="signal",
    config=WaitConfig,
    effect=Effect.WAIT,
    run=wait,
    ports=PortsAt(("any_of.*.port",)),
)
