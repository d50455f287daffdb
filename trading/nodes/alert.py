"""``alert``: tells people something about the rows that came through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Literal

from pydantic import Field

from orchestrator.core.json import JsonObject
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.expressions import compile_template
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from trading.nodes.rows import CATEGORY, Row, counted, holds_for, rows_for, scope_of, window_of
from trading.nodes.threads import in_thread
from trading.services.alerting import Telling, keep_alerts

MOST_ALERTS = 20
_LONGEST = 2_000


class AlertConfig(NodeConfig):
    text: str = Field(
        min_length=1,
        max_length=_LONGEST,
        description="What is told of each row; may hold {{ item.question }}",
    )
    level: Literal["info", "warning", "critical"] = Field(default="info", description="How urgent it is")
    when: str | None = Field(
        default=None,
        max_length=2_000,
        description="Expression over item: an alert only where it holds",
        json_schema_extra={"format": "expression"},
    )
    items: Any = Field(default=None, description="Rows; without, those of the node before")


async def tell(step: StepContext) -> Outcome:
    """Output: ``{window, items: [{text, level}], count, dropped}``: at most 20 of one window are kept."""
    config: AlertConfig = step.config
    rows = [row for row in rows_for(step, config.items) if holds_for(step, config.when, row)]
    texts = [_text(step, config, row) for row in rows[:MOST_ALERTS]]
    tellings = [
        Telling(reference=f"{step.node_id}#{step.iteration}/{index}", level=config.level, text=text)
        for index, text in enumerate(texts)
    ]
    if tellings:
        await in_thread(partial(keep_alerts, step.execution_id, tellings))
    items: list[JsonObject] = [{"text": each.text, "level": each.level} for each in tellings]
    return Succeeded(counted(items, window=window_of(step), dropped=len(rows) - len(items)))


def _text(step: StepContext, config: AlertConfig, row: Row) -> str:
    return compile_template(config.text).render(scope_of(step, row), now=step.now)[:_LONGEST]


def _expressions(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(config.get("when"), str) and config["when"]:
        yield "when", config["when"]


ALERT = NodeType(
    name="alert",
    title="Alert",
    description="Keeps an alert for each row that came through, on the strategy's page.",
    category=CATEGORY,
    icon="bell",
    config=AlertConfig,
    effect=Effect.IDEMPOTENT,
    serial=True,
    run=tell,
    raw_fields=frozenset({"text", "when"}),
    expressions=_expressions,
    expression_names=frozenset({"item"}),
)
