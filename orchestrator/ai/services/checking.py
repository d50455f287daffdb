"""Trying a key: one tiny call, paid for like any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from asgiref.sync import async_to_sync

from orchestrator.accounts.models import User
from orchestrator.ai.domain.calls import AgentSpec, CallFailed
from orchestrator.ai.models import Credential
from orchestrator.ai.services.agents import run_agent
from orchestrator.ai.services.credentials import keyed_provider, note_check
from orchestrator.ai.services.ledger import Payer

TIMEOUT_SECONDS: Final = 20.0
MAX_TOKENS: Final = 64


@dataclass(frozen=True, slots=True)
class Check:
    """``message`` says what the provider answered, for the person."""

    works: bool
    message: str


def check_key(user: User, provider: str) -> Check:
    """Call the provider with the key that a run of the person's would use; keep the outcome with their own.

    Takes as long as the provider does, at most TIMEOUT_SECONDS. Raises NotFound for an unknown provider.
    """
    info = keyed_provider(provider)
    spec = AgentSpec(
        provider=provider,
        prompts=("Reply with the one word OK.",),
        max_tokens=MAX_TOKENS,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    fault = ""
    try:
        async_to_sync(run_agent)(spec, {}, payer=Payer(user_id=user.pk))
    except CallFailed as error:
        fault = error.message
    if Credential.objects.visible_to(user).filter(provider=provider).exists():
        note_check(user, provider, fault)
    return Check(not fault, fault or f"{info.title} accepted the key and answered.")
