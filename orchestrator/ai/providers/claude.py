"""Anthropic Claude: ``/v1/messages``, always streamed."""

from __future__ import annotations

from typing import Any, Final

from anthropic import AsyncAnthropic
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from orchestrator.ai.providers.remote import Connection, RemoteProvider


class Claude(RemoteProvider):
    name = "claude"

    def make_model(self, connection: Connection) -> Model[Any]:
        client = AsyncAnthropic(
            api_key=connection.key,
            base_url=connection.base_url,
            http_client=connection.http2(),
            max_retries=0,
        )
        return AnthropicModel(connection.model, provider=AnthropicProvider(anthropic_client=client))

    def takes_temperature(self, model: Model[Any]) -> bool:
        return not model.profile.get("anthropic_disallows_sampling_settings")


PROVIDER: Final = Claude()
