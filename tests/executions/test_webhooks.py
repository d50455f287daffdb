"""Webhooks: who may deliver, what starts a run, what starts it only once, and what the sender is told."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Execution
from orchestrator.executions.services.receiving import KEPT, replay_delivery
from orchestrator.workflows.domain.payloads import HIDDEN, MAX_BYTES
from orchestrator.workflows.models import Trigger, TriggerDelivery
from orchestrator.workflows.services.triggers import change_trigger, create_trigger, rotate_secret
from tests.factories import fresh, make_workflow

pytestmark = pytest.mark.django_db
JSON = "application/json"
SECRET = "a secret that both sides know"


def signed(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def make_hook(**fields: Any) -> Trigger:
    settings = fields.pop("settings", {})
    workflow = make_workflow(settings=settings)
    return create_trigger(workflow.owner, workflow.pk, kind="webhook", name="Hook", **fields)


def address(hook: Trigger) -> str:
    return f"/hooks/{hook.pk}/{hook.address_secret}/"


def deliver(hook: Trigger, body: Any = None, **headers: Any) -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers.setdefault("content_type", JSON)
    kind = headers.pop("content_type")
    return Client().post(address(hook), sent, content_type=kind, headers=headers)


def test_a_delivery_starts_a_run_with_its_body_as_the_input() -> None:
    hook = make_hook()
    answer = deliver(hook, {"order": 7})
    assert answer.status_code == 202
    run = Execution.objects.get()
    assert answer.json()["execution"] == str(run.pk)
    assert run.input == {"order": 7}
    assert (run.trigger["type"], run.trigger["id"]) == ("webhook", str(hook.pk))
    assert run.started_by == hook.workflow.owner
    delivery = hook.deliveries.get()
    assert (delivery.status, delivery.payload, delivery.execution_id) == ("started", {"order": 7}, run.pk)
    hook.refresh_from_db()
    assert (hook.started_count, hook.last_execution_id) == (1, run.pk)


def test_a_form_is_read_as_an_object_of_texts() -> None:
    answer = deliver(make_hook(), b"a=1&b=x&b=y&c=", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 202
    assert Execution.objects.get().input == {"a": "1", "b": ["x", "y"], "c": ""}


def test_the_input_is_made_from_body_headers_and_query() -> None:
    template = {
        "id": {"=": "trigger.payload.id"},
        "event": "{{ trigger.headers['x-github-event'] }} of {{ trigger.query.team }}",
    }
    hook = make_hook(input=template)
    sent = json.dumps({"id": 3}).encode()
    headers = {"X-GitHub-Event": "push"}
    Client().post(f"{address(hook)}?team=red", sent, content_type=JSON, headers=headers)
    assert Execution.objects.get().input == {"id": 3, "event": "push of red"}


@pytest.mark.parametrize("secret", ["wrong", "x" * 43])
def test_a_wrong_address_is_no_webhook(secret: str) -> None:
    hook = make_hook()
    answer = Client().post(f"/hooks/{hook.pk}/{secret}/", b"{}", content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not hook.deliveries.exists()


def test_a_new_address_ends_the_old_one_at_once() -> None:
    hook = make_hook()
    before = address(hook)
    after = address(rotate_secret(hook.workflow.owner, hook.workflow_id, hook.pk))
    assert Client().post(before, b"{}", content_type=JSON).status_code == 404
    assert Client().post(after, b"{}", content_type=JSON).status_code == 202


def test_the_secret_of_the_address_is_not_in_the_database() -> None:
    hook = make_hook(signature="hmac", signing_secret=SECRET)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, signing_secret FROM workflows_trigger")
        stored = cursor.fetchone()
    assert hook.address_secret not in stored[0]
    assert SECRET not in stored[1]


def test_a_signed_body_is_taken_and_another_body_with_its_signature_is_not() -> None:
    hook = make_hook(signature="hmac", signing_secret=SECRET)
    good = "sha256=" + signed(b'{"a": 1}')
    assert deliver(hook, b'{"a": 1}', **{"X-Hub-Signature-256": good}).status_code == 202
    answer = deliver(hook, b'{"a": 2}', **{"X-Hub-Signature-256": good})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "X-Hub-Signature-256" in answer.json()["detail"]
    assert Execution.objects.count() == 1
    refused = hook.deliveries.latest("id")
    assert (refused.status, refused.http_status, refused.payload) == ("rejected", 401, None)


def test_a_missing_signature_is_refused_with_the_name_of_the_header() -> None:
    hook = make_hook(signature="hmac", signing_secret=SECRET, signature_header="X-Shop-Signature")
    answer = deliver(hook, {})
    assert answer.status_code == 401
    assert "X-Shop-Signature is missing" in answer.json()["detail"]


def test_an_old_signature_with_a_time_is_refused() -> None:
    hook = make_hook(signature="timestamped", signing_secret=SECRET, tolerance_seconds=60)
    now = int(utc_now().timestamp())
    fresh_one, old_one = (f"t={at},v1={signed(b'%d.{}' % at)}" for at in (now, now - 90))
    assert deliver(hook, b"{}", **{"Stripe-Signature": fresh_one}).status_code == 202
    answer = deliver(hook, b"{}", **{"Stripe-Signature": old_one})
    assert answer.status_code == 401
    assert "60 s are allowed" in answer.json()["detail"]


def test_the_same_key_starts_one_run() -> None:
    hook = make_hook(idempotency_header="X-GitHub-Delivery")
    first = deliver(hook, {"n": 1}, **{"X-GitHub-Delivery": "abc"})
    again = deliver(hook, {"n": 1}, **{"X-GitHub-Delivery": "abc"})
    other = deliver(hook, {"n": 1}, **{"X-GitHub-Delivery": "def"})
    assert [answer.status_code for answer in (first, again, other)] == [202, 200, 202]
    assert again.json()["execution"] == first.json()["execution"] != other.json()["execution"]
    assert again.json()["status"] == "duplicate"


def test_the_same_body_starts_one_run_within_the_window() -> None:
    hook = make_hook(dedupe_seconds=60)
    first, again, other = deliver(hook, {"n": 1}), deliver(hook, {"n": 1}), deliver(hook, {"n": 2})
    assert [answer.status_code for answer in (first, again, other)] == [202, 200, 202]
    hook.deliveries.update(received_at=utc_now() - timedelta(seconds=61))
    assert deliver(hook, {"n": 1}).status_code == 202


def test_what_the_condition_does_not_want_is_ignored() -> None:
    hook = make_hook(condition="trigger.payload.action == 'opened'")
    ignored, taken = deliver(hook, {"action": "closed"}), deliver(hook, {"action": "opened"})
    assert (ignored.status_code, ignored.json()["status"], ignored.json()["execution"]) == (
        202,
        "ignored",
        None,
    )
    assert taken.json()["status"] == "started"
    assert Execution.objects.count() == 1


def test_a_body_for_which_the_condition_has_no_value_is_told_so() -> None:
    answer = deliver(make_hook(condition="trigger.payload.action == 'opened'"), {"other": 1})
    assert answer.status_code == 400
    assert "action" in answer.json()["detail"]


def test_an_input_that_does_not_fit_the_schema_is_told_by_field() -> None:
    schema = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}
    hook = make_hook(settings={"input_schema": schema})
    answer = deliver(hook, {"amount": "much"})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["input.amount"]
    assert hook.deliveries.get().status == "failed"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (rb'{"a": "\u0000"}', JSON, 400),
        (b"[" * 60 + b"]" * 60, JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(2_000)), "application/x-www-form-urlencoded", 400),
        (b"hello", "text/plain", 415),
        (b"hello", "", 415),
        (b"hello", "multipart/form-data; boundary=x", 415),
        (b'"' + b"x" * MAX_BYTES + b'"', JSON, 413),
        (b"", JSON, 202),
        (b"null", "application/vnd.api+json; charset=utf-8", 202),
    ],
)
def test_garbage_is_refused_with_a_problem(body: bytes, kind: str, status: int) -> None:
    answer = deliver(make_hook(), body, content_type=kind)
    assert answer.status_code == status
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"]
        assert not Execution.objects.exists()


@pytest.mark.parametrize(
    "value", ["t=1", "v1=ab", "t=x,v1=y", "t=9999999999999,v1=a", "=,=,=", "t=²,v1=é", "\xff"]
)
def test_a_garbled_signature_is_refused(value: str) -> None:
    hook = make_hook(signature="timestamped", signing_secret=SECRET)
    assert deliver(hook, b"{}", **{"Stripe-Signature": value}).status_code == 401


def test_a_get_starts_nothing() -> None:
    assert Client().get(address(make_hook())).status_code == 405


def test_a_webhook_that_is_off_says_so() -> None:
    hook = make_hook(enabled=False)
    assert deliver(hook, {}).status_code == 409
    assert not Execution.objects.exists()


def test_more_than_the_limit_a_minute_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.executions.services.receiving.time.time", lambda: 1_900_000_010.0)
    hook = make_hook(rate_per_minute=2)
    answers = [deliver(hook, {"n": n}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert hook.deliveries.count() == 2


def test_secrets_in_headers_are_not_kept() -> None:
    hook = make_hook()
    deliver(
        hook,
        {},
        Authorization="Bearer abc",
        Cookie="a=b",
        **{"X-Api-Key": "k", "X-Shop-Token": "t", "X-Ok": "v"},
    )
    kept = hook.deliveries.get().headers
    assert kept["x-ok"] == "v"
    assert {kept[name] for name in ("authorization", "cookie", "x-api-key", "x-shop-token")} == {HIDDEN}


def test_only_the_latest_deliveries_are_kept() -> None:
    hook = make_hook(rate_per_minute=1_000)
    TriggerDelivery.objects.bulk_create(
        TriggerDelivery(trigger=hook, status="ignored", http_status=202) for _ in range(KEPT + 5)
    )
    deliver(hook, {"last": True})
    assert hook.deliveries.count() == KEPT
    assert hook.deliveries.latest("id").payload == {"last": True}


def test_a_delivery_can_be_replayed_with_what_the_trigger_makes_of_it_now() -> None:
    hook = make_hook()
    deliver(hook, {"order": 7}, **{"Idempotency-Key": "k"})
    owner = hook.workflow.owner
    change_trigger(owner, hook.workflow_id, hook.pk, input={"number": {"=": "trigger.payload.order"}})
    first = hook.deliveries.get()
    run = fresh(replay_delivery(owner, hook.workflow_id, hook.pk, first.pk))
    assert run.input == {"number": 7}
    assert run.trigger["replay"] is True
    assert hook.deliveries.latest("id").replay_of == first
