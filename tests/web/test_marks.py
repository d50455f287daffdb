"""Marks on the picture of a run: read from stored events here, followed event by event in the browser.

Both must say the same. A run with a loop, a map, a retry, a skip, a wait and a failure is folded here after
each of its events, and written to a file that the browser's own test (marks.test.ts) reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.executions.models import EventRow, Execution
from orchestrator.executions.queries.marks import marks_of
from orchestrator.executions.runtime.engine import Engine
from orchestrator.executions.services.steering import signal_execution
from orchestrator.graphs.steps import Failed, StepContext
from tests.factories import chain, edge, expression, fresh, make_workflow, node, set_vars, start, step
from tests.probes import behaviour, probe

pytestmark = pytest.mark.django_db

FIXTURE = Path(__file__).parents[2] / "static/src/run/marks.fixture.json"
KEPT = ("scope", "iteration", "skipped", "succeeded", "sends")

BODY = {"nodes": [step("inner", {"n": expression("item")})], "edges": []}
NODES = [
    set_vars("begin", i=0),
    set_vars("more", i=expression("vars.i + 1")),
    node("enough", "decision", {"rules": [{"when": "vars.i >= 3", "port": "yes"}], "default": "no"}),
    node("each", "map", {"items": [1, 2, 3], "body": BODY, "concurrency": 2}),
    probe("shaky", retry={"max_attempts": 2, "backoff_seconds": 0}),
    step("off", disabled=True),
    node("wait", "wait", {"any_of": [{"signal": "go", "port": "out"}]}),
    node("end", "end", {"status": "failed", "output": "over"}),
    step("never"),
]
EDGES = [
    *chain("begin", "more", "enough"),
    edge("enough", "more", port="no"),
    edge("enough", "each", port="yes"),
    *chain("each", "shaky", "off", "wait", "end"),
    edge("off", "never", when="false"),
]


@pytest.fixture
def run(engine: Engine) -> Execution:
    attempts: list[int] = []

    def fail_once(context: StepContext) -> Any:
        attempts.append(1)
        return Failed("busy", "Busy") if len(attempts) == 1 else {}

    with behaviour("shaky", fail_once):
        execution = start(make_workflow(nodes=NODES, edges=EDGES))
        engine.run_until_idle()
        engine.run_until_idle()
    assert execution.started_by is not None
    signal_execution(execution.started_by, execution.pk, "go")
    engine.run_until_idle()
    return fresh(execution)


def brief(row: EventRow) -> dict[str, Any]:
    """What of an event the marks depend on, without times, so that every run of the test gives the same."""
    data = {name: row.data[name] for name in KEPT if name in row.data}
    data |= {"retry_at": "soon"} if "retry_at" in row.data else {}
    data |= {"items": [0] * len(row.data["items"])} if "items" in row.data else {}
    return {"seq": row.seq, "type": row.type, "node_id": row.node_id, "data": data}


def test_marks_follow_the_run_and_the_browser_s_fixture_is_up_to_date(run: Execution) -> None:
    events = EventRow.objects.filter(execution_id=run.pk).order_by("seq")
    told = [{"event": brief(row), "marks": marks_of(run, ("each",), up_to=row.seq)} for row in events]
    lines = [json.dumps(each, ensure_ascii=False, sort_keys=True) for each in told]
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    if not FIXTURE.exists() or FIXTURE.read_text() != text:
        FIXTURE.write_text(text)
        pytest.fail("marks.fixture.json was out of date; it is written anew: commit it")


def test_the_last_marks_say_how_it_all_went(run: Execution) -> None:
    marks = marks_of(run, ("each",), up_to=run.last_seq)
    notes = {name: mark["note"] for name, mark in marks["nodes"].items()}
    times = "\N{MIDDLE DOT} 3\N{MULTIPLICATION SIGN}"
    assert notes == {
        "begin": "Done", "more": f"Done {times}", "enough": f"Done {times}", "each": "Done", "shaky": "Done",
        "off": "Skipped", "wait": "Done", "end": "Failed",
    }  # fmt: skip
    assert marks["nodes"]["each"] | {"done": 3, "total": 3} == marks["nodes"]["each"]
    assert set(marks["edges"]) == {each["id"] for each in EDGES} - {"off-out-never"}


def test_earlier_marks_are_those_of_that_moment(run: Execution) -> None:
    failed = EventRow.objects.get(execution_id=run.pk, type="step_failed")
    marks = marks_of(run, ("each",), up_to=failed.seq)
    assert marks["nodes"]["shaky"]["note"] == "Will be retried"
    assert "wait" not in marks["nodes"]
    assert "shaky-out-off" not in marks["edges"]
    assert marks_of(run, ("each",), up_to=0) == {"nodes": {}, "edges": []}


def test_a_map_under_way_tells_how_many_items_are_done(engine: Engine, drain: Callable[[], None]) -> None:
    waits = {"nodes": [node("hold", "wait", {"any_of": [{"signal": "go", "port": "out"}]})], "edges": []}
    each = node("each", "map", {"items": [1, 2, 3], "body": waits, "concurrency": 1})
    execution = start(make_workflow(nodes=[each]))
    drain()
    assert execution.started_by is not None
    signal_execution(execution.started_by, execution.pk, "go")
    drain()
    stored = fresh(execution)
    marks = marks_of(stored, ("each",), up_to=stored.last_seq)
    assert marks["nodes"] == {
        "each": {"state": "running", "times": 1, "done": 1, "total": 3, "note": "1 of 3 items"}
    }
