"""What attempts consume, as events and rows hold it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orchestrator.core.json import JsonObject
from orchestrator.executions.domain.state import ProviderUsage, State
from orchestrator.graphs.steps import Usage


def told_usage(usage: Usage | None) -> JsonObject | None:
    if usage is None:
        return None
    return {
        "cost": str(usage.cost),
        "tokens": usage.tokens,
        "ai_calls": usage.ai_calls,
        "provider": usage.provider,
        "model": usage.model,
    }


def joined_usage(first: JsonObject | None, second: JsonObject | None) -> JsonObject | None:
    """The sum of both, named after the later."""
    if first is None or second is None:
        return second if first is None else first
    cost = Decimal(str(first.get("cost", "0"))) + Decimal(str(second.get("cost", "0")))
    tokens, calls = (_sum(first, second, name) for name in ("tokens", "ai_calls"))
    return {**first, **second, "cost": str(cost), "tokens": tokens, "ai_calls": calls}


def _sum(first: JsonObject, second: JsonObject, name: str) -> int:
    return sum(value for value in (first.get(name), second.get(name)) if isinstance(value, int))


def use(state: State, usage: Mapping[str, Any] | None) -> None:
    """Add it to the run's metrics."""
    if not usage:
        return
    metrics, calls, tokens = state.metrics, usage.get("ai_calls", 0), usage.get("tokens", 0)
    cost = Decimal(usage.get("cost", "0"))
    metrics.ai_calls += calls
    metrics.tokens += tokens
    metrics.cost += cost
    if usage.get("provider"):
        of_provider = metrics.providers.setdefault(usage["provider"], ProviderUsage())
        of_provider.calls += calls
        of_provider.tokens += tokens
        of_provider.cost += cost
