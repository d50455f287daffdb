"""``http.request`` and ``webhook.send`` against a local stand-in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from orchestrator.core import json
from orchestrator.executions.domain.record import MAX_BACKOFF
from orchestrator.executions.models import EventRow, Execution
from tests.factories import chain, expression, fresh, make_workflow, node, start, step
from tests.stand_in import Answer, Received, StandIn, stand_in

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


def call(url: str, **options: Any) -> dict[str, Any]:
    data = {key: options.pop(key) for key in ("retry", "timeout_seconds", "on_error") if key in options}
    return node("call", "action", {"action": "http.request", "with": {"url": url, **options}}, **data)


def run(drain: Drain, settings: Settings, server: StandIn, **options: Any) -> Execution:
    """One request to the stand-in, which is allowed although it is on loopback."""
    settings.HTTP_ALLOWED_PRIVATE = [server.address]
    path = options.pop("path", "/")
    execution = start(make_workflow(nodes=[call(f"{server.url}{path}", **options)]), {"q": "a b&c"})
    drain()
    return fresh(execution)


def output(execution: Execution) -> Any:
    assert execution.status == "completed", execution.error
    return execution.steps.get(node_id="call", status="success").output


def test_a_json_answer_comes_as_json_with_status_and_headers(drain: Drain, settings: Settings) -> None:
    with stand_in(
        lambda request: Answer(201, b'{"n": 1.5}', {"content-type": "application/json", "x-y": "z"})
    ) as server:
        got = output(run(drain, settings, server))
    assert (got["status"], got["body"], got["headers"]["x-y"]) == (201, {"n": 1.5}, "z")


def test_what_is_sent_is_what_was_configured(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer()) as server:
        run(
            drain,
            settings,
            server,
            method="PUT",
            path="/things?a=1",
            query={"q": expression("input.q")},
            headers={"X-Key": "k"},
            body={"name": "{{ input.q }}"},
        )
        request = server.received[0]
    assert (request.method, request.path) == ("PUT", "/things?a=1&q=a+b%26c")
    assert request.headers["x-key"] == "k"
    assert json.loads(request.body) == {"name": "a b&c"}


def test_a_post_carries_an_idempotency_key(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer()) as server:
        execution = run(drain, settings, server, method="POST", body={})
        key = server.received[0].headers["idempotency-key"]
    assert key.startswith(str(execution.pk))


def test_a_text_answer_is_text_and_a_nul_in_it_is_replaced(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(200, b"a\x00b", {"content-type": "text/plain"})) as server:
        assert output(run(drain, settings, server))["body"] == "a\ufffdb"


def test_a_client_error_passes_as_an_answer_unless_told_otherwise(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(404)) as server:
        assert output(run(drain, settings, server))["status"] == 404
        assert run(drain, settings, server, fail_on="error").error["code"] == "http_status"


def test_a_server_error_is_retried_and_retry_after_is_heeded(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(503, headers={"retry-after": "120"})) as server:
        execution = run(drain, settings, server, retry={"max_attempts": 2, "backoff_seconds": 1})
    assert execution.status == "waiting"
    assert execution.wake_at is not None
    wait = execution.wake_at - execution.steps.get().finished_at
    assert 119 < wait.total_seconds() <= 121


@pytest.mark.parametrize("asked", ["9" * 400, "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_pause_of_years_is_no_longer_than_the_longest(drain: Drain, settings: Settings, asked: str) -> None:
    with stand_in(lambda request: Answer(503, headers={"retry-after": asked})) as server:
        execution = run(drain, settings, server, retry={"max_attempts": 2, "backoff_seconds": 1})
    assert execution.wake_at is not None
    assert execution.wake_at - execution.steps.get().finished_at <= MAX_BACKOFF


def test_an_answer_that_is_not_the_json_it_claims_to_be_is_told(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(200, b"{oops")) as server:
        assert run(drain, settings, server).error["code"] == "bad_json"


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "answer",
    [Answer(200, b"{oops", JSON), Answer(500), Answer(501), Answer(502), Answer(504), Answer(507),
     Answer(599), Answer(500, b"{oops", JSON)],
)  # fmt: skip
def test_a_post_that_may_have_taken_place_is_not_repeated_but_asked_about(
    drain: Drain, settings: Settings, answer: Answer
) -> None:
    with stand_in(lambda request: answer) as server:
        execution = run(drain, settings, server, method="POST", body={}, retry={"max_attempts": 3})
        assert len(server.received) == 1
    assert execution.status == "waiting"
    assert execution.approvals.filter(status="pending").count() == 1
    assert EventRow.objects.filter(execution_id=execution.pk, type="step_stuck").exists()


@pytest.mark.parametrize("answer", [Answer(503), Answer(429), Answer(503, b"{oops", JSON)])
def test_a_post_that_was_surely_refused_is_repeated(drain: Drain, settings: Settings, answer: Answer) -> None:
    with stand_in(lambda request: answer) as server:
        execution = run(
            drain, settings, server, method="POST", body={}, retry={"max_attempts": 3, "backoff_seconds": 60}
        )
    assert execution.status == "waiting"
    assert not execution.approvals.exists()
    assert execution.wake_at is not None


def test_an_answer_over_a_megabyte_is_cut_off(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(200, b"x" * (1024 * 1024 + 1))) as server:
        assert run(drain, settings, server).error["code"] == "answer_too_large"


def test_a_slow_answer_ends_at_the_step_s_time_out(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(delay_seconds=30)) as server:
        assert run(drain, settings, server, timeout_seconds=0.2).error["code"] == "timeout"


def test_nobody_listening_is_an_error_that_can_be_retried(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer()) as server:
        gone = server
    execution = run(drain, settings, gone, retry={"max_attempts": 2, "backoff_seconds": 60})
    assert execution.status == "waiting"
    assert execution.steps.get().error["code"] == "http_error"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]:1/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0:1/",
        "http://100.64.0.1/",
        "http://[::ffff:127.0.0.1]:1/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:0001::]/",
        "http://2130706433/",
        "http://0x7f.1/",
    ],
)
def test_addresses_that_only_this_server_can_reach_are_refused(drain: Drain, url: str) -> None:
    execution = start(make_workflow(nodes=[call(url, retry={"max_attempts": 3})]))
    drain()
    error = fresh(execution).error
    assert error["code"] == "forbidden_url", error
    assert fresh(execution).steps.count() == 1, "it is not retried"


def test_a_redirect_to_a_private_address_is_refused(drain: Drain, settings: Settings) -> None:
    with stand_in(
        lambda request: Answer(302, headers={"location": "http://169.254.169.254/secret"})
    ) as server:
        assert run(drain, settings, server).error["code"] == "forbidden_url"


def test_a_redirect_to_another_scheme_is_refused(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(302, headers={"location": "file:///etc/passwd"})) as server:
        assert run(drain, settings, server).error["code"] == "forbidden_url"


def test_an_endless_redirect_ends(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(302, headers={"location": "/again"})) as server:
        execution = run(drain, settings, server)
        assert len(server.received) == 6
    assert execution.error["code"] == "http_error"


def test_the_record_of_a_step_does_not_show_its_secrets(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(headers={"set-cookie": "session=s3cret"})) as server:
        headers = {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret", "Accept": "text/plain"}
        execution = run(drain, settings, server, headers=headers)
    only = execution.steps.get()
    assert only.input["with"]["headers"]["Accept"] == "text/plain"
    assert "s3cret" not in str(only.input)
    assert "s3cret" not in str(only.output)


def test_the_answer_can_be_used_by_an_edge(drain: Drain, settings: Settings) -> None:
    with stand_in(lambda request: Answer(200, b'{"ok": true}')) as server:
        settings.HTTP_ALLOWED_PRIVATE = [server.address]
        edges = [{**chain("call", "b")[0], "condition": "nodes.call.output.status == 200"}]
        execution = start(make_workflow(nodes=[call(server.url), step("b")], edges=edges))
        drain()
    assert fresh(execution).steps.filter(node_id="b").exists()


def test_a_webhook_is_signed_so_that_its_receiver_can_check_it(drain: Drain, settings: Settings) -> None:
    settings.WEBHOOK_SECRET = "whsec"
    with stand_in(lambda request: Answer()) as server:
        settings.HTTP_ALLOWED_PRIVATE = [server.address]
        config = {"url": server.url, "event": "order.paid", "payload": {"n": 1}}
        execution = start(
            make_workflow(nodes=[node("tell", "action", {"action": "webhook.send", "with": config})])
        )
        drain()
        request = server.received[0]
    assert fresh(execution).status == "completed"
    assert signature_is_good(request, "whsec")
    assert json.loads(request.body)["type"] == "order.paid"


def signature_is_good(request: Received, secret: str) -> bool:
    """As the Standard Webhooks specification tells receivers to check."""
    signed = b".".join(
        (request.headers["webhook-id"].encode(), request.headers["webhook-timestamp"].encode(), request.body)
    )
    digest = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    return request.headers["webhook-signature"] == f"v1,{digest}"
