"""Chats, webhooks and browsers: what arrives there, how it is signed, and what if they are unwell."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import http_ece  # type: ignore[import-untyped]
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import override_settings
from py_vapid import Vapid02  # type: ignore[import-untyped]

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from orchestrator.executions.models import Notification, NotificationEndpoint, PushSubscription
from orchestrator.executions.services.notifications import webhooks
from orchestrator.executions.services.notifications.browsers import MOST, public_key, subscribe
from orchestrator.executions.services.notifications.delivering import MAX_ATTEMPTS
from orchestrator.executions.services.notifications.steering import add_endpoint, retry_notification
from orchestrator.workflows.models import Workflow
from tests.factories import make_user, make_workflow, node, start
from tests.notifications.conftest import Receiver, Send
from tests.stand_in import Answer, StandIn

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]
BOOM = node("boom", "end", {"status": "failed", "output": "Out of <paper> & ink"})


def failing(name: str = "Nightly <b>") -> Workflow:
    """A workflow that fails and tells only the endpoint ``alerts`` of either kind."""
    channels = ["slack:alerts", "webhook:alerts"]
    return make_workflow(nodes=[BOOM], name=name, settings={"notification_channels": channels})


def told(kind: str, server: StandIn, drain: Drain, send: Send) -> tuple[str, Workflow]:
    """The endpoint's secret, after one run has failed and its notification was sent."""
    flow = failing()
    _, secret = add_endpoint(flow.owner, flow.pk, kind=kind, name="alerts", url=f"{server.url}/T0/secret")
    start(flow)
    drain()
    send()
    return secret, flow


def test_a_chat_gets_text_and_blocks_with_nothing_of_ours_as_marks(
    drain: Drain, send: Send, receiver: Receiver
) -> None:
    server = receiver(lambda request: Answer(body=b"ok"))
    told("slack", server, drain, send)
    [request] = server.received
    body: Any = json.loads(request.body)
    assert set(body) == {"text", "blocks"}
    assert body["text"].startswith("Nightly &lt;b&gt; failed http")
    kinds = [block["type"] for block in body["blocks"]]
    assert kinds[0] == "section"
    assert kinds[-1] == "actions"
    assert "&gt; Out of &lt;paper&gt; &amp; ink" not in request.body.decode(), "the mark of a quote is ours"
    assert "> Out of &lt;paper&gt; &amp; ink" in str(body["blocks"])
    assert request.path == "/T0/secret"
    found = Notification.objects.get(address="slack:alerts")
    assert found.state == "sent"


def test_a_webhook_carries_the_facts_and_a_signature(drain: Drain, send: Send, receiver: Receiver) -> None:
    server = receiver(lambda request: Answer())
    secret, flow = told("webhook", server, drain, send)
    [request] = server.received
    body: Any = json.loads(request.body)
    assert body["type"] == "orchestrator.failure"
    assert body["data"]["workflow"] == {"id": str(flow.pk), "name": flow.name}
    assert body["data"]["error"]["code"] == "ended_failed"
    assert "endpoint" not in body["data"]
    parts = [request.headers["webhook-id"], request.headers["webhook-timestamp"], request.body.decode()]
    digest = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_a_receiver_that_is_unwell_is_tried_again_with_the_same_id(
    drain: Drain, send: Send, receiver: Receiver, status: int
) -> None:
    answers = [Answer(status), Answer(200)]
    server = receiver(lambda request: answers.pop(0))
    told("webhook", server, drain, send)
    found = Notification.objects.get(address="webhook:alerts")
    assert (found.state, found.attempts) == ("pending", 1)
    assert f"HTTP {status}" in found.last_error
    with time_machine.travel(utc_now() + timedelta(minutes=2)):
        send()
    found.refresh_from_db()
    assert (found.state, found.attempts) == ("sent", 2)
    assert len({request.headers["webhook-id"] for request in server.received}) == 1


@pytest.mark.parametrize("asked", ["1200", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_receiver_says_how_long_to_wait(drain: Drain, send: Send, receiver: Receiver, asked: str) -> None:
    server = receiver(lambda request: Answer(429, headers={"retry-after": asked}))
    told("webhook", server, drain, send)
    found = Notification.objects.get(address="webhook:alerts")
    assert found.next_attempt_at - utc_now() > timedelta(minutes=19)  # type: ignore[operator]  # it waits


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_receiver_that_says_no_is_not_asked_again(
    drain: Drain, send: Send, receiver: Receiver, status: int
) -> None:
    server = receiver(lambda request: Answer(status))
    told("webhook", server, drain, send)
    found = Notification.objects.get(address="webhook:alerts")
    assert (found.state, found.last_error) == ("failed", f"The endpoint answered HTTP {status}.")


def test_a_receiver_that_does_not_answer_keeps_nobody_for_long(
    drain: Drain, send: Send, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.3)
    server = receiver(lambda request: Answer(delay_seconds=30))
    told("webhook", server, drain, send)
    found = Notification.objects.get(address="webhook:alerts")
    assert found.state == "pending"
    assert "did not answer" in found.last_error


def test_a_private_address_is_not_called(drain: Drain, send: Send, receiver: Receiver) -> None:
    server = receiver(lambda request: Answer())
    with override_settings(HTTP_ALLOWED_PRIVATE=[]):
        told("webhook", server, drain, send)
    assert not server.received
    found = Notification.objects.get(address="webhook:alerts")
    assert found.state == "failed"
    assert "may not be called" in found.last_error
    assert "secret" not in found.last_error, "the address may hold a secret"


def test_an_endpoint_that_is_missing_is_told_to_the_owner_who_saves_it_and_tries_again(
    drain: Drain, send: Send, receiver: Receiver
) -> None:
    server = receiver(lambda request: Answer())
    flow = failing()
    start(flow)
    drain()
    assert send().given_up == 2
    found = Notification.objects.get(address="slack:alerts")
    assert "no endpoint slack:alerts" in found.last_error
    add_endpoint(flow.owner, flow.pk, kind="slack", name="alerts", url=server.url)
    retry_notification(flow.owner, found.pk)
    assert send().sent == 1
    found.refresh_from_db()
    assert (found.state, found.attempts) == ("sent", 1)


def test_addresses_are_encrypted_and_not_told(receiver: Receiver) -> None:
    flow = make_workflow()
    add_endpoint(flow.owner, flow.pk, kind="slack", name="alerts", url="https://chat.example/T0/secret")
    row = NotificationEndpoint.objects.values().get()
    assert "T0/secret" not in str(row)
    endpoint = NotificationEndpoint.objects.get()
    assert endpoint.opened()[0] == "https://chat.example/T0/secret"
    assert endpoint.host == "chat.example"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("kind", "pigeon"),
        ("name", "Not so"),
        ("name", ""),
        ("url", "ftp://chat.example/"),
        ("url", "https://"),
        ("url", "https://user:word@chat.example/"),
        ("url", "https://chat.example:99999/"),
        ("url", "https://chat.example/" + "x" * 2_000),
    ],
)
def test_an_endpoint_that_is_not_right_is_told_by_field(field: str, wrong: str) -> None:
    flow = make_workflow()
    given = {"kind": "slack", "name": "alerts", "url": "https://chat.example/", field: wrong}
    with pytest.raises(InvalidInput) as caught:
        add_endpoint(flow.owner, flow.pk, **given)
    assert list(caught.value.fields) == [field]


