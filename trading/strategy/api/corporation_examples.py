"""What requests about corporations look like, for the API's documentation."""

from __future__ import annotations

from typing import Final

from drf_spectacular.utils import OpenApiExample

NEW: Final = OpenApiExample("By its number", value={"corporation_id": "98000001"}, request_only=True)
CHANGE: Final = OpenApiExample("Amarr's market", value={"region_id": 10_000_043}, request_only=True)
LEND: Final = OpenApiExample("To read", value={"username": "vic", "access": "reader"}, request_only=True)
CORPORATION: Final = OpenApiExample(
    "A corporation",
    value={
        "id": "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b",
        "corporation_id": "98000001",
        "name": "Lantern Works",
        "ticker": "LNTRN",
        "owner": "bob",
        "is_generated": False,
        "region_id": 10_000_002,
        "created_at": "2026-11-22T12:00:00Z",
        "updated_at": "2026-11-22T12:00:00Z",
    },
    response_only=True,
)
KNOWN: Final = OpenApiExample(
    "Wallets",
    value={
        "kind": "wallets",
        "title": "Wallets",
        "scope": "esi-wallet.read_corporation_wallets.v1",
        "snapshot": "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2c",
        "source": "esi",
        "as_of": "2026-11-22T12:00:00Z",
        "until": "2026-11-22T12:05:00Z",
        "facts": [
            {
                "name": "wallet.total",
                "text": "1,234,567,890.12 ISK in all wallets together",
                "value": "1234567890.12",
            }
        ],
    },
    response_only=True,
)
MEMBER: Final = OpenApiExample(
    "A reader",
    value={"username": "vic", "access": "reader", "created_at": "2026-11-22T12:00:00Z"},
    response_only=True,
)
REFRESH: Final = OpenApiExample(
    "Under way",
    value={
        "is_running": True,
        "done": 3,
        "total": 12,
        "kind": "orders",
        "faults": {"assets": "No character is connected that may read this."},
        "at": "2026-11-22T12:00:00Z",
    },
    response_only=True,
    status_codes=["200", "202"],
)
KNOWN_WITH_DATA: Final = OpenApiExample(
    "Wallets, as they are kept",
    value={**KNOWN.value, "data": {"divisions": [{"division": 1, "balance": "1234567890.12"}]}},
    response_only=True,
)
