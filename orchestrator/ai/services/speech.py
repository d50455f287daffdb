"""``write_down``: a recording to a provider that hears, within budget, and booked like any other call."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings

from orchestrator.ai.domain.calls import CallFailed, Tokens
from orchestrator.ai.domain.catalog import PROVIDERS
from orchestrator.ai.domain.prices import price_of_hearing
from orchestrator.ai.services import ledger
from orchestrator.ai.services.credentials import key_for

TIMEOUT_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who hears. ``user_id``: who pays, with their own key where they have one."""

    user_id: UUID
    provider: str
    model: str


def listener_for(user_id: UUID) -> Listener | None:
    """None where the server has none set, or there is neither a key of the person's nor one of its own."""
    provider = settings.TRANSCRIPTION_PROVIDER
    if not provider:
        return None
    try:
        key_for(user_id, provider)
    except CallFailed:
        return None
    return Listener(user_id=user_id, provider=provider, model=settings.TRANSCRIPTION_MODEL)


def write_down(listener: Listener, data: bytes, *, name: str, media_type: str, longest_seconds: float) -> str:
    """The words of a recording. ``longest_seconds`` is what it can last at most: so much is set aside for it.

    Takes as long as the provider does, so never inside of a transaction. Raises CallFailed.
    """
    provider, model = listener.provider, listener.model
    speech: Any = importlib.import_module("orchestrator.ai.providers.speech")  # takes a second to import
    base_url = settings.AI_PROVIDERS.get(provider, {}).get("base_url", "")
    key = key_for(listener.user_id, provider)
    reservation = ledger.reserve(
        ledger.Payer(user_id=listener.user_id),
        provider=provider,
        model=model,
        most=price_of_hearing(provider, model, longest_seconds),
        uses_own_key=key.is_own,
    )
    cost: Decimal | None = Decimal(0)
    fault = "interrupted"
    try:
        heard = async_to_sync(speech.hear)(
            speech.Sound(data, name, media_type),
            model=model,
            key=key.secret,
            base_url=base_url or PROVIDERS[provider].base_url,
            timeout_seconds=TIMEOUT_SECONDS,
        )
        fault = ""
        seconds = longest_seconds if heard.seconds is None else heard.seconds
        cost = price_of_hearing(provider, model, seconds)
    except CallFailed as error:
        fault = error.code
        raise
    finally:
        ledger.settle(reservation.id, cost=cost, tokens=Tokens(), error_code=fault)
    return str(heard.text)
