"""The list of runs: which, in which order, page by page, and one line about each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.models import Execution
from orchestrator.executions.queries.runs import started_by_trigger
from orchestrator.executions.services.firing import fire_by_hand
from orchestrator.workflows.models import Access, Trigger
from orchestrator.workflows.queries import choosing
from tests.factories import (
    chain,
    make_user,
    make_workflow,
    node,
    share,
    start,
    step,
)  # fmt: skip
from tests.web.conftest import Visit
from tests.web.run_pages import BOOM, NEVER, listed, waiting

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]


def test_the_list_shows_one_s_runs_newest_first(visit: Visit, drain: Drain) -> None:
    flow = make_workflow(name="Mine <i>")
    runs = [start(flow) for _ in range(3)]
    start(make_workflow(name="Secret"))
    drain()
    client = visit(flow.owner)
    assert listed(client) == [str(run.pk) for run in reversed(runs)]
    page = client.get("/executions/").text
    assert "Mine &lt;i&gt;" in page
    assert "Secret" not in page


def test_every_filter_leaves_what_it_says(visit: Visit, drain: Drain) -> None:
    user, mate = make_user(), make_user("mate")
    first = make_workflow(user, name="First")
    share(first, mate, Access.EDITOR)
    done, failed = start(first), start(make_workflow(user, name="Second", nodes=[BOOM]), {})
    others = start(first, user=mate, trigger={"type": "api"})
    trigger = Trigger.objects.create(workflow=first, kind="manual", name="Press me", run_as=user)
    fired, hidden = fire_by_hand(user, first.pk, trigger.pk), uuid4()
    start(make_workflow(name="Secret"), trigger={"type": "schedule", "id": str(hidden)})
    drain()
    client = visit(user)
    today = utc_now().date()
    found = {
        f"?workflow={first.pk}": [fired, others, done],
        "?status=failed": [failed],
        "?status=failed&status=completed": [fired, others, failed, done],
        "?started_by=MATE": [others],
        "?started_by=me": [fired, failed, done],
        "?trigger=api": [others],
        f"?trigger_id={trigger.pk}": [fired],
        f"?trigger_id={hidden}": [],
        f"?after={today}": [fired, others, failed, done],
        f"?after={today + timedelta(days=1)}": [],
        f"?before={today - timedelta(days=1)}": [],
        f"?search={done.pk}": [done],
        f"?search={str(done.pk)[:6]}": [fired, others, failed, done],
        "?search=secon": [failed],
        "?status=failed&trigger=api": [],
    }
    for query, runs in found.items():
        assert listed(client, query) == [str(run.pk) for run in runs], query


def test_a_day_is_a_day_of_the_reader(visit: Visit) -> None:
    user = make_user(time_zone="Pacific/Auckland")
    run = start(make_workflow(user))
    late = utc_now().replace(year=2026, month=3, day=1, hour=13)  # already the second of March there
    Execution.objects.filter(pk=run.pk).update(id=id_at(late, tail=7), created_at=late)
    client = visit(user)
    assert len(listed(client, "?after=2026-03-02&before=2026-03-02")) == 1
    assert listed(client, "?before=2026-03-01") == []


def test_filters_that_make_no_sense_are_told_and_ignored(visit: Visit) -> None:
    run = start(make_workflow())
    answer = visit(run.started_by).get("/executions/?status=odd&after=soon&workflow=5")
    assert answer.status_code == 200
    assert "Enter a valid date" in answer.text
    assert str(run.pk) in answer.text


@pytest.mark.parametrize("page", ["/executions/", "/events/", "/approvals/", "/analytics/"])
def test_a_workflow_is_chosen_also_where_there_are_too_many_to_choose_from(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(choosing, "MOST", 1)
    user = make_user()
    make_workflow(user, name="Alpha")
    last, hidden = make_workflow(user, name="Omega"), make_workflow(name="Secret")
    client = visit(user)
    assert f'<option value="{last.pk}" selected>Omega</option>' in " ".join(
        client.get(f"{page}?workflow={last.pk}").text.split()
    )
    assert "Omega</option>" not in client.get(page).text
    assert "Secret" not in client.get(f"{page}?workflow={hidden.pk}").text


def test_pages_lead_forth_and_back_and_keep_the_filters(visit: Visit) -> None:
    flow = make_workflow()
    runs = [str(start(flow).pk) for _ in range(70)][::-1]
    client = visit(flow.owner)
    seen, pages, text, query = [], [], "", f"?workflow={flow.pk}"
    while query:
        text = client.get(f"/executions/{query}").text
        pages.append(re.findall(r'data-run="([0-9a-f-]{36})"', text))
        seen += pages[-1]
        following = re.search(r'rel="next"\s+href="([^"]+)"', text)
        query = following[1].replace("&amp;", "&") if following else ""
    assert seen == runs
    back = re.search(r'rel="prev"\s+href="([^"]+)"', text)
    assert back
    assert str(flow.pk) in back[1]
    assert listed(client, back[1].replace("&amp;", "&")) == pages[-2]
    assert client.get("/executions/?cursor=nonsense").status_code == 400


def test_empty_lists_say_what_to_do(visit: Visit) -> None:
    client = visit(make_user())
    assert "Nothing has run yet" in client.get("/executions/").text
    assert "Take away a filter" in client.get("/executions/?status=failed").text


def test_the_list_needs_few_queries_and_no_payloads(
    visit: Visit, drain: Drain, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    flow = make_workflow(user, nodes=[step("a"), NEVER], edges=chain("a", "wait"))
    for _ in range(20):
        start(flow, {"secret": "payload"})
    drain()
    client = visit(user)
    with django_assert_max_num_queries(10) as seen:
        assert len(listed(client)) == 20
    sql = [query["sql"] for query in seen.captured_queries]
    assert not [each for each in sql if '"executions_execution"."state"' in each or '"input"' in each]


def test_each_row_says_in_a_line_how_the_run_stands(visit: Visit, drain: Drain) -> None:
    user = make_user()
    asks = node("ask", "human", {"title": "Really?", "approvers": ["role:admin"]})
    start(make_workflow(user, nodes=[asks]))
    start(make_workflow(user, nodes=[node("nap", "timer", {"seconds": 60})]))
    start(make_workflow(user, nodes=[BOOM]))
    drain()
    page = visit(user).get("/executions/").text
    assert "Really?" in page
    assert "At nap" in page
    assert re.search(r"run-remark toned tone-bad[^>]*>[^<]*missing", page)


def test_changed_rows_are_sent_for_a_list_that_is_open(visit: Visit, drain: Drain) -> None:
    run = waiting()
    stranger = start(make_workflow())
    drain()
    answer = visit(run.started_by).get(f"/executions/rows/?id={run.pk}&id={stranger.pk}&id=nonsense").text
    assert re.findall(r'data-run="([0-9a-f-]{36})"', answer) == [str(run.pk)]
    assert 'hx-swap-oob="true"' in answer


def test_a_workflow_s_page_shows_how_its_runs_went(visit: Visit, drain: Drain) -> None:
    flow = make_workflow()
    for _ in range(7):
        start(flow)
    drain()
    page = visit(flow.owner).get(f"/workflows/{flow.pk}/runs/").text
    assert "All 7 runs" in page
    assert "100 %" in page
    assert page.count("data-run=") == 5
    assert visit(make_user()).get(f"/workflows/{flow.pk}/runs/").status_code == 404


@pytest.mark.parametrize(
    "query", ["?search=%00", "?search=%25_%5C", "?started_by=%00", "?after=0001-01-01", "?before=9999-12-31"]
)
def test_odd_filters_do_no_harm(visit: Visit, query: str) -> None:
    run = start(make_workflow())
    assert visit(run.started_by).get(f"/executions/{query}").status_code == 200


def test_the_runs_of_one_trigger_are_found_by_index_and_named_by_it(visit: Visit) -> None:
    flow = make_workflow()
    trigger = Trigger.objects.create(workflow=flow, kind="manual", name="Press <me>", run_as=flow.owner)
    fire_by_hand(flow.owner, flow.pk, trigger.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Execution.objects.filter(started_by_trigger(trigger.pk)).order_by("-id").explain()
    assert "execution_by_trigger_id" in plan
    page = visit(flow.owner).get(f"/executions/?trigger_id={trigger.pk}&status=completed&cursor=").text
    assert "Trigger: Press &lt;me&gt;" in page
    assert 'href="?status=completed"' in page
    assert f"?trigger_id={trigger.pk}" in visit(flow.owner).get(f"/workflows/{flow.pk}/?tab=triggers").text
