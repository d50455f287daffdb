"""What is asked of a model and what comes back, as plain values, whichever provider answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from orchestrator.core.json import Json, JsonObject

DEFAULT_MAX_TOKENS: Final = 2_048
DEFAULT_TIMEOUT_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpec:
    """An agent: what it is for, what it must keep to, and how it is asked.

    ``model`` empty means the provider's usual one. ``max_cost`` (US dollars) bounds one step: all attempts
    and re-asks together.
    """

    provider: str
    prompts: tuple[str, ...]
    model: str = ""
    objective: str = ""
    constraints: tuple[str, ...] = ()
    output_schema: JsonObject | None = None
    temperature: float | None = None
    max_tokens: int = DEFAULT_MAX_TOKENS
    max_cost: Decimal | None = None
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation with a model."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One call, as a provider sees it."""

    model: str
    system: str
    turns: tuple[Turn, ...]
    schema: JsonObject | None
    temperature: float | None
    max_tokens: int
    timeout_seconds: float

    @property
    def text(self) -> str:
        """Everything that the model is given, for counting."""
        return "\n".join([self.system, *(turn.text for turn in self.turns)])


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that the provider names for its answer."""

    url: str
    title: str = ""

    def as_json(self) -> dict[str, Json]:
        return {"url": self.url, "title": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Counted by the provider, or by us (``is_estimate``) where a stream broke off before it said."""

    input: int = 0
    output: int = 0
    cached_input: int = 0
    written_input: int = 0
    """Of the input, what the provider stored to read it for less in later calls, which it charges extra."""
    is_estimate: bool = False

    @property
    def total(self) -> int:
        return self.input + self.output


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """``cost`` is the provider's own figure, if it gives one. ``confidence`` likewise."""

    text: str
    tokens: Tokens
    model: str
    finish: str = "stop"
    cost: Decimal | None = None
    citations: tuple[Citation, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUsage:
    """What a step's calls came to. ``is_priced`` False: some call's price is not known and counts as 0."""

    provider: str = ""
    model: str = ""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    is_priced: bool = True
    is_estimate: bool = False

    def plus(self, tokens: Tokens, cost: Decimal | None) -> CallUsage:
        return CallUsage(
            provider=self.provider,
            model=self.model,
            calls=self.calls + 1,
            input_tokens=self.input_tokens + tokens.input,
            output_tokens=self.output_tokens + tokens.output,
            cost=self.cost + (cost or Decimal(0)),
            is_priced=self.is_priced and cost is not None,
            is_estimate=self.is_estimate or tokens.is_estimate,
        )

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def as_json(self) -> dict[str, Json]:
        """Money is a decimal string, as everywhere."""
        return {
            "provider": self.provider,
            "model": self.model,
            "calls": self.calls,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost": f"{self.cost:f}",
            "is_priced": self.is_priced,
            "is_estimate": self.is_estimate,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentResult:
    """``output`` is the text, or the data where a schema was asked for; ``text`` is always the text."""

    output: Json
    text: str
    confidence: float | None
    citations: tuple[Citation, ...]
    usage: CallUsage


OnText: TypeAlias = Callable[[str, int], None]
"""Told of the text so far and of the number of tokens in it while an answer streams in."""


class CallFailed(Exception):
    """A call did not give a usable answer.

    ``retryable``: the same call may succeed later; ``retry_after`` is the pause that the provider asked for,
    in seconds. ``usage`` is what was consumed all the same.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        details: JsonObject | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.retryable, self.retry_after = retryable, retry_after
        self.details: JsonObject = details or {}
        self.tokens = tokens
        self.usage: CallUsage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The turns of one step: the request, and what was said back when an answer had to be asked again."""

    turns: tuple[Turn, ...] = field(default_factory=tuple)

    def again(self, answer: str, complaint: str) -> Conversation:
        return Conversation(turns=(*self.turns, Turn("assistant", answer), Turn("user", complaint)))
