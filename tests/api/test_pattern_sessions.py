"""Candles and test sessions by the API: kept, run, reviewed, counted."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from orchestrator.accounts.models import User
from tests.api.conftest import ClientFor
from tests.workspaces.making import make_workspace
from tests.workspaces.testing import CSV, ROWS, make_candles, make_session
from workspaces.models import FeedbackItem, PatternSession, PatternWorkspace
from workspaces.services.reviewing import review

API = "/api/v1/workspaces"


@pytest.fixture
def workspace(db: None) -> PatternWorkspace:
    return make_workspace()


@pytest.fixture
def owner(workspace: PatternWorkspace) -> User:
    return workspace.created_by


@pytest.fixture
def client(client_for: ClientFor, owner: User) -> APIClient:
    return client_for(owner)


def upload(client: APIClient, query: str, text: str) -> tuple[int, dict[str, object]]:
    answer = client.post(f"{API}/candles/?{query}", text.encode(), content_type="text/csv")
    return answer.status_code, answer.json()


def test_a_file_is_uploaded_read_renamed_and_deleted(client: APIClient) -> None:
    status, kept = upload(client, "name=Gold", CSV + ROWS)
    assert (status, kept["count"], kept["step_seconds"], kept["is_generated"]) == (201, 3, 3600, False)
    address = f"{API}/candles/{kept['id']}/"
    bars = client.get(f"{address}bars/?first=1").json()
    assert (bars["first_bar"], bars["close"], bars["time"][0]) == (1, [12, 13], 1_704_070_800)
    assert client.patch(address, {"name": "Gold, hourly"}, format="json").json()["name"] == "Gold, hourly"
    assert [each["name"] for each in client.get(f"{API}/candles/").json()["results"]] == ["Gold, hourly"]
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_faults_of_a_file_are_told_with_their_rows(client: APIClient) -> None:
    status, problem = upload(client, "name=Bad", CSV + "2024-01-01,10,12,9,x,5\n")
    assert (status, problem["faults"]) == (400, [{"row": 2, "message": "close is “x”, which is no number."}])
    status, problem = upload(client, "name=Which", CSV + "03/04/2024,10,12,9,11,5\n")
    assert (status, list(problem["errors"])) == (400, ["day_first"])  # type: ignore[call-overload]
    assert upload(client, "name=Which&day_first=true", CSV + "03/04/2024,10,12,9,11,5\n")[0] == 201


@pytest.mark.parametrize("query", ["first=x", "first=0&last=10000", "last=-1"])
def test_bars_are_asked_for_in_parts(client: APIClient, owner: User, query: str) -> None:
    candles = make_candles(owner, bars=20_000)
    assert client.get(f"{API}/candles/{candles.pk}/bars/?{query}").status_code == 400


def test_a_session_from_its_start_to_the_rate(
    client: APIClient, owner: User, workspace: PatternWorkspace
) -> None:
    candles = make_candles(owner)
    body = {"candles": str(candles.pk), "first_bar": 10, "parameters": {"left": 3}}
    started = client.post(f"{API}/{workspace.pk}/sessions/", body, format="json")
    assert started.status_code == 201
    session = f"{API}/sessions/{started.json()['id']}/"
    seen = client.get(f"{session}detections/?page_size=2").json()
    assert [each["number"] for each in seen["results"]] == [1, 2]
    assert client.get(seen["next"]).json()["results"][0]["number"] == 3
    said = client.put(f"{session}detections/1/", {"verdict": "right"}, format="json").json()
    assert (said["detection"]["verdict"], said["feedback"]["detection"], said["right_count"]) == (
        "right",
        1,
        1,
    )
    client.put(f"{session}detections/2/", {"verdict": "adjust", "bar": 11, "note": "Wick"}, format="json")
    assert client.get(f"{session}detections/?reviewed=true").json()["results"][1]["verdict"] == "adjust"
    bar = {"bar": 12, "kind": "swing_low", "direction": "bullish"}
    missed = client.post(f"{session}missed/", bar, format="json").json()
    assert (missed["detection"], missed["missed_count"]) == (None, 1)
    assert client.delete(f"{API}/feedback/{missed['feedback']['id']}/").status_code == 204
    undone = client.delete(f"{session}detections/1/").json()
    assert (undone["reviewed_count"], undone["right_count"], undone["missed_count"]) == (1, 0, 0)
    done = client.post(f"{session}complete/").json()
    assert (done["status"], done["success_rate"]) == ("completed", 0.0)
    assert client.put(f"{session}detections/3/", {"verdict": "right"}, format="json").status_code == 409


def test_a_bar_outside_of_the_range_is_refused_by_name(
    client: APIClient, workspace: PatternWorkspace
) -> None:
    session = make_session(workspace)
    body = {"verdict": "adjust", "bar": 9_999}
    answer = client.put(f"{API}/sessions/{session.pk}/detections/1/", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["bar"])
    assert "it has 0 to 299" in answer.json()["errors"]["bar"][0]


def test_corrections_are_listed_by_session_verdict_and_whether_they_were_sent(
    client: APIClient, owner: User, workspace: PatternWorkspace
) -> None:
    one, two = make_session(workspace), make_session(workspace)
    review(owner, one.pk, 1, verdict="right")
    review(owner, one.pk, 2, verdict="wrong")
    review(owner, two.pk, 1, verdict="wrong")
    FeedbackItem.objects.filter(session=two).update(sent_to_claude_at=two.created_at)
    address = f"{API}/{workspace.pk}/feedback/"
    for query, count in (
        ("", 3), (f"session={one.pk}", 2), ("verdict=wrong", 2), ("sent=false", 2), ("sent=true", 1),
    ):  # fmt: skip
        assert len(client.get(f"{address}?{query}").json()["results"]) == count, query


def test_figures_by_version_and_by_kind(client: APIClient, owner: User, workspace: PatternWorkspace) -> None:
    old, new = make_session(workspace), make_session(workspace)
    PatternSession.objects.filter(pk=new.pk).update(version="0.10.0")
    PatternSession.objects.filter(pk=make_session(workspace).pk).update(version="0.9.0")
    review(owner, old.pk, 1, verdict="wrong")
    review(owner, new.pk, 1, verdict="right")
    figures = client.get(f"{API}/{workspace.pk}/stats/").json()
    assert [(row["version"], row["success_rate"]) for row in figures["versions"]] == [
        ("0.0.0", 0.0), ("0.9.0", None), ("0.10.0", 1.0),
    ]  # fmt: skip
    assert (figures["sessions"], figures["reviewed"], figures["success_rate"]) == (3, 2, 0.5)
    kind = old.detections.get(number=1).kind
    expected = {
        "kind": kind, "right": 1, "wrong": 1, "adjust": 0, "missed": 0, "success_rate": 0.5,
    }  # fmt: skip
    assert figures["kinds"] == [expected]
    assert figures["in_cart"] == 2


def test_lists_cost_the_same_for_many_rows(
    client: APIClient,
    workspace: PatternWorkspace,
    owner: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    candles = make_candles(owner)
    for _ in range(4):
        review(owner, make_session(workspace, candles=candles).pk, 1, verdict="wrong")
    for address in (f"{API}/{workspace.pk}/sessions/", f"{API}/{workspace.pk}/feedback/", f"{API}/candles/"):
        with django_assert_max_num_queries(6):
            assert client.get(address).status_code == 200


def test_a_review_takes_few_queries(
    client: APIClient, workspace: PatternWorkspace, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    session = make_session(workspace)
    with django_assert_max_num_queries(18):
        client.put(f"{API}/sessions/{session.pk}/detections/1/", {"verdict": "right"}, format="json")
