"""Pages of candles and test sessions: forms that keep what was typed, data for the chart, lists."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.testing import CSV, ROWS, make_candles, make_session
from workspaces.domain.archive import unpack
from workspaces.models import CandleSet, FeedbackItem, PatternSession
from workspaces.queries.sessions import COLUMNS
from workspaces.services.reviewing import review

pytestmark = pytest.mark.django_db


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def csv(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("eurusd.csv", text.encode())


def test_a_file_is_kept_under_its_own_name_if_none_is_given() -> None:
    client = log_in(make_user())
    answer = client.post("/workspaces/candles/", {"file": csv(CSV + ROWS)})
    assert (answer.status_code, CandleSet.objects.get().name) == (302, "eurusd")


def test_dates_that_could_be_both_are_asked_about_beside_their_field() -> None:
    client = log_in(make_user())
    text = CSV + "03/04/2024,10,12,9,11,5\n"
    answer = client.post("/workspaces/candles/", {"file": csv(text), "name": "Kept <b>name</b>"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Say whether the day or the month comes first" in page
    assert "Kept &lt;b&gt;name&lt;/b&gt;" in page
    client.post("/workspaces/candles/", {"file": csv(text), "day_first": "0"})
    assert CandleSet.objects.get().first_at.month == 3


def test_a_session_is_started_by_the_clock_of_the_person() -> None:
    workspace = make_workspace()
    user = workspace.created_by
    User.objects.filter(pk=user.pk).update(time_zone="Asia/Tokyo")
    candles = make_candles(user)  # begins on 14 November 2023 at 22:00 UTC: 7:00 of the 15th in Tokyo
    form = {"candles": str(candles.pk), "since": "2023-11-15T09:00", "p-left": "4"}
    answer = log_in(user).post(f"/workspaces/{workspace.pk}/sessions/new/", form)
    session = PatternSession.objects.get()
    assert answer.headers["Location"].endswith(f"/sessions/{session.pk}/")
    assert (session.first_bar, session.last_bar, session.parameters["left"]) == (2, 299, 4)


def test_what_cannot_be_run_is_told_with_what_was_typed() -> None:
    workspace = make_workspace()
    user = workspace.created_by
    form = {"candles": str(make_candles(user).pk), "first_bar": "777", "p-left": "4"}
    answer = log_in(user).post(f"/workspaces/{workspace.pk}/sessions/new/", form)
    page = answer.content.decode()
    assert (answer.status_code, "The bars are 0 to 299." in page, 'value="777"' in page) == (400, True, True)
    others = {"candles": str(make_candles(make_user()).pk)}
    assert log_in(user).post(f"/workspaces/{workspace.pk}/sessions/new/", others).status_code == 400


def test_an_earlier_session_can_be_run_again_with_other_parameters() -> None:
    workspace = make_workspace()
    session = make_session(workspace, first_bar=20, last_bar=222, parameters={"left": 7})
    client = log_in(workspace.created_by)
    form = client.get(f"/workspaces/{workspace.pk}/sessions/new/?like={session.pk}").context["form"]
    shown = [form[name].value() for name in ("candles", "first_bar", "last_bar", "p-left", "p-right")]
    assert shown == [str(session.candles_id), 20, 222, 7, 5]
    for nonsense in ("x", workspace.pk):
        assert client.get(f"/workspaces/{workspace.pk}/sessions/new/?like={nonsense}").status_code == 200


def test_the_chart_is_given_doubles_column_after_column() -> None:
    workspace = make_workspace()
    session = make_session(workspace, first_bar=100, last_bar=149)
    address = f"/workspaces/{workspace.pk}/sessions/{session.pk}/"
    answer = log_in(workspace.created_by).get(f"{address}bars/?first=110&last=149")
    columns = np.frombuffer(answer.content, "<f8").reshape(5, 40)
    assert columns[4].tolist() == unpack(session.candles.data).close[110:150].tolist()
    assert "immutable" in answer.headers["Cache-Control"]
    assert "left 5, right 5, least move 0.0" in log_in(workspace.created_by).get(address).content.decode()
    found = log_in(workspace.created_by).get(f"{address}detections/").json()
    assert found["number"] == list(range(1, session.detection_count + 1))
    assert {len(found[name]) for name in COLUMNS} == {session.detection_count}


def test_a_session_is_found_in_its_own_workspace_only() -> None:
    workspace = make_workspace()
    session = make_session(workspace)
    other = make_workspace(workspace.created_by, pattern_type="bos")
    client = log_in(workspace.created_by)
    for part in ("", "bars/", "detections/"):
        assert client.get(f"/workspaces/{other.pk}/sessions/{session.pk}/{part}").status_code == 404


def test_the_cart_holds_what_all_sessions_said(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    workspace = make_workspace()
    user = workspace.created_by
    client, address = log_in(user), f"/workspaces/{workspace.pk}/cart/"
    assert "Nothing waits to be sent" in client.get(address).content.decode()
    candles = make_candles(user)
    for verdict in ("right", "wrong", "wrong"):
        review(user, make_session(workspace, candles=candles).pk, 1, verdict=verdict)
    with django_assert_max_num_queries(9):
        page = client.get(address).content.decode()
    assert "2 to mend, 1 to keep" in page
    item = FeedbackItem.objects.filter(verdict="wrong").first()
    assert item is not None
    client.post(f"{address}{item.pk}/note/", {"note": "A <b>wick</b>"})
    assert "A &lt;b&gt;wick&lt;/b&gt;" in client.get(address).content.decode()
    other = make_workspace(user, pattern_type="bos")
    assert client.post(f"/workspaces/{other.pk}/cart/{item.pk}/remove/").status_code == 404
    client.post(f"{address}{item.pk}/remove/")
    assert "1 to mend, 1 to keep" in client.get(address).content.decode()
    FeedbackItem.objects.update(sent_to_claude_at=utc_now())
    assert "Nothing waits to be sent" in client.get(address).content.decode()
    assert "Wrong" in client.get(f"{address}?show=sent").content.decode()
    assert client.post(f"{address}{FeedbackItem.objects.first().pk}/remove/").status_code == 409  # type: ignore[union-attr]


def test_lists_cost_the_same_for_many_rows(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    workspace = make_workspace()
    client = log_in(workspace.created_by)
    assert "Nothing was tested yet" in client.get(f"/workspaces/{workspace.pk}/sessions/").content.decode()
    candles = make_candles(workspace.created_by)
    for _ in range(4):
        make_session(workspace, candles=candles)
    for address in (f"/workspaces/{workspace.pk}/sessions/", "/workspaces/candles/"):
        with django_assert_max_num_queries(10):
            assert client.get(address).status_code == 200
    page = client.get(f"/workspaces/{workspace.pk}/sessions/?status=completed").content.decode()
    assert "No session has this status" in page
