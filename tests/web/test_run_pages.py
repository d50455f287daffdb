"""The page of a run and the parts of it that are loaded on their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from orchestrator.executions.models import EventRow, Execution, StepRun
from orchestrator.executions.queries.records import EVENTS, STEPS
from orchestrator.workflows.models import Access, Workflow
from tests.factories import (
    chain,
    edge,
    expression,
    fresh,
    log_step,
    make_user,
    make_workflow,
    node,
    set_vars,
    share,
    start,
    step,
)  # fmt: skip
from tests.web.conftest import Visit
from tests.web.run_pages import NEVER, failing, page_of, waiting

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]


def test_the_page_says_what_the_run_waits_for(visit: Visit, drain: Drain) -> None:
    run = waiting()
    drain()
    page = page_of(visit, run)
    assert re.search(r"waits for the signal.*go.*or.*stop", page, re.DOTALL)
    assert re.search(r'data-node="wait"[^>]*data-state="waiting"', page)
    assert re.search(r'data-node="a"[^>]*data-state="done"', page)
    assert re.search(r'data-node="b"[^>]*data-state=""', page)
    assert 'data-edge="a-out-wait" data-taken' in page
    assert 'data-edge="wait-out-b">' in page


def test_an_error_names_its_node_and_says_what_to_do(visit: Visit, drain: Drain) -> None:
    run = failing()
    drain()
    page = page_of(visit, run)
    assert "Boom &lt;b&gt;: " in page
    assert "Correct the workflow, publish it, and retry" in page
    assert 'data-show-step="boom"' in page
    assert "<b>:" not in page


def test_related_runs_are_linked(visit: Visit, drain: Drain) -> None:
    child = make_workflow(name="Child", nodes=[NEVER])
    nest = node("nest", "subworkflow", {"workflow": str(child.pk)})
    parent = start(make_workflow(child.owner, nodes=[nest]))
    drain()
    inner = Execution.objects.get(parent=parent)
    client = visit(child.owner)
    assert f"/executions/{inner.pk}/" in client.get(f"/executions/{parent.pk}/").text
    assert f"/executions/{parent.pk}/" in client.get(f"/executions/{inner.pk}/").text


def test_a_step_that_ran_another_workflow_leads_to_its_run(visit: Visit, drain: Drain) -> None:
    child = make_workflow(name="Child")
    items: dict[str, Any] = {
        "items": [1, 2],
        "body": {"nodes": [node("call", "subworkflow", {"workflow": str(child.pk)})], "edges": []},
    }
    parent = start(make_workflow(child.owner, nodes=[node("each", "map", items)]))
    drain()
    client, linked = visit(child.owner), set()
    for made in StepRun.objects.filter(execution=parent, node_id="call"):
        page = client.get(f"/executions/{parent.pk}/steps/{made.pk}/").text
        (inner,) = re.findall(r'href="/executions/([0-9a-f-]{36})/"', page)
        linked.add(UUID(inner))
    assert linked == set(Execution.objects.filter(parent=parent).values_list("pk", flat=True))
    assert len(linked) == 2


def test_runs_of_workflows_one_may_not_see_are_neither_linked_nor_named(visit: Visit, drain: Drain) -> None:
    child = make_workflow(name="Secret child")
    nest = node("nest", "subworkflow", {"workflow": str(child.pk)})
    outer = make_workflow(child.owner, name="Secret parent", nodes=[nest])
    parent = start(outer)
    drain()
    inner = Execution.objects.get(parent=parent)
    sees_parent, sees_child = make_user(), make_user()
    share(outer, sees_parent, Access.VIEWER)
    share(child, sees_child, Access.VIEWER)
    call = StepRun.objects.get(execution=parent, node_id="nest")
    for address in ("", f"steps/{call.pk}/", "node/?id=nest"):
        page = visit(sees_parent).get(f"/executions/{parent.pk}/{address}")
        assert (page.status_code, "Secret child" in page.text) == (200, False), address
    assert "Secret parent" not in visit(sees_child).get(f"/executions/{inner.pk}/").text


def test_the_page_has_a_query_budget_whatever_the_length_of_the_run(
    visit: Visit, drain: Drain, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    nodes = [
        set_vars("begin", i=0),
        set_vars("more", i=expression("vars.i + 1")),
        node("done", "decision", {"rules": [{"when": "vars.i >= 120", "port": "yes"}], "default": "no"}),
        NEVER,
    ]
    edges = [
        *chain("begin", "more", "done"),
        edge("done", "more", port="no"),
        edge("done", "wait", port="yes"),
    ]
    run = start(make_workflow(nodes=nodes, edges=edges))
    drain()
    client = visit(run.started_by)
    with django_assert_max_num_queries(16):
        page = client.get(f"/executions/{run.pk}/").text
    assert "Done \N{MIDDLE DOT} 120\N{MULTIPLICATION SIGN}" in page
    assert page.count('class="step"') == STEPS
    assert "Show more" in page
    with django_assert_max_num_queries(12):
        client.get(f"/executions/{run.pk}/live/")


def test_steps_come_in_pages_and_by_filter(visit: Visit, drain: Drain) -> None:
    names = [f"n{number:02}" for number in range(60)]
    run = start(make_workflow(nodes=[log_step(name) for name in names], edges=chain(*names)))
    drain()
    client, url = visit(run.started_by), f"/executions/{run.pk}/steps/"
    first = client.get(url).text
    after = re.search(r"\?after=(\d+)", first)
    assert after
    rest = client.get(f"{url}?after={after[1]}").text
    shown = re.findall(r'step-name">\s*(n\d\d)', first + rest)
    assert shown == names
    assert re.findall(r'step-name">\s*(n\d\d)', client.get(f"{url}?node=n07").text) == ["n07"]
    assert "No step fits" in client.get(f"{url}?status=error").text


def test_what_a_step_took_and_gave_is_loaded_when_asked_for(visit: Visit, drain: Drain) -> None:
    evil = "<script>alert(1)</script>"
    run = start(make_workflow(nodes=[step("a", {"said": expression("input.text")})]), {"text": evil})
    drain()
    found = StepRun.objects.get()
    client = visit(run.started_by)
    page = client.get(f"/executions/{run.pk}/").text
    assert "alert(1)" not in page.split("steps-title")[1].split("run-side")[0]
    inside = client.get(f"/executions/{run.pk}/steps/{found.pk}/").text
    assert "&lt;script&gt;alert(1)" in inside
    assert evil not in inside
    file = client.get(f"/executions/{run.pk}/steps/{found.pk}/output.json")
    assert file.json() == {"said": evil}
    assert "attachment" in file.headers["Content-Disposition"]
    assert client.get(f"/executions/{run.pk}/steps/{found.pk}/secrets.json").status_code == 404
    other = start(Workflow.objects.get())
    assert client.get(f"/executions/{other.pk}/steps/{found.pk}/").status_code == 404


def test_large_data_is_cut_and_can_be_downloaded_whole(visit: Visit) -> None:
    run = start(make_workflow(), {"text": "x" * 100_000})
    client = visit(run.started_by)
    page = client.get(f"/executions/{run.pk}/").text
    assert "This is the beginning of" in page
    assert "x" * 70_000 not in page
    assert client.get(f"/executions/{run.pk}/data/input.json").json() == run.input
    assert client.get(f"/executions/{run.pk}/data/state.json").status_code == 404


def test_events_are_told_newest_first_and_page_both_ways(visit: Visit, drain: Drain) -> None:
    names = [f"n{number:02}" for number in range(60)]
    run = start(
        make_workflow(nodes=[log_step(name, title=f"Step {name}") for name in names], edges=chain(*names))
    )
    drain()
    last = fresh(run).last_seq
    client, url = visit(run.started_by), f"/executions/{run.pk}/events/"

    def seqs(query: str) -> list[int]:
        return [int(each) for each in re.findall(r'data-seq="(\d+)"', client.get(f"{url}{query}").text)]

    assert seqs("") == list(range(last, last - EVENTS, -1))
    assert seqs(f"?before={last - EVENTS + 1}") == list(range(last - EVENTS, last - 2 * EVENTS, -1))
    assert seqs("?after=0") == list(range(last, 0, -1))
    assert seqs(f"?after={last}") == []
    page = client.get(url).text
    assert "Step n59 succeeded" in page
    assert "Show older" in page
    whole = client.get(f"/events/{run.pk}/{last}/").text
    assert "execution_ended" in whole
    assert client.get(f"{url}9999/").status_code == 404


def test_the_live_part_sends_the_waits_only_if_there_are_others(visit: Visit, drain: Drain) -> None:
    run = waiting()
    drain()
    client = visit(run.started_by)
    key = re.search(r'id="run-waits"\s+data-key="(\w+)"', client.get(f"/executions/{run.pk}/").text)
    assert key
    same = client.get(f"/executions/{run.pk}/live/?waits={key[1]}").text
    assert 'id="run-waits"' not in same
    assert 'id="run-status"' in same
    assert 'id="run-waits"' in client.get(f"/executions/{run.pk}/live/?waits=other").text


def test_strangers_find_none_of_it(visit: Visit, drain: Drain) -> None:
    run = waiting()
    drain()
    client = visit(make_user())
    seq, found = EventRow.objects.latest("seq").seq, StepRun.objects.get()
    for part in ("", "live/", "steps/", f"steps/{found.pk}/", f"steps/{found.pk}/input.json", "events/",
                 "timeline/", "moment/", "node/?id=a", "data/input.json"):  # fmt: skip
        assert client.get(f"/executions/{run.pk}/{part}").status_code == 404, part
    assert client.get(f"/events/{run.pk}/{seq}/").status_code == 404


@pytest.mark.parametrize(
    "part",
    ["steps/?node=%00", "steps/?after=x&status=%00", "steps/?after=999999999999999999999", "?node=%00",
     "events/?before=-1", "events/?after=%00", "moment/?seq=99999999999", "moment/?seq=x&node=%00",
     "timeline/?after=x", "timeline/?after=999999999999", "live/?waits=%00"],
)  # fmt: skip
def test_addresses_that_make_no_sense_do_no_harm(visit: Visit, drain: Drain, part: str) -> None:
    run = waiting()
    drain()
    assert visit(run.started_by).get(f"/executions/{run.pk}/{part}").status_code == 200


@pytest.mark.parametrize("part", ["99999999999999999999/", "0/"])
def test_events_that_cannot_be_are_not_found(visit: Visit, part: str) -> None:
    run = waiting()
    assert visit(run.started_by).get(f"/events/{run.pk}/{part}").status_code == 404
