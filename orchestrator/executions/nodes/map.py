"""``map``: runs a graph of its own for every item of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Expanded, Outcome, StepContext


class Count(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int = Field(ge=1)


class MapConfig(NodeConfig):
    items: list[Any] = Field(description="The list to go through")
    body: dict[str, Any] = Field(
        description="The graph to run for each item; it sees item and index",
        json_schema_extra={"format": "graph"},
    )
    concurrency: int = Field(default=10, ge=1, le=1_000, description="Items at a time")
    complete_when: Literal["all"] | Count | str = Field(
        default="all",
        description="all, a number of finished items, or an expression over done, total and results",
        json_schema_extra={"format": "expression"},
    )


def expand(step: StepContext) -> Outcome:
    config: MapConfig = step.config
    enough = config.complete_when
    return Expanded(config.items, config.concurrency, enough.n if isinstance(enough, Count) else enough)


def _expressions(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    enough = config.get("complete_when", "all")
    if isinstance(enough, str) and enough != "all":
        yield "complete_when", enough


def _body(config: Mapping[str, Any]) -> object:
    return config.get("body")


MAP = NodeType(
    name="map",
    title="Map",
    description="Does the same steps for every item of a list, several at a time.",
    category="Flow",
    icon="layers",
    config=MapConfig,
    effect=Effect.WAIT,
    run=expand,
    raw_fields=frozenset({"body", "complete_when"}),
    expressions=_expressions,
    expression_names=frozenset({"done", "total", "results"}),
    body=_body,
    body_field="body",
)
