"""What the four remote providers share: one streamed request through pydantic-ai, watched and translated.

Nothing is retried here. The engine retries steps durably, and honours the pause a provider asks for.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import httpx
import httpx2
from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import AgentRunError, UserError
from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    UserPromptPart,
)
from pydantic_ai.messages import (
    ModelRequest as Asked,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings

from orchestrator.ai.domain.calls import CallFailed, Citation, ModelAnswer, ModelRequest, OnText, Tokens
from orchestrator.ai.domain.catalog import PROVIDERS
from orchestrator.ai.domain.prices import guessed_tokens
from orchestrator.ai.domain.structured import instruction
from orchestrator.ai.providers.faults import translate

CONNECT_SECONDS: Final = 10.0
MAX_ANSWER_CHARS: Final = 900_000
"""A step's output is at most a mebibyte."""


@dataclass(slots=True)
class Heard:
    """What has come of an answer so far."""

    text: str = ""
    began: bool = False

    def take(self, event: object) -> bool:
        """Whether the event brought text."""
        self.began = True
        match event:
            case PartStartEvent(part=TextPart(content=text)):
                self.text += text
            case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
                self.text += text
            case _:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Connection:
    """What a provider's module makes its model from."""

    model: str
    key: str
    base_url: str
    timeout_seconds: float
    closing: list[Any] = field(default_factory=list)

    def http(self) -> httpx.AsyncClient:
        """A client for this call; the context of TLS, which is what costs, is shared."""
        client = httpx.AsyncClient(
            verify=_tls(), timeout=httpx.Timeout(self.timeout_seconds, connect=CONNECT_SECONDS)
        )
        self.closing.append(client)
        return client

    def http2(self) -> httpx2.AsyncClient:
        """The same of the package that most providers' clients have moved to."""
        client = httpx2.AsyncClient(
            verify=_tls(), timeout=httpx2.Timeout(self.timeout_seconds, connect=CONNECT_SECONDS)
        )
        self.closing.append(client)
        return client


class RemoteProvider:
    """A provider's module says how its model is made and how it takes a schema; the rest is here."""

    name: str

    def make_model(self, connection: Connection) -> Model[Any]:
        raise NotImplementedError

    def takes_schema(self, model: Model[Any]) -> bool:
        """Whether the provider itself holds this model to a JSON Schema. It is checked here all the same."""
        return bool(model.profile.get("supports_json_schema_output"))

    def takes_temperature(self, model: Model[Any]) -> bool:
        """Whether the model has one to set; where it has not, the setting is left out."""
        return True

    def citations(self, response: ModelResponse) -> tuple[Citation, ...]:
        return ()

    def stated_cost(self, response: ModelResponse) -> Any:
        """What the provider says the call cost, in US dollars, if it does."""
        return None

    async def answer(self, request: ModelRequest, *, key: str, base_url: str, on_text: OnText) -> ModelAnswer:
        info = PROVIDERS[self.name]
        connection = Connection(request.model, key, base_url or info.base_url, request.timeout_seconds)
        heard = Heard()
        try:
            async with _closing(connection):
                response = await self._stream(request, connection, heard, on_text)
        except (AgentRunError, UserError, httpx.HTTPError, httpx2.HTTPError) as error:
            fault = translate(error, info.title, request, key, in_stream=heard.began)
            if heard.began:
                fault.tokens = guess(request, heard.text)
            raise fault from None  # the cause may hold the request's headers
        return self._read(request, response, heard, info.title)

    async def _stream(
        self, request: ModelRequest, connection: Connection, heard: Heard, on_text: OnText
    ) -> ModelResponse:
        model = self.make_model(connection)
        native = self._holds_to_schema(request, model)
        async with model_request_stream(
            model,
            _messages(request, spell_out=request.schema is not None and not native),
            model_settings=_settings(request, warm=self.takes_temperature(model)),
            model_request_parameters=_parameters(request, native=native),
            instrument=False,
        ) as stream:
            async for event in stream:
                if heard.take(event):
                    on_text(heard.text, guessed_tokens(heard.text))
                    if len(heard.text) > MAX_ANSWER_CHARS:
                        raise CallFailed(
                            "answer_too_long", "The answer is longer than a step may hold.",
                            tokens=guess(request, heard.text),
                        )  # fmt: skip
            return stream.get()

    def _holds_to_schema(self, request: ModelRequest, model: Model[Any]) -> bool:
        return (
            request.schema is not None and request.schema.get("type") == "object" and self.takes_schema(model)
        )

    def _read(self, request: ModelRequest, response: ModelResponse, heard: Heard, title: str) -> ModelAnswer:
        usage = response.usage
        tokens = Tokens(
            input=usage.input_tokens, output=usage.output_tokens, cached_input=usage.cache_read_tokens
        )
        if not tokens.total:
            tokens = guess(request, heard.text)
        if response.finish_reason is None:
            raise CallFailed(
                "cut_off",
                f"The answer of {title} broke off after {len(heard.text):,} characters.",
                retryable=True,
                tokens=tokens,
            )
        if response.finish_reason == "content_filter":
            message = f"{title} refused to answer: its filter found fault with the prompt or the answer."
            raise CallFailed("refused", message, tokens=tokens)
        return ModelAnswer(
            text=heard.text,
            tokens=tokens,
            model=response.model_name or request.model,
            finish=response.finish_reason,
            cost=self.stated_cost(response),
            citations=self.citations(response),
        )


def guess(request: ModelRequest, text: str) -> Tokens:
    return Tokens(input=guessed_tokens(request.text), output=guessed_tokens(text), is_estimate=True)


def _messages(request: ModelRequest, *, spell_out: bool) -> list[ModelMessage]:
    system = request.system
    if spell_out and request.schema is not None:
        system = f"{system}\n\n{instruction(request.schema)}".strip()
    messages: list[ModelMessage] = []
    for turn in request.turns:
        if turn.role == "user":
            messages.append(Asked(parts=[UserPromptPart(turn.text)], instructions=system or None))
        else:
            messages.append(ModelResponse(parts=[TextPart(turn.text)]))
    return messages


def _settings(request: ModelRequest, *, warm: bool) -> ModelSettings:
    settings = ModelSettings(
        max_tokens=request.max_tokens,
        timeout=request.timeout_seconds,
        request_timeout=request.timeout_seconds,
        max_retries=0,
    )
    if request.temperature is not None and warm:
        settings["temperature"] = request.temperature
    return settings


def _parameters(request: ModelRequest, *, native: bool) -> ModelRequestParameters:
    if not native or request.schema is None:
        return ModelRequestParameters()
    name = "".join(c if c.isalnum() else "_" for c in str(request.schema.get("title") or "answer"))[:60]
    return ModelRequestParameters(
        output_mode="native", output_object=OutputObjectDefinition(dict(request.schema), name=name)
    )


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@asynccontextmanager
async def _closing(connection: Connection) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for client in connection.closing:
            await client.aclose()
