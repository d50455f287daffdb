"""The event log as a page: what it shows to whom, its filters, and its files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.context import Origin, origin
from orchestrator.executions.models import EventRow, Execution
from orchestrator.executions.queries.event_log import SearchTooWide
from orchestrator.executions.services.steering import cancel_execution
from orchestrator.workflows.models import Access
from tests.factories import make_user, make_workflow, share, start
from tests.web.conftest import Visit
from tests.web.run_pages import NEVER, failing, waiting

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]


def listed(client: Client, query: str = "") -> list[str]:
    """``run/seq`` of the events on the page, from top to bottom."""
    return re.findall(r'data-event="([0-9a-f-]{36}/\d+)"', client.get(f"/events/{query}").text)


def test_the_log_tells_what_happened_in_sentences_and_leads_to_the_run(visit: Visit, drain: Drain) -> None:
    run = failing(name="Flow <i>")
    start(make_workflow(name="Secret"))
    drain()
    client = visit(run.started_by)
    page = client.get("/events/").text
    assert listed(client) == [f"{run.pk}/{seq}" for seq in (4, 3, 2, 1)]
    assert "Boom &lt;b&gt; failed" in page
    assert "Flow &lt;i&gt;" in page
    assert "Secret" not in page
    assert f'href="/executions/{run.pk}/?seq=3"' in page


def test_filters_stand_in_the_address(visit: Visit, drain: Drain) -> None:
    run = failing()
    drain()
    client = visit(run.started_by)
    today = utc_now().date()
    cases = {
        "?group=error": [4, 3],
        "?group=workflow_start": [1],
        "?type=step_succeeded": [2],
        f"?search={run.pk}": [4, 3, 2, 1],
        f"?search={str(run.pk)[:8]}%3A2": [2],
        "?node=boom": [3],
        f"?workflow={run.workflow_id}&group=error": [4, 3],
        f"?after={today}&before={today}": [4, 3, 2, 1],
        "?before=2020-01-01": [],
        "?user=nobody": [],
    }
    for query, seqs in cases.items():
        assert listed(client, query) == [f"{run.pk}/{seq}" for seq in seqs], query
    assert "Take away a filter" in client.get("/events/?user=nobody").text
    assert "Nothing has happened yet" in visit(make_user()).get("/events/").text


@pytest.mark.parametrize(
    "query",
    [
        "?search=zz",
        "?type=odd",
        "?group=odd",
        "?after=soon",
        "?workflow=5",
        "?search=%00",
        "?user=%00",
        "?node=%00",
    ],
)
def test_filters_that_make_no_sense_are_told_and_ignored(visit: Visit, drain: Drain, query: str) -> None:
    run = failing()
    drain()
    client = visit(run.started_by)
    answer = client.get(f"/events/{query}")
    assert answer.status_code == 200
    assert len(listed(client, query)) == 4
    assert "field-error" in answer.text
    assert client.get(f"/events/export/{query}").status_code == 400


def test_a_search_that_takes_too_long_says_what_to_do(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object, **__: object) -> None:
        raise SearchTooWide("Choose a workflow.")

    monkeypatch.setattr("orchestrator.executions.web.events.event_page", give_up)
    assert "Choose a workflow." in visit(make_user()).get("/events/").text


def stopped_from_afar() -> tuple[Execution, User]:
    """A run that its owner cancelled from 203.0.113.9, and a viewer of it."""
    run, viewer = waiting(), make_user()
    share(run.workflow, viewer, Access.VIEWER)
    assert run.started_by
    with origin(Origin(user_id=str(run.started_by.pk), ip_address="203.0.113.9", user_agent="Firefox <b>")):
        cancel_execution(run.started_by, run.pk)
    return run, viewer


def test_only_owners_see_from_where_somebody_acted(visit: Visit, drain: Drain) -> None:
    run, viewer = stopped_from_afar()
    drain()
    row = EventRow.objects.get(type="cancel_requested")
    url = f"/events/{row.execution_id}/{row.seq}/"
    shown = visit(run.started_by).get(url).text
    assert "203.0.113.9" in shown
    assert "Firefox &lt;b&gt;" in shown
    assert "203.0.113.9" in visit(run.started_by).get("/events/export/?as=csv").getvalue().decode()
    client = visit(viewer)
    assert (
        "203.0.113.9" not in client.get(url).text + client.get("/events/export/?as=csv").getvalue().decode()
    )
    assert run.started_by
    assert listed(client, f"?user={run.started_by.username}") == [f"{run.pk}/{row.seq}"]


def test_events_outlive_their_run(visit: Visit, drain: Drain) -> None:
    run = failing()
    drain()
    Execution.objects.filter(pk=run.pk).delete()
    page = visit(run.started_by).get("/events/").text
    assert page.count("The run was cleaned up") == 4
    assert f"/executions/{run.pk}/" not in page


def test_a_page_needs_few_queries(
    visit: Visit, drain: Drain, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    for _ in range(20):
        start(make_workflow(user, nodes=[NEVER]))
    drain()
    client = visit(user)
    with django_assert_max_num_queries(15):
        assert len(listed(client)) == 40


async def read(client: AsyncClient, url: str) -> bytes:
    answer: Any = await client.get(url)
    assert answer.status_code == 200
    return b"".join([piece async for piece in answer.streaming_content])


def test_files_have_what_the_list_has(visit: Visit, drain: Drain) -> None:
    run = failing()
    drain()
    client = visit(run.started_by)
    answer = client.get("/events/export/?as=jsonl&group=error")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="events.jsonl"'
    assert len(answer.getvalue().splitlines()) == 2
    assert len(client.get("/events/export/").getvalue().splitlines()) == 5
    assert client.get("/events/export/?as=xml").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_files_are_streamed_under_asgi(drain: Drain) -> None:
    run = failing()
    drain()
    client = AsyncClient()
    assert run.started_by
    client.force_login(run.started_by, "orchestrator.accounts.backends.AnyCaseBackend")
    assert len(async_to_sync(read)(client, "/events/export/").splitlines()) == 5
