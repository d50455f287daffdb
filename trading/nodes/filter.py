"""``filter``: keeps the rows that conditions and an expression let through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from orchestrator.core.json import Json
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Failed, Outcome, StepContext, Succeeded
from trading.domain.conditions import ConditionError, Group, evaluate, parse
from trading.nodes.rows import CATEGORY, holds_for, rows_for, window_of


class FilterConfig(NodeConfig):
    conditions: Any = Field(
        default=[],
        description='List of {"field", "operator", "value"}, or {"any": […]}; operators: eq, ne, gt, gte, '
        "lt, lte, between, in, not_in, contains, not_contains, starts_with, ends_with, exists, not_exists",
    )
    match: Literal["all", "any"] = Field(default="all", description="all of the conditions, or any of them")
    where: str | None = Field(
        default=None,
        max_length=2_000,
        description="Expression over item that must hold as well, like item.spread < 0.03",
        json_schema_extra={"format": "expression"},
    )
    items: Any = Field(default=None, description="Rows; without, those of the node before")
    _group: Group | None = PrivateAttr(default=None)

    @field_validator("conditions")
    @classmethod
    def _say_something(cls, value: Any) -> Any:
        try:
            parse(value)
        except ConditionError as error:
            raise ValueError(str(error)) from error
        return value

    def model_post_init(self, context: Any) -> None:
        self._group = parse(self.conditions, match=self.match)

    @property
    def group(self) -> Group:
        assert self._group is not None
        return self._group


def keep(step: StepContext) -> Outcome:
    """Output: ``{window, filtered: [rows], count, dropped, missing}``.

    ``missing`` counts the rows in which a field was not known: they never pass.
    """
    config: FilterConfig = step.config
    rows = rows_for(step, config.items)
    kept: list[Json] = []
    missing = 0
    for index, row in enumerate(rows):
        try:
            verdict = evaluate(config.group, row)
        except ConditionError as error:
            return Failed("bad_condition", f"Row {index}: {error}", retryable=False)
        missing += bool(verdict.missing)
        if verdict.passed and holds_for(step, config.where, row):
            kept.append(dict(row))
    return Succeeded(
        {
            "window": window_of(step),
            "filtered": kept,
            "count": len(kept),
            "dropped": len(rows) - len(kept),
            "missing": missing,
        }
    )


def _expressions(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(config.get("where"), str) and config["where"]:
        yield "where", config["where"]


FILTER = NodeType(
    name="filter",
    title="Filter",
    description="Keeps the rows that meet conditions, like momentum gt 0.05, and an expression.",
    category=CATEGORY,
    icon="list-filter",
    config=FilterConfig,
    effect=Effect.PURE,
    run=keep,
    raw_fields=frozenset({"conditions", "where"}),
    expressions=_expressions,
    expression_names=frozenset({"item"}),
)
