"""``polymarket-market``: looks at one market, as the run's tape has it now."""

from __future__ import annotations

from functools import partial

from pydantic import Field

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from trading.nodes.rows import CATEGORY, window_of
from trading.nodes.threads import in_thread
from trading.services.looking import look_at_market


class MarketConfig(NodeConfig):
    market: str = Field(
        min_length=1, max_length=300, description="Condition id, slug, or the token of an outcome"
    )
    levels: int = Field(default=5, ge=1, le=50, description="Levels of the books on either side")


async def look(step: StepContext) -> Outcome:
    """Output: ``{window, market, question, category, tick_size, minimum_size, closed, items}``."""
    config: MarketConfig = step.config
    found = await in_thread(partial(look_at_market, step.execution_id, config.market, levels=config.levels))
    return Succeeded({"window": window_of(step), **found})


MARKET = NodeType(
    name="polymarket-market",
    title="Market",
    description="Looks at one market: its question, its rules, and the books of its outcomes.",
    category=CATEGORY,
    icon="search",
    config=MarketConfig,
    effect=Effect.IDEMPOTENT,
    serial=True,
    run=look,
)
