"""Events as sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.codec import encode_event, event_names, event_type
from orchestrator.executions.narration import narrate

AT = datetime(2026, 11, 21, tzinfo=UTC)
STEP: dict[str, Any] = {"at": AT, "scope": "", "node": "pay", "iteration": 1}


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (ev.ExecutionStarted(at=AT), "The run began"),
        (ev.ExecutionStarted(at=AT, seed={}), "The run goes on from an earlier one"),
        (ev.StepStarted(**STEP), "pay began"),
        (
            ev.StepStarted(**{**STEP, "iteration": 3, "scope": "each#1/4"}),
            "pay (round 3) in item 5 of each began",
        ),
        (ev.StepSucceeded(**STEP), "pay succeeded"),
        (ev.StepSucceeded(**STEP, ports=["yes"]), "pay succeeded, by yes"),
        (ev.StepSucceeded(**STEP, skipped=True), "pay was skipped: it is disabled"),
        (ev.StepFailed(**STEP, error={"message": "No."}), "pay failed: No."),
        (
            ev.StepFailed(**STEP, attempt=2, error={"message": "No."}, retry_at=AT),
            "pay failed at attempt 2 and will be retried: No.",
        ),
        (
            ev.StepFailed(**STEP, error={"message": "No."}, handled=True),
            "pay failed and the run goes on: No.",
        ),
        (ev.StepRestarted(**STEP, attempt=2), "pay begins attempt 2"),
        (ev.StepWaiting(**STEP, approval={"id": "x"}), "pay waits for an approval"),
        (
            ev.StepWaiting(**STEP, signals=[("go", "out", False)], timers=[(AT, "late")]),
            "pay waits for the signal go or for a timer",
        ),
        (ev.StepWaiting(**STEP, child="x"), "pay waits for another run"),
        (
            ev.StepExpanded(**STEP, items=[1, 2], concurrency=3, complete_when="all"),
            "pay goes through 2 items, 3 at a time",
        ),
        (ev.ItemStarted(**STEP, index=0, entries=[]), "Item 1 of pay began"),
        (ev.ItemFinished(**STEP, index=0), "Item 1 of pay is done"),
        (ev.ItemFinished(**STEP, index=0, done=False), "Item 1 of pay is no longer needed"),
        (
            ev.StepCancelled(**STEP, reason="the run ends as failed"),
            "pay was cancelled: the run ends as failed",
        ),
        (ev.ScopeRepeated(at=AT, scope="", nodes=["feed"]), "feed begins anew"),
        (ev.ScopeRepeated(at=AT, scope="", nodes=["feed", "tape"]), "feed and tape begin anew"),
        (ev.StepEnded(**STEP, succeeded=True), "pay ends the run"),
        (ev.StepStuck(**STEP, approval={}), "pay was interrupted; a person must say whether it took place"),
        (ev.SignalReceived(at=AT, name="go"), "The signal go came"),
        (ev.SignalReceived(at=AT, name="go", kept=True), "The signal go came and is kept for later"),
        (ev.ApprovalAnswered(**STEP, approval="x", decision="approved", by="ann"), "pay was approved by ann"),
        (ev.ExecutionPaused(at=AT, by="ann"), "Paused by ann"),
        (ev.ExecutionResumed(at=AT), "Resumed"),
        (ev.CancelRequested(at=AT, by="ann", reason="twice"), "Cancellation asked for by ann: twice"),
        (ev.ExecutionEnded(at=AT, status="timed_out"), "The run is timed out"),
        (
            ev.ExecutionEnded(at=AT, status="failed", error={"message": "Broken."}),
            "The run is failed: Broken.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ev.Event) else "",
)
def test_an_event_is_told_in_a_sentence(event: ev.Event, sentence: str) -> None:
    assert narrate(event_type(event), encode_event(event)) == sentence


@pytest.mark.parametrize("name", event_names())
def test_every_kind_of_event_has_words_of_its_own(name: str) -> None:
    data = {
        "node": "n", "name": "n", "status": "failed", "decision": "approved", "error": {"message": "m"},
        "index": 1, "concurrency": 1, "items": [], "token": 1, "nodes": ["n"],
    }  # fmt: skip
    assert narrate(name, data) != name.replace("_", " ")
