"""``polymarket-stream``: gives a strategy one window of its market after the other."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final, Self

from pydantic import Field, model_validator

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.model import DEFAULT_PORT
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, Progress, StepContext, StepError, Succeeded
from trading.nodes.rows import CATEGORY
from trading.nodes.threads import in_thread
from trading.services.streaming import Asked, next_window

END: Final = "end"
WAIT_SECONDS: Final = 60.0
"""How long a firing waits for a window that is not over; then it ends, and the node fires anew."""
LOOK_SECONDS: Final = 0.25


class StreamConfig(NodeConfig):
    categories: list[str] = Field(default=[], max_length=50, description="Categories of markets; empty: all")
    tokens: list[str] = Field(default=[], max_length=500, description="Outcomes, by their token")
    markets: list[str] = Field(default=[], max_length=500, description="Markets, by their condition id")
    window: float | None = Field(
        default=None, ge=0.1, le=86_400, description="Seconds of market time that a window spans; else 60"
    )
    messages: int | None = Field(
        default=None, ge=1, le=100_000, description="Instead: how many messages make a window"
    )
    lookback: int = Field(default=5, ge=1, le=200, description="Windows that momentum and volume look back")
    limit: int = Field(default=100, ge=1, le=500, description="Most outcomes given in one window")

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if self.window is not None and self.messages is not None:
            raise ValueError("A window has a length in seconds or in messages, one of the two.")
        return self


async def read(step: StepContext) -> Outcome:
    """Output: ``{window, from, at, over, messages, markets: [rows], fills, problems, notes, portfolio}``.

    When the tape is over, or enough windows are read, it fires a last time by ``end`` with ``statistics``.
    """
    if step.scope:
        raise StepError("stream_in_map", "A stream cannot stand inside a map.", retryable=False)
    asked = _asked(step)
    loop = asyncio.get_running_loop()
    until = loop.time() + WAIT_SECONDS
    while True:
        given = await in_thread(partial(next_window, asked))
        if given.output is not None:
            return Succeeded(given.output, (END,) if given.over else (DEFAULT_PORT,), again=not given.over)
        step.tell(Progress(given.waiting))
        if loop.time() >= until:
            return Succeeded({"window": None, "markets": [], "waiting": given.waiting}, (), again=True)
        await asyncio.sleep(LOOK_SECONDS)


def _asked(step: StepContext) -> Asked:
    config: StreamConfig = step.config
    seconds = config.window if config.window is not None else 60.0
    return Asked(
        execution_id=step.execution_id,
        started_by_id=step.started_by_id,
        node_id=step.node_id,
        key=step.idempotency_key,
        iteration=step.iteration,
        categories=config.categories,
        tokens=config.tokens,
        markets=config.markets,
        milliseconds=None if config.messages is not None else round(seconds * 1_000),
        messages=config.messages,
        lookback=config.lookback,
        limit=config.limit,
    )


STREAM = NodeType(
    name="polymarket-stream",
    title="Market stream",
    description="Reads a tape of Polymarket window by window, live or recorded, and gives a row per outcome.",
    category=CATEGORY,
    icon="radio",
    config=StreamConfig,
    effect=Effect.IDEMPOTENT,
    run=read,
    ports=lambda config: (DEFAULT_PORT, END),
)
