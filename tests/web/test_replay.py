"""What the run's page loads for its time slider, for one of its nodes, and once its events are gone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from orchestrator.executions.models import EventRow, Execution
from orchestrator.executions.queries import timeline as timelines
from orchestrator.executions.queries.marks import marks_without_events
from orchestrator.executions.queries.timeline import figures_of, timeline
from orchestrator.executions.services.steering import cancel_execution
from orchestrator.workflows.models import Access
from tests.factories import (
    chain,
    expression,
    fresh,
    make_user,
    make_workflow,
    node,
    set_vars,
    share,
    start,
    step,
)
from tests.web.conftest import Visit
from tests.web.run_pages import BOOM, failing, waiting

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
BODY = {"nodes": [step("inner", {"n": expression("item")}, title="Inner one")], "edges": []}


def mapped() -> Execution:
    each = node("each", "map", {"items": [10, 20, 30], "body": BODY}, title="Each <i>")
    return start(make_workflow(nodes=[set_vars("a", x=7), each], edges=chain("a", "each")))


def test_the_timeline_tells_every_event_in_brief_and_piece_by_piece(
    visit: Visit, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = mapped()
    drain()
    monkeypatch.setattr(timelines, "PIECE", 4)
    client, url = visit(run.started_by), f"/executions/{run.pk}/timeline/"
    found, after, more = [], 0, True
    while more:
        piece = client.get(f"{url}?after={after}").json()
        found += piece["events"]
        after, more = found[-1]["seq"], piece["more"]
    assert [each["seq"] for each in found] == list(range(1, fresh(run).last_seq + 1))
    expanded = next(each for each in found if each["type"] == "step_expanded")
    assert expanded["data"]["total"] == 3
    assert "items" not in expanded["data"]
    assert expanded["sentence"].startswith("Each <i> goes through 3 items")
    inner = [each for each in found if each["node_id"] == "inner"]
    assert {each["data"]["scope"] for each in inner} == {"each#1/0", "each#1/1", "each#1/2"}
    assert all({"ms", "cost", "tokens"} <= each.keys() for each in inner)
    assert "output" not in inner[0]["data"]


def test_the_timeline_needs_few_queries(
    drain: Drain, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    started = mapped()
    drain()
    run = fresh(started)
    with django_assert_max_num_queries(2):
        timeline(run, 0, {})


def test_figures_are_those_of_the_workflow_s_own_nodes(drain: Drain) -> None:
    user = make_user()
    child = make_workflow(user, nodes=[step("x")])
    call = node("call", "subworkflow", {"workflow": str(child.pk)})
    run = start(make_workflow(user, nodes=[step("a"), call], edges=chain("a", "call")))
    drain()
    figures = figures_of(run.pk)
    assert figures.keys() == {"a", "call"}
    assert figures["call"]["child"] == str(Execution.objects.get(parent=run).pk)
    assert figures["a"]["cost"] == 0


def test_a_moment_shows_the_variables_of_then(visit: Visit, drain: Drain) -> None:
    run = waiting()
    drain()
    client, url = visit(run.started_by), f"/executions/{run.pk}/moment/"
    early = client.get(f"{url}?seq=1").text
    assert "None were set by then" in early
    assert "0 steps done" in early
    late = client.get(f"{url}?seq=99&node=a").text
    assert "Waiting" in late
    assert "wait</span> waits" in late
    assert "Alpha had given" in late

    run = mapped()
    drain()
    client, url = visit(run.started_by), f"/executions/{run.pk}/moment/"
    assert re.search(r'json-key">x</span>: <span class="json-other">7', client.get(f"{url}?seq=3").text)
    assert "goes through its items" in client.get(f"{url}?seq=4").text
    assert "Completed" in client.get(url).text


def test_the_panel_of_a_node_tells_what_it_did_and_offers_what_can_be_done(
    visit: Visit, drain: Drain
) -> None:
    run = mapped()
    drain()
    client, url = visit(run.started_by), f"/executions/{run.pk}/node/"
    panel = client.get(f"{url}?id=each").text
    assert "Each &lt;i&gt;" in panel
    assert 'data-open-body="each"' in panel
    assert "Retry from here" in panel
    inner = client.get(f"{url}?id=inner").text
    assert inner.count("Inner one <span") == 3
    assert client.get(f"{url}?id=nobody").status_code == 404
    viewer = make_user()
    share(run.workflow, viewer, Access.VIEWER)
    assert "Retry from here" not in visit(viewer).get(f"{url}?id=each").text


def test_the_panel_says_what_a_node_waits_for_and_who_answered(visit: Visit, drain: Drain) -> None:
    user = make_user("ann")
    ask = node("ask", "human", {"title": "Really?", "approvers": ["user:ann"]})
    run = start(make_workflow(user, nodes=[ask]))
    drain()
    url = f"/executions/{run.pk}/node/?id=ask"
    assert "your answer" in visit(user).get(url).text
    cancel_execution(user, run.pk)
    drain()
    assert "Withdrawn" in visit(user).get(url).text


def test_a_run_whose_events_are_gone_says_so_and_shows_what_its_steps_tell(
    visit: Visit, drain: Drain
) -> None:
    run = failing()
    drain()
    EventRow.objects.filter(execution_id=run.pk).delete()
    client = visit(run.started_by)
    page = client.get(f"/executions/{run.pk}/").text
    assert "The events of this run are gone" in page
    assert "data-has-events" not in page
    assert re.search(r'data-node="a"[^>]*data-state="done"', page)
    assert re.search(r'data-node="boom"[^>]*data-state="failed"', page)
    assert client.get(f"/executions/{run.pk}/moment/?seq=2").status_code == 410
    assert client.get(f"/executions/{run.pk}/moment/").status_code == 200
    assert client.get(f"/executions/{run.pk}/timeline/").json() == {"events": [], "more": False}
    assert "Retry from here" not in client.get(f"/executions/{run.pk}/node/?id=a").text
    retry = client.post(f"/executions/{run.pk}/retry/", {"start": "failed", "version": "original"})
    assert retry.status_code == 410
    assert "run again from the start" in retry.text


def test_marks_without_events_show_where_a_live_run_stands(drain: Drain) -> None:
    run = waiting()
    drain()
    marks = marks_without_events(fresh(run))["nodes"]
    assert {name: mark["state"] for name, mark in marks.items()} == {"a": "done", "wait": "waiting"}


def test_lists_call_a_waiting_node_by_its_title(visit: Visit, drain: Drain) -> None:
    nap = node("n1", "timer", {"seconds": 60}, title="Sleep on it")
    run = start(make_workflow(nodes=[nap]))
    start(make_workflow(nodes=[BOOM]), {})
    drain()
    assert "At Sleep on it" in visit(run.started_by).get("/executions/").text


def test_the_state_says_waiting_where_the_run_waits(visit: Visit, drain: Drain) -> None:
    run = waiting()
    drain()
    client, url = visit(run.started_by), f"/api/v1/executions/{run.pk}/state/"
    assert client.get(url).json()["state"]["status"] == "waiting"
    assert client.get(f"{url}?seq=1").json()["state"]["status"] == "running"
    assert client.get(f"{url}?seq=0").json()["state"]["status"] == "pending"
