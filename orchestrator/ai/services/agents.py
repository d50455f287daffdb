"""``run_agent``: one question to a model, within budget, with an answer that fits or a reason why not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings

from orchestrator.ai import pricing, providers
from orchestrator.ai.domain import structured
from orchestrator.ai.domain.calls import (
    AgentResult,
    AgentSpec,
    CallFailed,
    CallUsage,
    Conversation,
    ModelAnswer,
    ModelRequest,
    OnText,
    Tokens,
    Turn,
)
from orchestrator.ai.domain.catalog import PROVIDERS
from orchestrator.ai.domain.prices import guessed_tokens
from orchestrator.ai.services import ledger
from orchestrator.ai.services.credentials import Key, key_for
from orchestrator.ai.services.ledger import Payer
from orchestrator.core import json
from orchestrator.core.json import Json
from orchestrator.core.threads import in_thread


def _unheard(text: str, tokens: int) -> None:
    """Where nobody follows the answer as it comes."""


async def run_agent(
    spec: AgentSpec, context: Mapping[str, Json], *, payer: Payer, on_text: OnText = _unheard
) -> AgentResult:
    """Ask a model. ``context`` is told to it as JSON, after the prompts.

    An answer that does not fit ``output_schema`` is asked for again, at most twice. Each call is admitted
    by the ledger before it is made and settled after it, whatever becomes of it. Raises CallFailed, whose
    ``usage`` says what all calls came to.
    """
    asking = _Asking(spec, payer, on_text)
    conversation = Conversation(turns=(Turn("user", _question(spec, context)),))
    for attempt in range(structured.MAX_REASKS + 1):
        answer = await asking.call(conversation)
        if spec.output_schema is None:
            return asking.result(answer, answer.text, answer.confidence)
        try:
            data = structured.read_answer(answer.text, spec.output_schema)
        except structured.DoesNotFit as error:
            if answer.finish == "length":
                message = f"The answer was cut at max_tokens ({spec.max_tokens:,}), in the midst of its JSON."
                raise asking.failed(CallFailed("max_tokens", f"{message} Allow more.")) from error
            if attempt == structured.MAX_REASKS:
                message = f"After {attempt + 1} attempts the answer still does not fit the schema: {error}"
                raise asking.failed(CallFailed("malformed_answer", message)) from error
            conversation = conversation.again(answer.text, structured.complaint(error))
        else:
            confidence = structured.confidence_in(data)
            return asking.result(answer, data, answer.confidence if confidence is None else confidence)
    raise AssertionError("the last attempt returns or raises")


class _Asking:
    """The calls of one ``run_agent``."""

    def __init__(self, spec: AgentSpec, payer: Payer, on_text: OnText) -> None:
        self.spec, self.payer, self.on_text = spec, payer, on_text
        self.model = spec.model or PROVIDERS[spec.provider].default_model
        self.usage = CallUsage(provider=spec.provider, model=self.model)

    async def call(self, conversation: Conversation) -> ModelAnswer:
        spec, name = self.spec, self.spec.provider
        request = ModelRequest(
            model=self.model,
            system=_system(spec),
            turns=conversation.turns,
            schema=spec.output_schema,
            temperature=spec.temperature,
            max_tokens=spec.max_tokens,
            timeout_seconds=spec.timeout_seconds,
        )
        provider = await providers.load(name)
        try:
            key, reservation = await in_thread(self._admit, request)
        except CallFailed as fault:
            raise self.failed(fault) from None
        base_url = settings.AI_PROVIDERS.get(name, {}).get("base_url", "")
        try:
            answer = await provider.answer(request, key=key.secret, base_url=base_url, on_text=self.on_text)
        except CallFailed as fault:
            await self._settle(reservation, fault.tokens or Tokens(), fault=fault.code)
            raise self.failed(fault) from None
        except BaseException as error:
            # Stopped on request, or a fault of ours: the prompt had probably been read.
            await self._settle(reservation, _at_least(request), fault=type(error).__name__)
            raise
        await self._settle(reservation, answer.tokens, stated=answer.cost, model=answer.model)
        return answer

    async def _settle(
        self,
        reservation: ledger.Reservation,
        tokens: Tokens,
        *,
        stated: Decimal | None = None,
        model: str = "",
        fault: str = "",
    ) -> None:
        """Book the call, also while the step is being stopped."""

        def book() -> Decimal | None:
            cost = pricing.cost_of(self.spec.provider, self.model, tokens, stated=stated)
            ledger.settle(reservation.id, cost=cost, tokens=tokens, model=model, error_code=fault)
            return cost

        self.usage = self.usage.plus(tokens, await asyncio.shield(in_thread(book)))

    def _admit(self, request: ModelRequest) -> tuple[Key, ledger.Reservation]:
        key = key_for(self.payer.user_id, self.spec.provider)
        reservation = ledger.reserve(
            self.payer,
            provider=self.spec.provider,
            model=self.model,
            most=pricing.most(self.spec.provider, request),
            uses_own_key=key.is_own,
        )
        return key, reservation

    def failed(self, fault: CallFailed) -> CallFailed:
        """The fault with what the calls before it consumed."""
        fault.usage = self.usage
        return fault

    def result(self, answer: ModelAnswer, output: Json, confidence: float | None) -> AgentResult:
        return AgentResult(
            output=output,
            text=answer.text,
            confidence=confidence,
            citations=answer.citations,
            usage=self.usage,
        )


def _at_least(request: ModelRequest) -> Tokens:
    """For a call that was stopped on the way: the prompt had probably been read."""
    return Tokens(input=guessed_tokens(request.text), is_estimate=True)


def _system(spec: AgentSpec) -> str:
    rules = "\n".join(f"- {constraint}" for constraint in spec.constraints)
    return "\n\n".join(part for part in (spec.objective, rules and f"Keep to this:\n{rules}") if part)


def _question(spec: AgentSpec, context: Mapping[str, Json]) -> str:
    parts = [part for part in spec.prompts if part.strip()]
    if context:
        parts.append(f"What you know, as JSON:\n{json.pretty(dict(context))}")
    return "\n\n".join(parts)
