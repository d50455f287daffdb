"""Notifications in the browser: Web Push (RFC 8030), encrypted for the browser and signed by VAPID."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from py_vapid import Vapid02  # type: ignore[import-untyped]
from pywebpush import WebPusher, WebPushException  # type: ignore[import-untyped]

from orchestrator.core import json
from orchestrator.executions.models import PushSubscription
from orchestrator.executions.services.notifications.messages import Message
from orchestrator.executions.services.notifications.outcomes import GivenUp, Gone
from orchestrator.executions.services.notifications.webhooks import deliver, refusal

TTL_SECONDS: Final = 24 * 3_600
_TOKEN_SECONDS: Final = 12 * 3_600
_MOST_BODY: Final = 300


def push(message: Message, browser: PushSubscription, *, dedupe_key: str, now: datetime) -> None:
    """Hand it to the browser's push service. Raises Again, GivenUp, or Gone if the browser has left."""
    topic = hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]
    shown = json.dumps(
        {
            "title": message.heading[:100],
            "body": "\n".join((*message.lines[:1], message.quote))[:_MOST_BODY].strip(),
            "url": message.action[1] if message.action else settings.BASE_URL,
            "tag": topic,
        }
    )
    headers = {
        **_authorization(browser.endpoint, now),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(TTL_SECONDS),
        "topic": topic,
        "urgency": "high" if message.tone == "waiting" else "normal",
    }
    response = deliver(browser.endpoint, _encrypted(browser, shown), headers)
    if response.status_code in (404, 410):
        raise Gone("The browser no longer takes notifications.")
    if response.status_code >= 300:
        raise refusal(response, "The browser's push service")


def _encrypted(browser: PushSubscription, content: bytes) -> bytes:
    info = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    try:
        body: Any = WebPusher(info).encode(content)["body"]
    except (WebPushException, ValueError) as error:
        raise GivenUp("The keys that the browser gave are not right.") from error
    return bytes(body)


def _authorization(endpoint: str, now: datetime) -> dict[str, str]:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(now.timestamp()) + _TOKEN_SECONDS,
        "sub": settings.VAPID_SUBJECT,
    }
    signed: dict[str, str] = Vapid02.from_raw(settings.VAPID_PRIVATE_KEY.encode()).sign(claims)
    return signed
