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
