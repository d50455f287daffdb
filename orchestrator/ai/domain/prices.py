"""What tokens cost, and the most that a call can come to before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Final

from orchestrator.ai.domain.calls import ModelRequest, Tokens

_MILLION: Final = Decimal(1_000_000)
_CENT_PARTS: Final = Decimal("0.000001")
"""Money is kept to a millionth of a dollar."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars: per million tokens in and out, and per request."""

    input: Decimal
    output: Decimal
    request: Decimal = Decimal(0)

    def cost(self, tokens: Tokens) -> Decimal:
        return rounded((self.input * tokens.input + self.output * tokens.output) / _MILLION + self.request)


def _price(given: str, taken: str, request: str = "0") -> Price:
    return Price(Decimal(given), Decimal(taken), Decimal(request))


FALLBACK: Final[Mapping[tuple[str, str], Price]] = {
    ("gemini", "gemini-3.8-flash"): _price("0.75", "3.75"),
    ("gemini", "gemini-3.5-flash-lite"): _price("0.30", "2.50"),
    ("gemini", "gemini-3.1-pro-preview"): _price("4", "18"),
    ("groq", "openai/gpt-oss-120b"): _price("0.15", "0.60"),
    ("groq", "openai/gpt-oss-20b"): _price("0.075", "0.30"),
    ("groq", "qwen/qwen3.8-27b"): _price("0.80", "4"),
    ("perplexity", "sonar"): _price("1", "1", "0.012"),
    ("perplexity", "sonar-pro"): _price("3", "15", "0.014"),
    ("perplexity", "sonar-reasoning-pro"): _price("2", "8", "0.014"),
    ("claude", "claude-sonnet-5-5"): _price("2", "10"),
    ("claude", "claude-haiku-5-5"): _price("0.50", "2.50"),
    ("claude", "claude-opus-5-5"): _price("4", "20"),
}
"""List prices of November 2026 for the models in the catalog, the dearest tier of each, for when the price
list does not know them."""

UNMETERED: Final[Mapping[tuple[str, str], Decimal]] = {
    ("perplexity", "sonar-deep-research"): Decimal(2),
}
"""What models may charge beyond tokens and requests, such as searches that they decide on themselves."""

PER_HOUR_HEARD: Final[Mapping[tuple[str, str], Decimal]] = {
    ("groq", "whisper-large-v3"): Decimal("0.111"),
    ("groq", "whisper-large-v3-turbo"): Decimal("0.04"),
}
"""US dollars for an hour of sound that is written down."""
_LEAST_SECONDS: Final = 10
"""What is charged for however short a recording."""


def price_of_hearing(provider: str, model: str, seconds: float) -> Decimal | None:
    """US dollars; None if nobody knows the price."""
    hourly = PER_HOUR_HEARD.get((provider, model))
    if hourly is None:
        return None
    return rounded(hourly * Decimal(str(max(seconds, _LEAST_SECONDS))) / 3600)


def most_input_tokens(request: ModelRequest, *, schema_bytes: int = 0) -> int:
    """No tokenizer makes more tokens than bytes; the rest is for what providers wrap around a message."""
    return len(request.text.encode()) + schema_bytes + 64 * (len(request.turns) + 1)


def guessed_tokens(text: str) -> int:
    """About how many tokens a text has, where nobody counted: four bytes each."""
    return -(-len(text.encode()) // 4)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT_PARTS, rounding=ROUND_UP)


def dollars(amount: Decimal) -> str:
    """``$0.0042``, ``$12.50``: at least cents, and no digits that say nothing."""
    text = f"{amount:.6f}".rstrip("0")
    whole, _, part = text.partition(".")
    return f"${int(whole):,}.{part.ljust(2, '0')}"
