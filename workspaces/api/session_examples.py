"""What requests about candles, sessions and corrections look like, for the API's documentation."""

from __future__ import annotations

from typing import Final

from drf_spectacular.utils import OpenApiExample

_CANDLES: Final = "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b"

MADE_UP: Final = OpenApiExample(
    "2,000 hours",
    value={"name": "Generated", "bars": 2000, "seed": 7, "step_seconds": 3600},
    request_only=True,
)
START: Final = OpenApiExample(
    "A month, with wider swings",
    value={
        "candles": _CANDLES,
        "since": "2026-10-01T00:00:00Z",
        "until": "2026-10-31T23:00:00Z",
        "parameters": {"left": 8, "right": 8},
    },
    request_only=True,
)
RIGHT: Final = OpenApiExample("Right", value={"verdict": "right"}, request_only=True)
ADJUST: Final = OpenApiExample(
    "It lies at another bar",
    value={"verdict": "adjust", "bar": 412, "price": 104.2, "note": "The wick counts"},
    request_only=True,
)
MISSED: Final = OpenApiExample(
    "A swing that was not seen",
    value={"bar": 387, "kind": "swing_high", "direction": "bearish", "price": 108.9},
    request_only=True,
)
CASE: Final = OpenApiExample(
    "A swing that every version has to see",
    value={
        "id": "019a2f70-4f6e-7c1a-9f51-0f4f6a3c2d10",
        "workspace": "019a2f70-1b22-7d04-8c1f-4c7a2e9b1f00",
        "feedback": "019a2f70-4e10-7b3e-a1d5-2b8c6f0e7a44",
        "session": "019a2f70-3a5c-7e90-b6c2-9d1f5a8e3b21",
        "candles": "019a2f70-2c41-7f18-9e37-6a0d4b7c8e55",
        "first_bar": 0,
        "last_bar": 1499,
        "verdict": "missed",
        "kind": "swing_high",
        "direction": "bearish",
        "at": 1764547200,
        "price": 108.9,
        "note": "The wick counts",
        "standing": "held",
        "last_tested": "held",
        "accepted_by_run": "019a2f71-0d3b-7a62-8f04-5e9c1b7d6a30",
        "created_at": "2026-11-21T09:30:00Z",
    },
    response_only=True,
)
