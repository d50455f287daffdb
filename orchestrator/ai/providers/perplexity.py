"""Perplexity: ``/chat/completions`` as OpenAI has it, plus the sources of the answer and its cost."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk
from pydantic_ai.messages import ModelResponse
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIStreamedResponse
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider

from orchestrator.ai.domain.calls import Citation
from orchestrator.ai.providers.remote import Connection, RemoteProvider

_KEPT: Final = ("citations", "search_results")
MAX_CITATIONS: Final = 100


class PerplexityStream(OpenAIStreamedResponse):
    """Keeps the fields that OpenAI's protocol does not have; later chunks repeat and complete them."""

    def _map_chunk_provider_details(self, chunk: ChatCompletionChunk) -> dict[str, Any] | None:
        extra = chunk.model_extra or {}
        kept = {name: extra[name] for name in _KEPT if extra.get(name)}
        cost = (chunk.usage.model_extra or {}).get("cost") if chunk.usage else None
        if cost is not None:
            kept["cost"] = cost
        return kept or None


class PerplexityModel(OpenAIChatModel):
    @property
    def _streamed_response_cls(self) -> type[OpenAIStreamedResponse]:
        return PerplexityStream


class Perplexity(RemoteProvider):
    name = "perplexity"

    def make_model(self, connection: Connection) -> Model[Any]:
        client = AsyncOpenAI(
            api_key=connection.key,
            base_url=connection.base_url,
            http_client=connection.http2(),
            max_retries=0,
        )
        profile = OpenAIModelProfile(
            supports_json_schema_output=True,
            openai_chat_supports_max_completion_tokens=False,
            openai_chat_streaming_requires_finish_reason=True,
        )
        return PerplexityModel(
            connection.model, provider=OpenAIProvider(openai_client=client), profile=profile
        )

    def citations(self, response: ModelResponse) -> tuple[Citation, ...]:
        """``search_results`` has titles; older answers have only the addresses, in ``citations``."""
        details = response.provider_details or {}
        results, addresses = details.get("search_results"), details.get("citations")
        found = [
            Citation(each["url"], str(each.get("title") or ""))
            for each in (results if isinstance(results, list) else [])
            if isinstance(each, dict) and isinstance(each.get("url"), str)
        ]
        if not found and isinstance(addresses, list):
            found = [Citation(each) for each in addresses if isinstance(each, str)]
        return tuple(found[:MAX_CITATIONS])

    def stated_cost(self, response: ModelResponse) -> Decimal | None:
        """``usage.cost.total_cost``, which counts searches, too."""
        cost = (response.provider_details or {}).get("cost")
        given = cost.get("total_cost") if isinstance(cost, dict) else cost
        try:
            stated = Decimal(str(given)) if given is not None else None
        except InvalidOperation:
            return None
        return stated if stated is not None and stated.is_finite() and stated >= 0 else None


PROVIDER: Final = Perplexity()
