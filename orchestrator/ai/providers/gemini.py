"""Google Gemini: ``/v1beta/models/{model}:streamGenerateContent``."""

from __future__ import annotations

from typing import Any, Final

from google.genai import Client
from google.genai.types import HttpOptions
from pydantic_ai.models import Model
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

from orchestrator.ai.providers.remote import Connection, RemoteProvider


class Gemini(RemoteProvider):
    name = "gemini"

    def make_model(self, connection: Connection) -> Model[Any]:
        options = HttpOptions(
            base_url=connection.base_url,
            httpx_async_client=connection.http2(),
            timeout=int(connection.timeout_seconds * 1000),
        )
        client = Client(vertexai=False, api_key=connection.key, http_options=options)
        return GoogleModel(connection.model, provider=GoogleProvider(client=client))


PROVIDER: Final = Gemini()
