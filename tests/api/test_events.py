"""The event log over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.core import json
from orchestrator.core.context import Origin, origin
from orchestrator.executions.models import EventRow
from orchestrator.workflows.models import Access
from tests.api.conftest import ClientFor
from tests.factories import make_user, make_workflow, share, start
from tests.web.run_pages import failing

pytestmark = pytest.mark.django_db
Drain = Callable[[], None]
URL = "/api/v1/events/"


def test_events_are_filtered_and_paged(client_for: ClientFor, drain: Drain) -> None:
    run = failing()
    drain()
    client = client_for(run.started_by)
    first = client.get(URL, {"page_size": 3}).json()
    assert [each["seq"] for each in first["results"]] == [4, 3, 2]
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    assert [each["seq"] for each in second["results"]] == [1]
    assert second["next"] is None
    assert client.get(second["previous"]).json()["results"] == first["results"]
    cases: dict[str, list[int]] = {
        f"?execution={run.pk}": [4, 3, 2, 1],
        f"?workflow={run.workflow_id}&node=boom": [3],
        "?type=step_failed&type=execution_started": [3, 1],
        "?group=error": [4, 3],
        "?occurred_before=2020-01-01T00:00:00Z": [],
        "?occurred_after=2020-01-01T00:00:00Z": [4, 3, 2, 1],
        f"?search={run.pk}:3": [3],
        "?user=me": [],
    }
    for query, seqs in cases.items():
        assert [each["seq"] for each in client.get(URL + query).json()["results"]] == seqs, query


@pytest.mark.parametrize(
    ("query", "field"),
    [("type=odd", "type"), ("group=odd", "group"), ("execution=5", "execution"), ("user=%00", "user"),
     ("occurred_after=soon", "occurred_after"), ("search=zz", "search"), ("cursor=zz", "cursor"),
     ("page_size=201", "page_size")],
)  # fmt: skip
def test_bad_filters_are_told_by_name(client_for: ClientFor, query: str, field: str) -> None:
    answer = client_for(make_user()).get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_an_event_names_its_run_and_who_caused_it(client_for: ClientFor, drain: Drain) -> None:
    owner, viewer = make_user("owner"), make_user()
    flow = make_workflow(owner)
    share(flow, viewer, Access.VIEWER)
    with origin(Origin(user_id=str(owner.pk), ip_address="203.0.113.9", user_agent="curl")):
        run = start(flow)
    drain()
    shown = client_for(owner).get(URL, {"type": "execution_started"}).json()["results"][0]
    assert shown["execution"] == str(run.pk)
    assert shown["workflow"] == {"id": str(flow.pk), "name": flow.name}
    assert (shown["user"], shown["sentence"]) == ("owner", "The run began")
    assert shown["metadata"] == {
        "user_id": str(owner.pk), "ip_address": "203.0.113.9", "user_agent": "curl",
    }  # fmt: skip
    hidden = client_for(viewer)
    for url in (URL, f"{URL}export/?as=jsonl", f"/api/v1/executions/{run.pk}/events/"):
        answer = hidden.get(url)
        assert str(owner.pk) in answer.getvalue().decode(), url
        assert "203.0.113.9" not in answer.getvalue().decode(), url
    assert b"203.0.113.9" in client_for(owner).get(f"/api/v1/executions/{run.pk}/events/").content


def test_addresses_in_events_of_earlier_releases_are_not_shown(client_for: ClientFor, drain: Drain) -> None:
    run = failing()
    drain()
    old = {"trigger": {"type": "api", "origin": {"ip_address": "203.0.113.9"}}}
    EventRow.objects.filter(type="execution_started").update(data=old)
    client = client_for(run.started_by)
    for url in (URL, f"/api/v1/executions/{run.pk}/events/"):
        text = client.get(url).content
        assert b'"api"' in text
        assert b"203.0.113.9" not in text


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize(("most", "is_cut"), [(3, True), (4, False)])
def test_an_export_that_is_cut_says_so_in_its_last_line(
    client_for: ClientFor, drain: Drain, monkeypatch: pytest.MonkeyPatch, kind: str, most: int, is_cut: bool
) -> None:
    monkeypatch.setattr("orchestrator.executions.queries.event_export.MOST", most)
    run = failing()
    drain()
    assert EventRow.objects.filter(execution_id=run.pk).count() == 4
    lines = client_for(run.started_by).get(f"{URL}export/?as={kind}").getvalue().splitlines()
    assert len(lines) == (kind == "csv") + most + is_cut
    assert (b"the newest 3 events" in lines[-1]) is is_cut
    if kind == "jsonl":
        assert json.loads(lines[-1]).get("truncated", False) is is_cut


def test_exports_are_files(client_for: ClientFor, drain: Drain) -> None:
    run = failing()
    drain()
    client = client_for(run.started_by)
    answer = client.get(f"{URL}export/")
    assert answer["Content-Type"].startswith("text/csv")
    assert len(answer.getvalue().splitlines()) == 5
    assert client.get(f"{URL}export/?as=xml").status_code == 400
