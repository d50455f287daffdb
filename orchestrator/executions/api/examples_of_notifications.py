"""What requests and answers about notifications look like, for the API's documentation."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_SENT: Final[dict[str, Any]] = {
    "id": "0198f2c4-9d01-7b11-8c22-1a2b3c4d5e70",
    "kind": "failure",
    "medium": "webhook",
    "state": "sent",
    "subject": "Order approval failed",
    "recipient": None,
    "address": "slack:alerts",
    "count": 1,
    "workflow": "0198f2c0-11aa-7d0e-8f00-5a4b3c2d1e0f",
    "execution": "0198f2c4-6b1e-7c3a-9a55-2f1d6e8b4c10",
    "approval": None,
    "attempts": 1,
    "next_attempt_at": None,
    "last_error": "",
    "created_at": "2026-03-01T12:00:02.000000Z",
    "sent_at": "2026-03-01T12:00:03.000000Z",
}
_ENDPOINT: Final[dict[str, Any]] = {
    "id": "0198f2c4-9d02-7b11-8c22-1a2b3c4d5e71",
    "kind": "slack",
    "name": "alerts",
    "host": "hooks.slack.com",
    "created_at": "2026-03-01T11:00:00.000000Z",
}

SENT: Final = OpenApiExample("Sent to a chat", value=_SENT, response_only=True)
NEW_ENDPOINT: Final = OpenApiExample(
    "A chat",
    value={"kind": "slack", "name": "alerts", "url": "https://hooks.slack.com/services/T000/B000/secret"},
    request_only=True,
)
ADDED_ENDPOINT: Final = OpenApiExample(
    "Saved", value={**_ENDPOINT, "secret": "kQ2…"}, response_only=True, status_codes=["201"]
)
SUBSCRIBE: Final = OpenApiExample(
    "What a browser says",
    value={
        "endpoint": "https://push.example/send/abc",
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7…",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
        "browser": "Firefox on Linux",
    },
    request_only=True,
)
