"""``strategy-step``: one step of a strategy session. It asks a model, and then waits for a person.

Inputs, outputs and errors that the run shows hold ids, codes and figures: whoever sees a run is not who sees
the session.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from orchestrator.ai.domain.calls import AgentSpec, CallFailed, CallUsage
from orchestrator.ai.domain.catalog import OFFLINE, PROVIDERS
from orchestrator.ai.services.agents import run_agent
from orchestrator.ai.services.ledger import Payer
from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject
from orchestrator.core.schemas import SchemaObject
from orchestrator.core.threads import in_thread
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.model import DEFAULT_PORT, RetryPolicy
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Failed, Outcome, SignalPort, StepContext, Succeeded, Usage, Waiting
from trading.strategy.domain import offline
from trading.strategy.domain.answers import CONSTRAINTS, OBJECTIVE, read_answer
from trading.strategy.domain.kinds import DataKind
from trading.strategy.domain.steps import STEP_TYPE, definition_of, unknown_message
from trading.strategy.nodes.faults import Fault, fault_of, spent_of
from trading.strategy.services.placing import NoSession
from trading.strategy.services.stepping import (
    Asked,
    Begun,
    Standing,
    TakenOver,
    Work,
    begin,
    keep,
    note_failure,
    prepare,
)

RETRY: Final = RetryPolicy(max_attempts=3, backoff_seconds=2)
"""For broken connections, limits, and answers that rest on nothing. After that a person is asked."""
MAX_TOKENS: Final = 8_192
MOST_ITEM: Final = 4_000
_ANY_OBJECT: Final[JsonObject] = {"type": "object"}

Provider = Literal["session", "offline", "gemini", "groq", "perplexity", "claude"]


class StepConfig(NodeConfig):
    step_type: str = Field(
        default="situation",
        pattern=STEP_TYPE,
        description="situation, threats, resources, options, matrix, recommendation, plan, or your own name",
    )
    instructions: str = Field(
        default="",
        max_length=20_000,
        validate_default=True,
        description="What is asked. Empty: what the built-in type asks",
    )
    data: list[DataKind] = Field(
        default=[],
        max_length=len(DataKind),
        description="Data of the corporation that it is given. Empty: what the built-in type takes",
    )
    output_schema: SchemaObject | None = Field(
        default=None,
        description="JSON Schema of its output. Empty: the built-in type's",
        json_schema_extra={"format": "json-schema"},
    )
    provider: Provider = Field(
        default="session", description="Who answers; session: whom the person chose who began it"
    )
    model: str = Field(
        default="", max_length=200, pattern=r"^[\w./:@-]*$", description="Empty: the provider's usual model"
    )
    max_tokens: int = Field(default=MAX_TOKENS, ge=1, le=200_000, description="The longest answer")
    max_cost: Decimal | None = Field(
        default=None, ge=0, max_digits=12, decimal_places=6,
        description="US dollars this step may cost, retries included. A call that could pass it is not made",
    )  # fmt: skip
    review: bool = Field(default=True, description="A person accepts it before the session goes on")

    @field_validator("instructions")
    @classmethod
    def _known(cls, value: str, info: ValidationInfo) -> str:
        step_type = info.data.get("step_type")
        if isinstance(step_type, str) and not value.strip() and definition_of(step_type) is None:
            raise ValueError(unknown_message(step_type))
        return value

    @field_validator("output_schema")
    @classmethod
    def _object(cls, value: JsonObject | None) -> JsonObject | None:
        if value is not None and value.get("type", "object") != "object":
            raise ValueError("A step's output is an object")
        return value


def schema_for(config: StepConfig) -> JsonObject:
    definition = definition_of(config.step_type)
    return config.output_schema or (definition.schema if definition else _ANY_OBJECT)


async def run(step: StepContext) -> Outcome:
    """Output once accepted: ``{port, payload: {step, step_type, round, confidence}}``; without a review only
    the payload."""
    asked = _asked(step)
    begun: Begun | None = None
    usage: CallUsage | None = None
    try:
        found = await in_thread(begin, asked)
        if isinstance(found, Standing):
            return _left(found)
        begun = found
        work = await in_thread(prepare, begun, asked)
        data, usage = await _ask(step, work)
        standing = await _keep(step, asked, work, data, usage)
    except (NoSession, TakenOver) as error:
        return Failed(error.code, error.message, retryable=False, usage=spent_of(usage))
    except Exception as error:  # noqa: BLE001 - whatever it is costs a click and not the session
        fault = fault_of(error, step)
        return await _failed(step, asked, begun, replace(fault, usage=fault.usage or spent_of(usage)))
    return _left(standing, spent_of(usage))


def _asked(step: StepContext) -> Asked:
    config: StepConfig = step.config
    definition = definition_of(config.step_type)
    kinds = tuple(config.data) or (definition.data if definition else ())
    titled = step.title if step.title != step.node_id or definition is None else definition.title
    told = config.instructions.strip() or (definition.instructions if definition else "")
    if step.scope:
        titled = f"{titled} ({step.names['index'] + 1})"
        told = f"{told}\n\nThis is about one of several: {_short(step.names['item'])}".strip()
    return Asked(
        run=step.execution_id,
        fence=step.fence,
        node=f"{step.scope}>{step.node_id}"[-200:] if step.scope else step.node_id,
        iteration=step.iteration,
        step_type=config.step_type,
        title=titled,
        instructions=told,
        schema=schema_for(config),
        kinds=tuple(each.value for each in kinds),
        all_kinds=bool(config.data),
        review=config.review,
    )


def _short(item: Json) -> str:
    """The item of a map, as a model is told of it; the run shows it to all who see the run."""
    return (item if isinstance(item, str) else json.dumps(item).decode())[:MOST_ITEM]


async def _ask(step: StepContext, work: Work) -> tuple[Json, CallUsage | None]:
    """Nothing of the answer is shown while it comes: the feed of a run is not only the session's."""
    config, provider = step.config, _provider(step)
    question = work.question
    if provider == OFFLINE:
        return offline.answer(question), None
    spec = AgentSpec(
        provider=provider,
        model=config.model,
        objective=OBJECTIVE,
        constraints=CONSTRAINTS,
        prompts=(question.prompt,),
        output_schema=question.answer_schema,
        max_tokens=config.max_tokens,
        max_cost=config.max_cost,
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
    result = await run_agent(spec, question.context, payer=payer)
    return result.output, result.usage


def _provider(step: StepContext) -> str:
    """The node's own, else that of the run's input, else the offline rules."""
    if step.config.provider != "session":
        return str(step.config.provider)
    given = step.names.get("input")
    chosen = given.get("provider") if isinstance(given, dict) else None
    return chosen if chosen in PROVIDERS else OFFLINE


async def _keep(step: StepContext, asked: Asked, work: Work, data: Json, usage: CallUsage | None) -> Standing:
    provider = _provider(step)
    model = usage.model if usage else PROVIDERS[provider].default_model
    try:
        answer = read_answer(data, work.question.sources)
        return await in_thread(keep, asked, work, answer, provider=provider, model=model)
    except ValueError as error:
        raise CallFailed("unsupported_answer", str(error), retryable=True) from error


async def _failed(step: StepContext, asked: Asked, begun: Begun | None, fault: Fault) -> Outcome:
    """Another attempt while the engine has one; then the row says why, and the run waits."""
    is_last = not fault.retryable or step.attempt >= step.most_attempts
    try:
        standing = await in_thread(note_failure, asked, begun, fault.code, fault.message, is_last=is_last)
    except (NoSession, TakenOver) as error:
        return Failed(error.code, error.message, retryable=False, usage=fault.usage)
    if not is_last:
        message = f"Attempt {step.attempt} failed ({fault.code}). The session says more."
        return Failed(fault.code, message, details=fault.details, usage=fault.usage)
    return _left(standing, fault.usage)


def _left(standing: Standing, usage: Usage | None = None) -> Outcome:
    if standing.is_over:
        return Succeeded(standing.told, usage=usage)
    return Waiting(
        signals=(
            SignalPort(standing.accepted, DEFAULT_PORT, persistent=True),
            SignalPort(standing.again, "", persistent=True),
        ),
        usage=usage,
    )


STEP: Final = NodeType(
    name="strategy-step",
    title="Strategy step",
    description="One step of a strategy session: a model answers from data, a person reviews.",
    category="Corporation strategy",
    icon="flag",
    config=StepConfig,
    effect=Effect.IDEMPOTENT,
    run=run,
    retry=RETRY,
    raw_fields=frozenset(StepConfig.model_fields),
)
