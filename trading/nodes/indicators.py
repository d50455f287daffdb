"""``momentum``, ``spread`` and ``volume``: what a row's market did, over a look-back of the node's own.

What they have to remember stands in their own output, as ``seen``, so that it is part of the run's state: a
step that is done again after a crash remembers the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import Field

from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from trading.domain.indicators import Lookback, Reading, rounded
from trading.domain.money import ZERO, exact
from trading.nodes.rows import CATEGORY, Row, counted, rows_for, window_of

MOST_SEEN: Final = 20_000
"""Values that one node remembers; with more rows it looks back less far, and says so."""


class IndicatorConfig(NodeConfig):
    lookback: int = Field(default=5, ge=1, le=200, description="Windows to look back")
    items: Any = Field(default=None, description="Rows; without, those of the node before")


class MomentumConfig(IndicatorConfig):
    field: Literal["mid", "last", "bid", "ask"] = Field(default="mid", description="The price that moves")
    name: str = Field(default="momentum", pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Name of the result")


class SpreadConfig(IndicatorConfig):
    name: str = Field(
        default="mean_spread", pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Name of the result"
    )


class VolumeConfig(IndicatorConfig):
    field: Literal["volume", "notional"] = Field(default="volume", description="In tokens, or in USDC")
    name: str = Field(
        default="rolling_volume", pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Name of the result"
    )


def measure_momentum(step: StepContext) -> Outcome:
    """Output: the rows with the relative change of the price over the look-back."""
    return _measured(step, step.config.field, lambda seen: seen.momentum())


def measure_spread(step: StepContext) -> Outcome:
    """Output: the rows with the mean spread of the look-back's windows."""
    return _measured(step, "spread", _mean)


def measure_volume(step: StepContext) -> Outcome:
    """Output: the rows with what was traded in the look-back's windows."""
    return _measured(step, step.config.field, lambda seen: Reading(seen.total()))


def _measured(step: StepContext, field: str, read: Any) -> Outcome:
    config = step.config
    rows, window = rows_for(step, config.items), window_of(step)
    before = _seen(step)
    most = max(1, min(config.lookback, MOST_SEEN // max(len(rows), 1)))
    seen: dict[str, Json] = {}
    found: list[JsonObject] = []
    for row in rows:
        token = str(row.get("token", ""))
        lookback = Lookback.restore(most, before.get(token, ()))
        lookback.add(window if isinstance(window, int) else step.iteration, _number(row, field))
        value, reason = read(lookback)
        seen[token] = list(lookback.snapshot())
        found.append(_with(row, config.name, value, reason))
    notes: list[Json] = []
    if most < config.lookback:
        notes.append(f"With {len(rows)} rows it looks back {most} windows, not {config.lookback}.")
    return Succeeded(counted(found, window=window, seen=seen, notes=notes))


def _seen(step: StepContext) -> Mapping[str, Any]:
    own = step.names.get("nodes", {})
    output = own[step.node_id].get("output") if step.node_id in own else None
    seen = output.get("seen") if isinstance(output, Mapping) else None
    return seen if isinstance(seen, Mapping) else {}


def _number(row: Row, field: str) -> Decimal | None:
    texts = row.get("exact")
    value = texts.get(field) if isinstance(texts, Mapping) else row.get(field)
    try:
        return exact(value)
    except ValueError:
        return None


def _mean(seen: Lookback) -> Reading:
    values = [Decimal(text) for _, text in seen.snapshot() if text is not None]
    if not values:
        return Reading(None, "no spread was known in the look-back")
    return Reading(rounded(sum(values, ZERO) / len(values)))


def _with(row: Row, name: str, value: Decimal | None, reason: str) -> JsonObject:
    exact_texts = dict(row.get("exact") or {})
    exact_texts.pop(name, None)
    if value is None:
        return {**row, name: None, f"{name}_reason": reason, "exact": exact_texts}
    return {**row, name: float(value), "exact": {**exact_texts, name: format(value, "f")}}


def _node_type(name: str, title: str, description: str, icon: str, config: Any, run: Any) -> NodeType:
    return NodeType(
        name=name,
        title=title,
        description=description,
        category=CATEGORY,
        icon=icon,
        config=config,
        effect=Effect.PURE,
        run=run,
    )


MOMENTUM = _node_type(
    "momentum",
    "Momentum",
    "How much each row's price moved over a look-back of its own.",
    "activity",
    MomentumConfig,
    measure_momentum,
)
SPREAD = _node_type(
    "spread",
    "Spread",
    "The mean spread of each row's market over a look-back of its own.",
    "move",
    SpreadConfig,
    measure_spread,
)
VOLUME = _node_type(
    "volume",
    "Volume",
    "What was traded in each row's market over a look-back of its own.",
    "chart-column",
    VolumeConfig,
    measure_volume,
)