class Browser:
    """The keys of a browser, and what it can read."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"

    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _text(point), "auth": _text(self.auth)}

    def read(self, body: bytes) -> Any:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return json.loads(plain)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def push_to(user: User, server: StandIn, browser: Browser, path: str = "/send/1") -> PushSubscription:
    made = subscribe(user, endpoint=f"https://push.example{path}", browser="Firefox", **browser.keys())
    PushSubscription.objects.filter(pk=made.pk).update(endpoint=f"{server.url}{path}")  # no TLS here
    return made


def test_a_browser_reads_what_only_it_can_read(drain: Drain, send: Send, receiver: Receiver) -> None:
    server, browser = receiver(lambda request: Answer(201)), Browser()
    flow = make_workflow(nodes=[BOOM], name="Nightly")
    User.objects.filter(pk=flow.owner_id).update(notify_email=False)
    flow.refresh_from_db()
    push_to(flow.owner, server, browser)
    run = start(flow)
    drain()
    assert send().sent == 1
    [request] = server.received
    assert b"Nightly" not in request.body
    shown = browser.read(request.body)
    assert shown["title"] == "Nightly failed"
    assert shown["url"].endswith(f"/executions/{run.pk}/")
    assert request.headers["content-encoding"] == "aes128gcm"
    assert int(request.headers["ttl"]) > 0
    assert Vapid02.verify(request.headers["authorization"])
    assert f"k={public_key()}" in request.headers["authorization"]


def test_a_browser_that_has_left_is_forgotten(drain: Drain, send: Send, receiver: Receiver) -> None:
    server = receiver(lambda request: Answer(410))
    flow = make_workflow(nodes=[BOOM])
    User.objects.filter(pk=flow.owner_id).update(notify_email=False)
    flow.refresh_from_db()
    push_to(flow.owner, server, Browser())
    start(flow)
    drain()
    assert send().given_up == 1
    assert not PushSubscription.objects.exists()


def test_a_push_service_that_is_unwell_is_tried_again(drain: Drain, send: Send, receiver: Receiver) -> None:
    server = receiver(lambda request: Answer(502))
    flow = make_workflow(nodes=[BOOM])
    User.objects.filter(pk=flow.owner_id).update(notify_email=False)
    flow.refresh_from_db()
    push_to(flow.owner, server, Browser())
    start(flow)
    drain()
    now = utc_now()
    for _ in range(MAX_ATTEMPTS):
        with time_machine.travel(now):
            send()
        now += timedelta(days=1)
    assert Notification.objects.get().state == "failed"
    assert len(server.received) == MAX_ATTEMPTS


def test_a_browser_belongs_to_who_subscribed_last_and_a_person_has_few() -> None:
    ann, ben = make_user("ann"), make_user("ben")
    keys = Browser().keys()
    subscribe(ann, endpoint="https://push.example/1", **keys)
    again = subscribe(ann, endpoint="https://push.example/1", **keys)
    assert PushSubscription.objects.count() == 1
    ann.refresh_from_db()
    assert ann.notify_push, "whoever allows it wants it"
    subscribe(ben, endpoint="https://push.example/1", **keys)
    assert not PushSubscription.objects.filter(pk=again.pk).exists()
    for number in range(MOST + 3):
        subscribe(ann, endpoint=f"https://push.example/a{number}", **keys)
    assert PushSubscription.objects.filter(user=ann).count() == MOST


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/1"},
        {"endpoint": "javascript:alert(1)"},
        {"p256dh": "AAAA"},
        {"p256dh": _text(b"\x04" + b"\x01" * 64)},
        {"auth": "AAAA"},
        {"auth": "not base64 !"},
    ],
)
def test_what_is_no_subscription_is_refused(wrong: dict[str, str]) -> None:
    given = {"endpoint": "https://push.example/1", **Browser().keys(), **wrong}
    with pytest.raises(InvalidInput) as caught:
        subscribe(make_user(), **given)
    assert list(caught.value.fields) == list(wrong)
