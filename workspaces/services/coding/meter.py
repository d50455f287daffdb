"""What a coding agent may spend: each call to the model is admitted and booked by the ledger of AI calls."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from orchestrator.ai import pricing
from orchestrator.ai.domain.calls import CallFailed, Tokens
from orchestrator.ai.domain.prices import dollars, guessed_tokens
from orchestrator.ai.services import ledger
from orchestrator.ai.services.ledger import Payer
from orchestrator.graphs.steps import StepContext, Usage
from workspaces.agent.relay import Counted, NotAdmitted

PROVIDER: Final = "claude"
_MOST_OUTPUT: Final = 200_000
_BYTES_AROUND: Final = 1_000
"""What the model is given beyond the request, in tokens at most."""


@dataclass(slots=True)
class Spending:
    """What an attempt at a step of a coding run consumed."""

    step: StepContext
    cost: Decimal = Decimal(0)
    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0
    model: str = ""
    changed: threading.Lock = field(default_factory=threading.Lock)

    @property
    def usage(self) -> Usage | None:
        """As the engine counts it; None for a step that asked nobody."""
        if not self.calls:
            return None
        tokens = self.input_tokens + self.output_tokens
        return Usage(self.cost, tokens, self.calls, PROVIDER, self.model)


def payer_of(run: UUID, spending: Spending, user: UUID, limit: Decimal) -> Payer:
    """Whoever sent the batch. The limit holds for all calls of the run together: they share a key."""
    step = spending.step
    return Payer(
        user_id=user,
        workflow_id=step.workflow_id,
        execution_id=step.execution_id,
        fence=step.fence,
        node_id=step.node_id,
        step_key=f"coding-run:{run}",
        step_limit=limit,
    )


@dataclass(slots=True)
class LedgerMeter:
    """The ``Meter`` of a session."""

    payer: Payer
    model: str
    uses_own_key: bool
    spending: Spending

    def admit(self, request: Mapping[str, Any], size: int) -> UUID:
        asked = request.get("max_tokens")
        output = asked if type(asked) is int and 0 < asked <= _MOST_OUTPUT else _MOST_OUTPUT
        tokens = Tokens(input=size + _BYTES_AROUND, written_input=size + _BYTES_AROUND, output=output)
        try:
            reservation = ledger.reserve(
                self.payer,
                provider=PROVIDER,
                model=self.model,
                most=pricing.cost_of(PROVIDER, self.model, tokens),
                uses_own_key=self.uses_own_key,
            )
        except CallFailed as fault:
            raise NotAdmitted(_in_words(fault)) from None
        finally:
            connection.close()  # the thread is of one request
        return reservation.id

    def book(self, ticket: UUID, counted: Counted, *, fault: str) -> None:
        tokens = _tokens(counted, fault)
        cost = pricing.cost_of(PROVIDER, self.model, tokens)
        try:
            ledger.settle(ticket, cost=cost, tokens=tokens, model=self.model, error_code=fault)
        finally:
            connection.close()
        with self.spending.changed:
            self.spending.cost += cost or Decimal(0)
            self.spending.input_tokens += tokens.input
            self.spending.output_tokens += tokens.output
            self.spending.calls += 1


def _tokens(counted: Counted, fault: str) -> Tokens:
    """As the provider counts them; where it broke off before it said, by the length of what it did say."""
    if fault.startswith("http_") or not counted.said:
        return Tokens()
    output = counted.output if counted.is_whole else max(counted.output, guessed_tokens("x" * counted.said))
    return Tokens(
        input=counted.input + counted.cached + counted.stored,
        cached_input=counted.cached,
        written_input=counted.stored,
        output=output,
        is_estimate=not counted.is_whole,
    )


def _in_words(fault: CallFailed) -> str:
    told = fault.details
    if told.get("limit") != "step":
        return fault.message
    most, used, needed = (Decimal(str(told[name])) for name in ("limit_amount", "used", "needed"))
    return (
        f"The coding run was stopped at its limit of {dollars(most)} (WORKSPACE_CLAUDE_MAX_COST): "
        f"{dollars(used)} is spent, and the next call of the model may cost up to {dollars(needed)}."
    )
