"""The HTTP actions: ``http.request`` calls anything, ``webhook.send`` tells somebody something."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

import httpx
from django.conf import settings
from pydantic import Field

from orchestrator.core import json, outgoing
from orchestrator.core.json import Json, JsonObject, NotJson
from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect
from orchestrator.graphs.steps import Outcome, StepContext, StepError, Succeeded

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
RETRY_STATUSES: Final = frozenset({408, 425, 429})

Url = Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"(?i)^https?://")]


class HttpRequest(NodeConfig):
    method: Literal["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"] = "GET"
    url: Url
    query: dict[str, str | int | float | bool] = Field(default={}, description="Added to the URL")
    headers: dict[str, str] = {}
    body: Any = Field(default=None, description="Sent as JSON; a text is sent as it is")
    fail_on: Literal["server", "error", "never"] = Field(
        default="server",
        description="Which answers fail the step: 5xx, 408 and 429; everything from 400; or none",
    )
    repeatable: bool = Field(
        default=False,
        description="A POST or PATCH may be sent again after a crash (the receiver knows the key)",
    )

    @property
    def effect(self) -> Effect:
        return Effect.IDEMPOTENT if self.method in SAFE_METHODS or self.repeatable else Effect.ONCE


class WebhookSend(NodeConfig):
    url: Url
    event: str = Field(default="workflow.event", min_length=1, max_length=100, description="Kind of event")
    payload: Any = None

    @property
    def effect(self) -> Effect:
        return Effect.IDEMPOTENT  # the receiver recognises a repeated message by its id


async def request(step: StepContext, config: HttpRequest) -> Outcome:
    """Output: ``{status, headers, body}``; the body is JSON where the answer says so, else text."""
    headers = {key.lower(): value for key, value in config.headers.items()}
    if config.method not in SAFE_METHODS:
        headers.setdefault("idempotency-key", step.idempotency_key)
    content = None
    if isinstance(config.body, str):
        content = config.body.encode()
    elif config.body is not None:
        content = json.dumps(config.body)
        headers.setdefault("content-type", "application/json")
    answer = await _send(config.method, config.url, config.query, headers, content)
    _check_status(answer, config.fail_on)
    return Succeeded(answer)


async def send_webhook(step: StepContext, config: WebhookSend) -> Outcome:
    """A signed POST as the Standard Webhooks specification has it. Output: ``{status, id}``."""
    message: JsonObject = {"type": config.event, "timestamp": step.now.isoformat(), "data": config.payload}
    body = json.dumps(message)
    message_id = hashlib.sha256(step.idempotency_key.encode()).hexdigest()[:32]
    stamp = str(int(step.now.timestamp()))
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(message_id, stamp, body),
    }
    answer = await _send("POST", config.url, {}, headers, body)
    _check_status(answer, "error")
    return Succeeded({"status": answer["status"], "id": message_id})


def sign(message_id: str, timestamp: str, body: bytes) -> str:
    """``v1,`` and the base64 HMAC-SHA256 of ``id.timestamp.body`` under the server's webhook secret."""
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    digest = hmac.new(settings.WEBHOOK_SECRET.encode(), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


async def _send(
    method: str, url: str, query: Mapping[str, Any], headers: Mapping[str, str], content: bytes | None
) -> dict[str, Json]:
    try:
        async with (
            outgoing.client() as client,
            client.stream(
                method, httpx.URL(url).copy_merge_params(query), headers=headers, content=content
            ) as response,
        ):
            body = await outgoing.read_body(response)
    except (outgoing.ForbiddenAddress, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise StepError("forbidden_url", str(error), retryable=False) from error
    except outgoing.BodyTooLarge as error:
        raise StepError("answer_too_large", str(error), retryable=False) from error
    except httpx.TimeoutException as error:
        sent = not isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
        message = f"{_host(url)} did not answer in time."
        raise StepError("http_timeout", message, uncertain=sent) from error
    except httpx.HTTPError as error:
        sent = not isinstance(error, httpx.ConnectError)
        message = f"{_host(url)} could not be called: {_reason(error)}"
        raise StepError("http_error", message, uncertain=sent) from error
    return {
        "status": response.status_code,
        "headers": {key: value for key, value in response.headers.items() if key != "set-cookie"},
        "body": _decode(response, body),
    }


def _decode(response: httpx.Response, body: bytes) -> Json:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and (kind == "application/json" or kind.endswith("+json")):
        try:
            parsed: Json = json.loads(body)
        except NotJson as error:
            message = f"The answer says it is JSON and is not: {error}"
            acted = _may_have_acted(response.status_code)
            raise StepError("bad_json", message, uncertain=acted) from error
        return parsed
    return body.decode(response.encoding or "utf-8", errors="replace").replace("\x00", "\ufffd")


def _may_have_acted(status: int) -> bool:
    """Whether the receiver may have done what it was asked: not if it refused, or was not there."""
    return status < 400 or (status >= 500 and status != HTTPStatus.SERVICE_UNAVAILABLE)


def _check_status(answer: Mapping[str, Any], fail_on: str) -> None:
    status = answer["status"]
    again = status >= 500 or status in RETRY_STATUSES
    if fail_on == "never" or status < 400 or (fail_on == "server" and not again):
        return
    details: JsonObject = {"status": status}
    if (seconds := outgoing.seconds_of(answer["headers"].get("retry-after", ""))) is not None:
        details["retry_after_seconds"] = seconds
    message = f"The answer was HTTP {status}."
    raise StepError(
        "http_status", message, retryable=again, details=details, uncertain=_may_have_acted(status)
    )


def _host(url: str) -> str:
    """The URL without what may hold a secret."""
    return httpx.URL(url).host


def _reason(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__
