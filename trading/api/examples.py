"""What requests about tapes, portfolios and orders look like, for the API's documentation."""

from __future__ import annotations

from typing import Final

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

_TAPE: Final = "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b"

IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Asked again with it, the same is given"
)
GENERATE: Final = OpenApiExample(
    "20,000 messages about three markets",
    value={"name": "Autumn", "seed": 7, "messages": 20_000, "markets": 3, "resolves": True},
    request_only=True,
)
RECORD: Final = OpenApiExample(
    "Both outcomes of a market",
    value={
        "name": "Harbour bill",
        "tokens": [
            "21742633143463906290569050155826241533067272736897614950488156847949938836455",
            "48331043336612883890938759509493159234755048973500640148014422747788308965732",
        ],
    },
    request_only=True,
)
TAPE: Final = OpenApiExample(
    "A generated tape",
    value={
        "id": _TAPE,
        "name": "Autumn",
        "owner": "019a1b2c-0000-7f50-8a6b-7c8d9e0f1a2b",
        "origin": "generated",
        "status": "ready",
        "tokens": ["generated-7-0-no", "generated-7-0-yes"],
        "seed": 7,
        "message_count": 20_004,
        "byte_count": 143_872,
        "gap_count": 0,
        "first_at": "2026-01-01T00:00:00Z",
        "last_at": "2026-01-01T00:11:31.402000Z",
        "heard_at": None,
        "lag_ms": None,
        "message_rate": None,
        "trouble": "",
        "stop_asked_at": None,
        "error": "",
        "created_at": "2026-11-21T09:30:00Z",
    },
    response_only=True,
)
PORTFOLIO: Final = OpenApiExample(
    "10,000 USDC on paper", value={"name": "Autumn trial", "cash": "10000"}, request_only=True
)
MONEY: Final = OpenApiExample(
    "250 USDC", value={"amount": "250.00", "memo": "Second round"}, request_only=True
)
LIMIT_ORDER: Final = OpenApiExample(
    "Buy 25 tokens at 42 cents or better",
    value={
        "portfolio": "019a1b2c-1111-7f50-8a6b-7c8d9e0f1a2b",
        "tape": _TAPE,
        "client_order_id": "autumn-1",
        "token": "generated-7-0-yes",
        "side": "buy",
        "type": "limit",
        "price": "0.42",
        "size": "25",
        "time_in_force": "gtc",
    },
    request_only=True,
)
MARKET_ORDER: Final = OpenApiExample(
    "Spend 50 USDC at once",
    value={
        "portfolio": "019a1b2c-1111-7f50-8a6b-7c8d9e0f1a2b",
        "tape": _TAPE,
        "client_order_id": "autumn-2",
        "token": "generated-7-0-yes",
        "side": "buy",
        "type": "market",
        "amount": "50",
        "time_in_force": "fak",
    },
    request_only=True,
)
