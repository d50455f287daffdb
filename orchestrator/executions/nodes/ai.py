"""``ai``: asks a model, within budget, for text or for data that fits a schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from orchestrator.ai.domain.calls import (
    DEFAULT_MAX_TOKENS,
    DEFAULT_TIMEOUT_SECONDS,
    AgentResult,
    AgentSpec,
    CallFailed,
    CallUsage,
)
from orchestrator.ai.domain.catalog import ProviderName
from orchestrator.ai.services.agents import run_agent
from orchestrator.ai.services.ledger import Payer
from orchestrator.core.json import Json, JsonObject
from orchestrator.core.schemas import SchemaObject
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.model import RetryPolicy
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Failed, Outcome, Progress, StepContext, Succeeded, Usage

RETRY: Final = RetryPolicy(max_attempts=3, backoff_seconds=2)
"""For rate limits, overload and broken connections; the provider's ``Retry-After`` is waited for."""

Prompt = Annotated[str, Field(max_length=400_000)]


class AiConfig(NodeConfig):
    provider: ProviderName = Field(default="offline", description="Who answers")
    model: str = Field(
        default="", max_length=200, pattern=r"^[\w./:@-]*$", description="Empty: the provider's usual model"
    )
    prompt: Prompt = Field(min_length=1, description="What is asked; may hold {{ expressions }}")
    system: Prompt = Field(default="", description="What the model is for, and what it must keep to")
    output_schema: SchemaObject | None = Field(
        default=None, description="JSON Schema: the answer is then data that fits it"
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="0: steady, 1 and more: inventive"
    )
    max_tokens: int = Field(
        default=DEFAULT_MAX_TOKENS,
        ge=1,
        le=200_000,
        description="The longest answer; bounds what it can cost",
    )
    max_cost: Decimal | None = Field(
        default=None, ge=0, max_digits=12, decimal_places=6,
        description="US dollars this step may cost, retries included. A call that could pass it is not made",
    )  # fmt: skip


async def run(step: StepContext) -> Outcome:
    """Output: ``{text, data, confidence, citations, usage}``; ``data`` is null without a schema."""
    config: AiConfig = step.config
    spec = AgentSpec(
        provider=config.provider,
        model=config.model,
        objective=config.system,
        prompts=(config.prompt,),
        output_schema=config.output_schema,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        max_cost=config.max_cost,
        timeout_seconds=DEFAULT_TIMEOUT_SECONDS,
    )
    payer = Payer(
        user_id=step.started_by_id,
        workflow_id=step.workflow_id,
        execution_id=step.execution_id,
        fence=step.fence,
        node_id=step.node_id,
        step_key=step.idempotency_key,
        step_limit=config.max_cost,
    )
    try:
        result = await run_agent(
            spec, {}, payer=payer, on_text=lambda text, tokens: step.tell(Progress(text, tokens))
        )
    except CallFailed as fault:
        return _failed(fault)
    return Succeeded(_output(result, config), usage=_usage(result.usage))


def _output(result: AgentResult, config: AiConfig) -> JsonObject:
    citations: list[Json] = [citation.as_json() for citation in result.citations]
    return {
        "text": result.text.replace("\x00", "\ufffd"),
        "data": result.output if config.output_schema is not None else None,
        "confidence": result.confidence,
        "citations": citations,
        "usage": result.usage.as_json(),
    }


def _failed(fault: CallFailed) -> Failed:
    details = dict(fault.details)
    if fault.retry_after is not None:
        details["retry_after_seconds"] = fault.retry_after
    return Failed(
        fault.code,
        fault.message,
        retryable=fault.retryable,
        details=details,
        usage=_usage(fault.usage) if fault.usage is not None and fault.usage.calls else None,
    )


def _usage(usage: CallUsage) -> Usage:
    return Usage(usage.cost, usage.tokens, usage.calls, usage.provider, usage.model)


AI = NodeType(
    name="ai",
    title="AI",
    description="Asks a model of Gemini, Groq, Perplexity or Claude, or the offline rules, for text or data.",
    category="AI",
    icon="bot",
    config=AiConfig,
    effect=Effect.IDEMPOTENT,
    run=run,
    retry=RETRY,
)
