"""The providers that the product speaks to: what people need to know of each to choose and set it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

ProviderName: TypeAlias = Literal["offline", "gemini", "groq", "perplexity", "claude"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderInfo:
    """``models`` are suggestions: any name that the provider knows may be used."""

    name: str
    title: str
    about: str
    default_model: str
    models: tuple[str, ...]
    base_url: str = ""
    key_variable: str = ""
    prices: str = ""
    """What the provider is called in the price list."""

    @property
    def needs_key(self) -> bool:
        return bool(self.key_variable)


CATALOG: Final[tuple[ProviderInfo, ...]] = (
    ProviderInfo(
        name="offline",
        title="Offline rules",
        about="No model: fixed rules on this server that always answer alike. For demos, tests and drafts.",
        default_model="rules-1",
        models=("rules-1",),
    ),
    ProviderInfo(
        name="gemini",
        title="Google Gemini",
        about="Google's Gemini models.",
        default_model="gemini-3.8-flash",
        models=("gemini-3.8-flash", "gemini-3.5-flash-lite", "gemini-3.1-pro-preview"),
        base_url="https://generativelanguage.googleapis.com",
        key_variable="GEMINI_API_KEY",
        prices="google",
    ),
    ProviderInfo(
        name="groq",
        title="Groq",
        about="Open models on fast hardware.",
        default_model="openai/gpt-oss-120b",
        models=("openai/gpt-oss-120b", "openai/gpt-oss-20b", "qwen/qwen3.8-27b"),
        base_url="https://api.groq.com",
        key_variable="GROQ_API_KEY",
        prices="groq",
    ),
    ProviderInfo(
        name="perplexity",
        title="Perplexity",
        about="Answers from a web search, with their sources.",
        default_model="sonar",
        models=("sonar", "sonar-pro", "sonar-reasoning-pro"),
        base_url="https://api.perplexity.ai",
        key_variable="PERPLEXITY_API_KEY",
        prices="perplexity",
    ),
    ProviderInfo(
        name="claude",
        title="Anthropic Claude",
        about="Anthropic's Claude models.",
        default_model="claude-sonnet-5-5",
        models=("claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5"),
        base_url="https://api.anthropic.com",
        key_variable="ANTHROPIC_API_KEY",
        prices="anthropic",
    ),
)

PROVIDERS: Final = {info.name: info for info in CATALOG}
KEYED: Final = tuple(info.name for info in CATALOG if info.needs_key)
OFFLINE: Final = "offline"
