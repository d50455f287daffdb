"""Notifications as webhooks: Slack's form of message, signed as Standard Webhooks has it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import httpx

from orchestrator.core import json, outgoing
from orchestrator.core.json import JsonObject
from orchestrator.executions.domain.arrivals import to_iso
from orchestrator.executions.services.notifications.messages import Message
from orchestrator.executions.services.notifications.outcomes import Again, GivenUp

TIMEOUT_SECONDS: Final = 10.0
_AGAIN: Final = frozenset({408, 409, 425, 429})
_MOST_WAIT_SECONDS: Final = 3_600.0
_MARKS: Final = {"good": ":white_check_mark:", "bad": ":x:", "waiting": ":hourglass_flowing_sand:"}


def slack_body(message: Message) -> JsonObject:
    """``{"text": …, "blocks": […]}``; the text is what clients without blocks show."""
    head = f"{_MARKS[message.tone]} *{_escaped(message.heading)}*"
    blocks: list[Any] = [_section(head)]
    if message.lines:
        blocks.append(_section("\n".join(map(_escaped, message.lines))))
    if message.quote:
        quoted = "\n".join(f"> {_escaped(line)}" for line in message.quote.splitlines())
        blocks.append(_section(quoted))
    if message.facts:
        fields = [
            {"type": "mrkdwn", "text": f"*{_escaped(name)}*\n{_escaped(value)}"[:2000]}
            for name, value in message.facts[:10]
        ]
        blocks.append({"type": "section", "fields": fields})
    text = f"{message.subject}"
    if message.action is not None:
        label, url = message.action
        button = {"type": "button", "text": {"type": "plain_text", "text": label}, "url": url}
        blocks.append({"type": "actions", "elements": [button]})
        text = f"{text} {url}"
    return {"text": _escaped(text), "blocks": blocks}


def webhook_body(message: Message, *, kind: str, at: datetime, data: Mapping[str, Any]) -> JsonObject:
    """Slack's form with the facts beside it, for receivers that do more than show them."""
    return {**slack_body(message), "type": kind, "timestamp": to_iso(at), "data": dict(data)}


def post_webhook(url: str, secret: str, body: JsonObject, *, dedupe_key: str, now: datetime) -> None:
    """Deliver it. Raises Again or GivenUp. A repetition carries the same ``webhook-id``."""
    content = json.dumps(body)
    message_id = hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]
    stamp = str(int(now.timestamp()))
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(secret, message_id, stamp, content),
    }
    response = deliver(url, content, headers)
    if response.status_code < 300:
        return
    raise refusal(response, "The endpoint")


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """``v1,`` and the base64 HMAC-SHA256 of ``id.timestamp.body`` under the endpoint's own secret."""
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def deliver(url: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
    """POST to an address of somebody's choice, guarded as all outgoing HTTP. Raises Again or GivenUp."""
    try:
        return asyncio.run(_post(url, content, headers))
    except (outgoing.ForbiddenAddress, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise GivenUp(f"This address may not be called: {error}"[:400]) from error
    except httpx.TooManyRedirects as error:
        raise GivenUp("The endpoint redirects in circles.") from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise Again(f"{_host(url)} did not answer within {TIMEOUT_SECONDS:.0f} s.") from error
    except httpx.HTTPError as error:
        raise Again(f"{_host(url)} could not be called: {type(error).__name__}.") from error


async def _post(url: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
    async with (
        asyncio.timeout(TIMEOUT_SECONDS),
        outgoing.client() as client,
        client.stream("POST", url, content=content, headers=dict(headers)) as response,
    ):
        return response  # what it says beyond its status and headers is of no interest


def refusal(response: httpx.Response, who: str) -> Again | GivenUp:
    """What an answer that is no success means."""
    status = response.status_code
    message = f"{who} answered HTTP {status}."
    if status < 500 and status not in _AGAIN:
        return GivenUp(message)
    asked = outgoing.seconds_of(response.headers.get("retry-after", "")) or 0.0
    return Again(message, after_seconds=min(asked, _MOST_WAIT_SECONDS))


def _section(text: str) -> JsonObject:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}


def _escaped(text: str) -> str:
    """Slack reads three characters as its own; everything else is shown as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _host(url: str) -> str:
    """The address without what may be secret."""
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return "The endpoint"
