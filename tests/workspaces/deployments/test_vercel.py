"""Deployments to Vercel, against a stand-in that speaks its protocol: sent once, followed to their end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import WrongState
from tests.stand_in import Answer
from tests.workspaces.deployments.scene import entries, finish, look, make_deployed
from tests.workspaces.deployments.wire import TOKEN, Host, fault, hosting, on
from workspaces.models import Deployment
from workspaces.services.deployments import sending
from workspaces.services.deployments.asking import cancel_deployment, deploy
from workspaces.services.deployments.following import follow
from workspaces.services.deployments.sending import hand_over

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(settings: Settings) -> Iterator[Host]:
    with hosting(settings) as host:
        yield host


def test_a_version_is_sent_followed_and_told(host: Host) -> None:
    host.states = ["QUEUED", "INITIALIZING", "BUILDING", "READY"]
    row = make_deployed()
    seen = []
    for _ in range(5):
        look(row)
        seen.append(row.status)
    assert seen == ["queued", "queued", "building", "building", "ready"]
    assert (row.remote_id, row.due_at, row.error) == ("dpl_1", None, "")
    assert row.url == f"https://{row.project}-1.vercel.app"
    assert row.logs == "Cloning\nBuild completed"
    told = entries(row)
    assert [(each.type, each.status) for each in told] == [
        ("deploy_started", ""), ("deploy_building", "completed"), ("deploy_success", "completed"),
    ]  # fmt: skip
    assert (told[1].progress, told[2].data["url"]) == (100, row.url)
    assert len(host.posts) == 1


def test_what_is_sent_is_the_version_and_the_token_is_in_a_header_alone(host: Host) -> None:
    row = finish(make_deployed())
    sent = host.posts[0]
    files = {each["file"]: each["data"] for each in sent["files"]}
    assert (sent["target"], sent["meta"]) == ("production", {"orchestratorDeployment": str(row.pk)})
    assert {"algorithm/run.py", "algorithm/parameters.json", "api/detect.py", "public/index.html"} <= set(
        files
    )
    assert sent["name"].startswith("pattern-swings-")
    assert sent["projectSettings"]["framework"] is None
    for request in host.received:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert "teamId=team_1" in request.path
        assert TOKEN not in request.path
        assert TOKEN.encode() not in request.body


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (400, "as it is"),
        (401, "Enter another one"),
        (402, "payment"),
        (403, "scope"),
        (404, "team"),
        (418, "refused"),
    ],
)
def test_a_refusal_ends_it_with_what_to_do(host: Host, status: int, word: str) -> None:
    host.trouble = on("POST", fault(status, f"no, {TOKEN}"))
    row = finish(make_deployed())
    assert row.status == "error"
    assert word in row.error
    assert f"HTTP {status}: no, …" in row.error
    assert TOKEN not in row.error
    assert entries(row)[-1].type == "deploy_failed"


def test_too_many_requests_are_tried_again_when_asked_to(host: Host) -> None:
    host.trouble = on("POST", fault(429, "slow down", **{"retry-after": "40"}))
    row = look(make_deployed())
    assert (row.status, row.begun_at, row.tries) == ("queued", None, 1)
    assert row.due_at is not None
    assert timedelta(seconds=35) < row.due_at - utc_now() <= timedelta(seconds=41)
    assert "rate limit" in entries(row)[-1].content
    follow(row.pk)
    assert len(host.requests("POST", "/deployments")) == 1, "not before it was asked to"
    host.trouble = None
    assert finish(row).status == "ready"
    assert len(host.posts) == 1


def test_a_host_that_stays_busy_is_given_up(host: Host) -> None:
    host.trouble = on("POST", fault(429, "slow down"))
    row = finish(make_deployed())
    assert (row.status, row.tries) == ("error", 6)
    assert "It was tried 6 times." in row.error


def test_nobody_there_is_no_deployment_and_is_tried_again(settings: Settings, host: Host) -> None:
    there = settings.VERCEL_BASE_URL
    settings.VERCEL_BASE_URL = "http://127.0.0.1:9"
    row = look(make_deployed())
    assert (row.begun_at, row.tries) == (None, 1)
    settings.VERCEL_BASE_URL = there
    assert finish(row).status == "ready"


@pytest.mark.parametrize(
    "answer",
    [Answer(promised=500), Answer(502, b"<html>"), Answer(200, b"[]"), Answer(200, b"no JSON")],
    ids=["cut off", "502", "another shape", "no JSON"],
)
def test_an_answer_that_was_lost_is_looked_for_and_not_sent_again(host: Host, answer: Answer) -> None:
    host.trouble, host.late = on("POST", answer), True
    row = look(make_deployed())
    assert (row.remote_id, row.status) == ("", "queued")
    assert "not sent again" in entries(row)[-1].content
    assert finish(row).status == "ready"
    assert len(host.posts) == 1


def test_a_slow_host_that_took_it_is_found(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.trouble, host.late = on("POST", Answer(delay_seconds=2)), True
    row = make_deployed()
    monkeypatch.setattr(sending, "SEND_SECONDS", 0.3)
    look(row)
    assert (row.remote_id, len(host.posts)) == ("", 1)
    assert finish(row).status == "ready"
    assert len(host.posts) == 1


def test_one_that_nobody_knows_of_is_not_sent_again_by_itself(host: Host) -> None:
    host.trouble = on("POST", Answer(500))
    row = look(make_deployed())
    look(row)
    assert (row.status, row.remote_id) == ("queued", ""), "it may still come to be known"
    look(row, after_seconds=130)
    assert row.status == "error"
    assert "knows of none" in row.error
    assert (len(host.posts), len(host.requests("POST", "/deployments"))) == (0, 1)
    host.trouble = None
    again = deploy(row.workspace.created_by, row.workspace_id)
    assert again.retry_of_id == row.pk
    assert entries(again)[-1].type == "deploy_retry"
    assert finish(again).status == "ready"


def test_a_failed_build_says_why_with_its_log(host: Host) -> None:
    host.states, host.error = ["BUILDING", "ERROR"], "Command exited with 1"
    host.lines = [f"line {number}" for number in range(900)]
    row = finish(make_deployed())
    assert (row.status, row.error) == ("error", "Command exited with 1")
    assert row.logs.startswith("… what came before was left out")
    assert row.logs.endswith("line 899")
    assert entries(row)[1].status == "failed"


def test_states_out_of_order_and_unknown_ones_move_nothing_back(host: Host) -> None:
    host.states = ["BUILDING", "QUEUED", "SOMETHING_NEW", "READY"]
    row = look(make_deployed())
    seen = []
    for _ in range(4):
        look(row)
        seen.append(row.status)
    assert seen == ["building", "building", "building", "ready"]
    assert sum(each.type == "deploy_success" for each in entries(row)) == 1
    host.states = ["ERROR"]
    Deployment.objects.filter(pk=row.pk).update(url="")
    follow(row.pk)
    row.refresh_from_db()
    assert row.status == "ready"


def test_one_that_takes_too_long_is_told_once_and_not_followed_for_ever(host: Host) -> None:
    host.states = ["BUILDING"]
    row = look(make_deployed())
    look(row)
    look(row, after_seconds=16 * 60)
    assert row.is_slow
    assert "more than 15 minutes" in entries(row)[-1].content
    look(row, after_seconds=7 * 3600)
    assert (row.status, row.due_at) == ("error", None)


def test_trouble_while_following_is_shown_and_gone_through(host: Host) -> None:
    row = look(make_deployed())
    host.trouble = on("GET", fault(403, "expired"))
    look(row)
    assert row.status == "queued"
    assert "scope" in entries(row)[-1].content
    host.trouble = on("GET", Answer(503))
    look(row)
    host.trouble = None
    assert finish(row).status == "ready"


def test_one_that_was_deleted_there_ends(host: Host) -> None:
    row = look(make_deployed())
    host.rows.clear()
    assert finish(row).status == "error"
    assert "deleted" in row.error


def test_a_log_that_cannot_be_read_keeps_nothing_up(host: Host) -> None:
    host.trouble = on("GET", Answer(500), path="/events")
    assert finish(make_deployed()).status == "ready"


def test_what_is_under_way_is_cancelled_there(host: Host) -> None:
    host.states = ["BUILDING"]
    row = look(make_deployed())
    cancel_deployment(row.workspace.created_by, row.pk)
    assert finish(row).status == "canceled"
    assert len(host.requests("PATCH", "/cancel")) == 1
    assert "cancelled it" in row.error
    with pytest.raises(WrongState):
        cancel_deployment(row.workspace.created_by, row.pk)


def test_what_was_not_sent_is_cancelled_here(host: Host) -> None:
    row = make_deployed()
    cancel_deployment(row.workspace.created_by, row.pk)
    row.refresh_from_db()
    assert row.status == "canceled"
    hand_over(row.pk)
    assert host.received == []


def test_without_a_token_it_fails_with_what_to_do(settings: Settings, host: Host) -> None:
    row = make_deployed()
    settings.VERCEL_TOKEN = ""
    assert finish(row).status == "error"
    assert "no token" in row.error
    with pytest.raises(WrongState, match="no token"):
        deploy(row.workspace.created_by, row.workspace_id)


def test_a_second_worker_sends_nothing(host: Host) -> None:
    row = make_deployed()
    hand_over(row.pk)
    hand_over(row.pk)
    with time_machine.travel(utc_now() + timedelta(minutes=1), tick=True):
        follow(row.pk)
    assert len(host.posts) == 1


def test_one_on_its_way_is_not_asked_for_twice(host: Host) -> None:
    row = make_deployed()
    with pytest.raises(WrongState, match="on its way"):
        deploy(row.workspace.created_by, row.workspace_id)
