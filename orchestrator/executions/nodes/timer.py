"""``timer``: waits for a while, or until a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import Field, model_validator

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.model import DEFAULT_PORT
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, TimerPort, Waiting


class TimerConfig(NodeConfig):
    seconds: float | None = Field(default=None, ge=0, le=366 * 86_400, description="How long to wait")
    until: datetime | None = Field(default=None, description="Moment to wait for; UTC if it has no zone")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.seconds is None) == (self.until is None):
            raise ValueError("needs either seconds or until")
        return self


def wait(step: StepContext) -> Outcome:
    config: TimerConfig = step.config
    if config.until is not None:
        at = config.until if config.until.tzinfo else config.until.replace(tzinfo=UTC)
    else:
        at = step.now + timedelta(seconds=config.seconds or 0)
    return Waiting(timers=(TimerPort(at.astimezone(UTC), DEFAULT_PORT),))


TIMER = NodeType(
    name="timer",
    title="Timer",
    description="Waits for some time, or until a moment.",
    category="Flow",
    icon="clock",
    config=TimerConfig,
    effect=Effect.WAIT,
    run=wait,
)
