"""``decision``: chooses the ports to leave by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.expressions import compile_expression
from orchestrator.graphs.nodetypes import Effect, NodeType, PortsAt
from orchestrator.graphs.steps import Failed, Outcome, StepContext, Succeeded


class Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    when: str = Field(description="Expression that must hold", json_schema_extra={"format": "expression"})
    port: str = Field(min_length=1, max_length=100, description="Port to leave by")


class DecisionConfig(NodeConfig):
    mode: Literal["first", "all"] = Field(
        default="first", description="first: the first rule that holds; all: every rule that holds"
    )
    rules: list[Rule] = Field(default=[], max_length=100)
    default: str | None = Field(default=None, max_length=100, description="Port if no rule holds")


def decide(step: StepContext) -> Outcome:
    config: DecisionConfig = step.config
    chosen: list[str] = []
    for rule in config.rules:
        if compile_expression(rule.when).test(step.names, now=step.now):
            chosen.append(rule.port)
            if config.mode == "first":
                break
    if not chosen and config.default is not None:
        chosen = [config.default]
    if not chosen:
        message = f"No rule of the decision {step.node_id} holds, and it has no default port."
        return Failed("no_rule_matched", message, retryable=False)
    ports = list(dict.fromkeys(chosen))
    return Succeeded({"ports": ports}, tuple(ports))  # type: ignore[dict-item]  # list is invariant


def _expressions(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, rule in enumerate(_rules(config)):
        if isinstance(rule.get("when"), str):
            yield f"rules.{index}.when", rule["when"]


def _rules(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rules = config.get("rules")
    return [rule for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []


DECISION = NodeType(
    name="decision",
    title="Decision",
    description="Goes on by one port or another, depending on rules.",
    category="Flow",
    icon="split",
    config=DecisionConfig,
    effect=Effect.PURE,
    run=decide,
    ports=PortsAt(("rules.*.port", "default")),
    raw_fields=frozenset({"rules"}),
    expressions=_expressions,
)
