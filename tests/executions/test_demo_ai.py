"""The two examples with AI steps: they run without a network, up to the person who is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.executions.models import Approval, Execution
from orchestrator.executions.services.approving import answer_approval
from orchestrator.workflows.examples import examples
from tests.factories import fresh, make_workflow, start

pytestmark = pytest.mark.django_db(transaction=True)

Drain = Callable[[], None]


def run_of(drain: Drain, key: str, given: dict[str, Any]) -> Execution:
    [example] = [each for each in examples() if each.key == key]
    workflow = make_workflow(nodes=example.nodes, edges=example.edges, settings=example.settings)
    execution = start(workflow, given)
    drain()
    return fresh(execution)


def test_a_request_is_sorted_and_its_reply_waits_for_approval(drain: Drain) -> None:
    text = "My lamp arrived broken, I am waiting for a refund, this is urgent and unacceptable."
    execution = run_of(drain, "ai_triage", {"request": text, "email": "c@example.org"})
    assert execution.status == "waiting"
    approval = Approval.objects.get()
    assert "complaint, urgency high" in approval.title
    assert approval.payload["reply"].startswith("[offline rules, not a model]")
    assert execution.metrics["ai_calls"] == 2
    assert execution.metrics["providers"]["offline"]["calls"] == 2


def test_reviews_are_judged_side_by_side_and_doubts_are_shown_to_a_person(drain: Drain) -> None:
    reviews = ["Great lamp, I love it!", "Terrible, broken, never again.", "It is a lamp."]
    execution = run_of(drain, "ai_reviews", {"reviews": reviews})
    assert execution.status == "waiting"
    approval = Approval.objects.get()
    assert approval.payload == {"good": 1, "bad": 1}
    answer_approval(execution.workflow.owner, approval.pk, approves=True)
    drain()
    execution = fresh(execution)
    assert (execution.status, execution.output) == ("completed", {"good": 1, "bad": 1})
