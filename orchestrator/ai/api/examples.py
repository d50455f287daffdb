"""What requests and answers about AI providers look like, for the API's documentation."""

from __future__ import annotations

from typing import Final

from drf_spectacular.utils import OpenApiExample

KEY: Final = OpenApiExample("A key", value={"key": "gsk_…"}, request_only=True)
OWN: Final = OpenApiExample(
    "Your own key",
    value={
        "provider": "groq",
        "title": "Groq",
        "models": ["openai/gpt-oss-120b", "openai/gpt-oss-20b", "qwen/qwen3.8-27b"],
        "default_model": "openai/gpt-oss-120b",
        "source": "own",
        "last_four": "x7Qp",
        "updated_at": "2026-03-01T12:00:00.000000Z",
        "checked_at": None,
        "fault": None,
    },
    response_only=True,
)
CHECKED: Final = OpenApiExample(
    "It works", value={"works": True, "message": "Groq accepted the key and answered."}, response_only=True
)
BUDGET: Final = OpenApiExample(
    "With a limit",
    value={
        "month": "2026-03",
        "limit": "20.000000",
        "spent": "3.141590",
        "reserved": "0.012000",
        "left": "16.846410",
        "providers": [{"provider": "claude", "calls": 42, "tokens": 88210, "cost": "3.141590"}],
    },
    response_only=True,
)
