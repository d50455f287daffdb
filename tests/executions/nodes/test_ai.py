"""The ``ai`` node in a run: its output, its budget, its retries, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from orchestrator.ai.models import AiCall
from orchestrator.core import json
from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.verification import verify_execution
from tests.ai.wire import KEY, PROTOCOLS, error, speaking, sse
from tests.factories import chain, fresh, make_workflow, node, start

pytestmark = pytest.mark.django_db(transaction=True)

Drain = Callable[[], None]


def ai(**config: Any) -> dict[str, Any]:
    data = config.pop("data", {})
    return node("ask", "ai", {"provider": "groq", "prompt": "Judge {{ input.text }}", **config}, **data)


def run(drain: Drain, *, settings: dict[str, Any] | None = None, **config: Any) -> Execution:
    nodes = [ai(**config), node("after", "end", {"output": {"got": {"=": "nodes.ask.output.text"}}})]
    workflow = make_workflow(nodes=nodes, edges=chain("ask", "after"), settings=settings or {})
    execution = start(workflow, {"text": "the soup"})
    drain()
    return fresh(execution)


def record(execution: Execution) -> str:
    """Everything that is kept of a run, as text."""
    rows = [*EventRow.objects.filter(execution_id=execution.pk).values_list("data", "metadata")]
    steps = [*StepRun.objects.filter(execution=execution).values_list("input", "output", "error", "usage")]
    kept = [rows, steps, execution.state, execution.error, execution.metrics, execution.output]
    return json.dumps(kept).decode()


def test_a_run_goes_on_with_the_answer_and_counts_what_it_cost(drain: Drain, settings: Settings) -> None:
    with speaking(
        settings, "groq", sse(PROTOCOLS["groq"].speak("Tasty.", tokens=(100_000, 1_000)))
    ) as server:
        execution = run(drain)

    assert execution.status == "completed"
    assert execution.output == {"got": "Tasty."}
    assert "Judge the soup" in server.received[0].body.decode()
    cost = Decimal("0.0156")
    found = StepRun.objects.get(execution=execution, node_id="ask")
    assert (found.cost, found.tokens) == (cost, 101_000)
    assert found.usage is not None
    assert (found.usage["provider"], found.usage["model"]) == ("groq", "openai/gpt-oss-120b")
    assert found.output["usage"]["input_tokens"] == 100_000
    assert (execution.metrics["ai_calls"], execution.metrics["tokens"]) == (1, 101_000)
    assert Decimal(execution.metrics["cost"]) == cost
    of_groq = execution.metrics["providers"]["groq"]
    assert (of_groq["calls"], of_groq["tokens"], Decimal(of_groq["cost"])) == (1, 101_000, cost)
    call = AiCall.objects.get()
    assert (call.execution_id, call.node_id, call.user) == (execution.pk, "ask", execution.started_by)
    assert verify_execution(execution.pk) == []


def test_data_fits_the_schema(drain: Drain, settings: Settings) -> None:
    schema = {"type": "object", "properties": {"stars": {"type": "integer"}}, "required": ["stars"]}
    with speaking(settings, "groq", '{"stars": 4, "confidence": 0.7}'):
        execution = run(drain, output_schema=schema)
    found = StepRun.objects.get(execution=execution, node_id="ask")
    assert found.output["data"] == {"stars": 4, "confidence": 0.7}
    assert found.output["confidence"] == 0.7


def test_sources_are_kept(drain: Drain, settings: Settings) -> None:
    with speaking(settings, "perplexity", "So it is."):
        execution = run(drain, provider="perplexity")
    found = StepRun.objects.get(execution=execution, node_id="ask")
    assert found.output["citations"][0] == {"url": "https://example.test/a", "title": "A & <b>"}
    assert found.cost == Decimal("0.00512")


def test_a_rate_limit_is_waited_out_as_long_as_the_provider_asks(drain: Drain, settings: Settings) -> None:
    with time_machine.travel("2026-11-21T12:00:00+00:00", tick=True) as clock:
        with speaking(settings, "groq", error(429, **{"retry-after": "120"}), "Tasty.") as server:
            execution = run(drain)
            assert execution.status == "waiting"
            assert execution.wake_at is not None
            first = StepRun.objects.get(execution=execution, node_id="ask")
            pause = (execution.wake_at - first.finished_at).total_seconds()
            assert 119 < pause < 125
            clock.shift(130)
            drain()
        assert len(server.received) == 2
    assert fresh(execution).status == "completed"


def test_three_attempts_are_usual_and_their_cost_is_counted(drain: Drain, settings: Settings) -> None:
    cut = sse(PROTOCOLS["groq"].speak("Tasty. " * 50, finish=None))
    with (
        time_machine.travel("2026-11-21T12:00:00+00:00", tick=True) as clock,
        speaking(settings, "groq", cut),
    ):
        execution = run(drain)
        for _ in range(3):
            clock.shift(60)
            drain()
    execution = fresh(execution)
    assert execution.status == "failed"
    assert execution.error is not None
    assert execution.error["code"] == "cut_off"
    attempts = StepRun.objects.filter(execution=execution, node_id="ask")
    assert attempts.count() == 3
    assert all(attempt.cost > 0 for attempt in attempts)
    assert Decimal(execution.metrics["cost"]) == sum(attempt.cost for attempt in attempts)
    assert execution.metrics["ai_calls"] == 3
    assert verify_execution(execution.pk) == []


@pytest.mark.parametrize(("where", "says"), [("node", "this step"), ("workflow", "a run of this workflow")])
def test_a_call_that_could_pass_a_limit_is_not_made(
    drain: Drain, settings: Settings, where: str, says: str
) -> None:
    config = {"max_cost": "0.00001"} if where == "node" else {}
    limits = {"max_cost": "0.00001"} if where == "workflow" else {}
    with speaking(settings, "groq", "Tasty.") as server:
        execution = run(drain, settings=limits, **config)
    assert execution.status == "failed"
    assert execution.error is not None
    assert execution.error["code"] == "over_budget"
    assert says in execution.error["message"]
    assert server.received == []
    assert execution.metrics["ai_calls"] == 0


def test_no_key_is_in_anything_that_is_kept_or_logged(
    drain: Drain, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for name in PROTOCOLS:
        refused = error(401, f"Incorrect API key provided: {KEY}")
        with speaking(settings, name, refused) as server:
            failed = run(drain, provider=name)
        assert failed.error is not None
        assert failed.error["code"] == "bad_key"
        assert KEY not in server.received[0].path
        assert KEY not in record(failed)
        assert KEY[-8:] not in record(failed)
        with speaking(settings, name, "fine"):
            assert KEY not in record(run(drain, provider=name))
    assert KEY not in caplog.text
    assert KEY not in str(list(AiCall.objects.values()))


def test_a_number_of_tokens_is_no_secret(drain: Drain) -> None:
    execution = run(drain, provider="offline", max_tokens=77)
    assert StepRun.objects.get(execution=execution, node_id="ask").input["max_tokens"] == 77


def test_offline_answers_without_a_network_and_says_what_it_is(drain: Drain) -> None:
    execution = run(drain, provider="offline")
    assert execution.status == "completed"
    assert execution.output["got"].startswith("[offline rules, not a model]")
    assert Decimal(execution.metrics["cost"]) == 0
