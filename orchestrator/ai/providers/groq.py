"""Groq: ``/openai/v1/chat/completions``."""

from __future__ import annotations

from typing import Any, Final

from groq import AsyncGroq
from pydantic_ai.models import Model
from pydantic_ai.models.groq import GroqModel
from pydantic_ai.providers.groq import GroqProvider

from orchestrator.ai.providers.remote import Connection, RemoteProvider

_HELD_TO_SCHEMA: Final = ("openai/gpt-oss", "moonshotai/kimi-k2", "meta-llama/llama-4")


class Groq(RemoteProvider):
    name = "groq"

    def make_model(self, connection: Connection) -> Model[Any]:
        client = AsyncGroq(
            api_key=connection.key,
            base_url=connection.base_url,
            http_client=connection.http(),
            max_retries=0,
        )
        return GroqModel(connection.model, provider=GroqProvider(groq_client=client))

    def takes_schema(self, model: Model[Any]) -> bool:
        return model.model_name.startswith(_HELD_TO_SCHEMA)


PROVIDER: Final = Groq()
